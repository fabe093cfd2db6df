import { mostColumns } from './most-columns.ts'

const indent = '  '

/**
 * A line of our own in rows of a width, no character lost: rows that go on are indented, so that none looks like a line of
 * its own. Where it can it breaks behind a space.
 */
export const hang = (text: string, width: number): string[] => {
  const rows: string[] = []
  const most = Math.max(width, indent.length + 1)
  let rest = text
  for (let fits = fitting(rest, most); fits < rest.length; fits = fitting(rest, most)) {
    const space = rest.lastIndexOf(' ', fits - 1) + 1
    const at = space > Math.max(fits / 2, indent.length) ? space : fits
    rows.push(rest.slice(0, at))
    rest = indent + rest.slice(at)
  }
  return [...rows, rest]
}

/** Code units that fit on any terminal, and in any case one character behind the indent. */
const fitting = (text: string, width: number): number => {
  let units = 0
  let used = 0
  for (const character of text) {
    used += mostColumns(character)
    if (used > width && units > indent.length) break
    units += character.length
  }
  return units
}
