import { cut } from '#core/text/cut.ts'

const zeroWide = /^(?:\p{M}|\u200c|\u200d)$/u
const doubleWide =
  /^[\p{Emoji_Presentation}\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{20000}-\u{3fffd}]$/u

/** Columns that a text takes on a terminal. */
export const widthOf = (text: string): number => {
  let width = 0
  for (const character of text) width += zeroWide.test(character) ? 0 : doubleWide.test(character) ? 2 : 1
  return width
}

/** Breaks text into lines of at most `width` columns: at spaces where it can, inside a word where it must. */
export const wrap = (text: string, width: number): string[] => text.split('\n').flatMap((line) => wrapLine(line, width))

const wrapLine = (line: string, width: number): string[] => {
  const lines: string[] = []
  let rest = line
  while (isWider(rest, width)) {
    const fits = startOf(rest, Math.max(1, width))
    const space = rest[fits.length] === ' ' ? fits.length : fits.lastIndexOf(' ')
    // Leading spaces are no place to break: the line would be empty.
    const end = rest.slice(0, Math.max(space, 0)).trim() === '' ? fits.length : space
    lines.push(rest.slice(0, end).trimEnd())
    rest = rest.slice(end).replace(/^ +/, '')
  }
  return [...lines, rest]
}

/** Looks no further than it has to: a line may be long. */
const isWider = (text: string, width: number): boolean => {
  let used = 0
  for (const character of text) {
    used += widthOf(character)
    if (used > width) return true
  }
  return false
}

/** As many characters as fit, at least one. One that is wider than all of the line is broken. */
const startOf = (text: string, width: number): string => {
  let start = ''
  let used = 0
  for (const character of text) {
    used += widthOf(character)
    if (used > width && start !== '') break
    start += character
  }
  return cut(text, start.length, '') || start
}

export const padEnd = (text: string, width: number): string => text + ' '.repeat(Math.max(0, width - widthOf(text)))
