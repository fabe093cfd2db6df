/** Scripts whose letters are joined or kept apart by a joiner. */
const joined =
  '\\p{Script=Arabic}\\p{Script=Syriac}\\p{Script=Mongolian}\\p{Script=Devanagari}\\p{Script=Bengali}\\p{Script=Gurmukhi}\\p{Script=Gujarati}\\p{Script=Oriya}\\p{Script=Tamil}\\p{Script=Telugu}\\p{Script=Kannada}\\p{Script=Malayalam}\\p{Script=Sinhala}\\p{Script=Khmer}\\p{Script=Myanmar}\\p{Script=Tibetan}'
const picture = '\\p{Extended_Pictographic}'

/** A joiner or selector stays where it has work to do: between such letters, or in an emoji. Elsewhere it only hides. */
const working = [
  `(?<=[${joined}])[\\u200c\\u200d](?=[${joined}])`,
  `(?<=${picture}|${picture}\\ufe0f|\\p{Emoji_Modifier})\\u200d(?=${picture})`,
  `(?<=${picture})[\\ufe0e\\ufe0f]`,
  '(?<=[0-9#*])\\ufe0f(?=\\u20e3)',
].join('|')

/** Controls, escapes, marks of direction, tags, blanks that are no spaces, private and unassigned characters. */
const hidden = '[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}\\p{Cs}\\p{Co}\\p{Cn}\\p{Default_Ignorable_Code_Point}\\u2800]'

/** A mark that stands on nothing draws over its neighbour, and a tower of them over other lines. */
const loose = '(?<![^\\p{Zs}\\n])\\p{M}|(?<=\\p{M}{4})\\p{M}'

/** Everything that could steer a terminal or hide in it. */
const unsafe = new RegExp(`(?!\\n|${working})(?:${hidden}|${loose})`, 'gu')

const escaped = (character: string): string => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`

/** Content of anybody else, of one or more lines, made safe to show: what could steer the terminal is shown as `\u{1b}`. */
export const clean = (text: string): string =>
  text.replace(/\r\n/g, '\n').replace(/\t/g, '    ').replace(unsafe, escaped)

/** The same as one line: what would begin another is a space. */
export const inOneLine = (text: string): string => clean(text).replaceAll('\n', ' ')

/**
 * A value of anybody else, made safe to stand inside a line of ours: it begins no line (`\u{a}`) and no column (a second
 * space is `\u{20}`).
 */
export const cleanValue = (text: string): string =>
  clean(text.replace(/[\t\n\r]/g, escaped)).replace(/(?<=\p{Zs})\p{Zs}|\u3000/gu, escaped)

/** A line of ours: what stands between `${` and `}` comes from elsewhere. */
export const line = (ours: TemplateStringsArray, ...values: readonly (string | number)[]): string =>
  String.raw({ raw: ours }, ...values.map((value) => cleanValue(String(value))))
