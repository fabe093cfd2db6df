/**
 * Everything that could steer a terminal or hide in it: controls, escapes, marks of direction, tags, private and
 * unassigned characters. Joiners stay, since scripts and emoji need them.
 */
const unsafe = /(?![\n\u200c\u200d])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}\p{Cn}]/gu

/** Text from anybody else, made safe to show: what could steer the terminal is shown as `\u{1b}`, tabs become spaces. */
export const clean = (text: string): string =>
  text
    .replace(/\r\n/g, '\n')
    .replace(/\t/g, '    ')
    .replace(unsafe, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`)
