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
  for (;;) {
    const fits = fitting(rest, most, rows.length === 0 ? 0 : indent.length)
    if (fits === rest.length) return [...rows, rest]
    const space = rest.lastIndexOf(' ', fits - 1) + 1
    const at = space > Math.max(fits / 2, indent.length) ? space : fits
    rows.push(rest.slice(0, at))
    rest = indent + rest.slice(at)
  }
}

/** Code units that fit on any terminal, and in any case one character behind the indent. */
const fitting = (text: string, width: number, indented: number): number => {
  let units = 0
  let used = 0
  for (const character of text) {
    used += mostColumns(character)
    if (used > width && units > indented) break
    units += character.length
  }
  return units
}
