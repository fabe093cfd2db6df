import { wrapped } from './blocks.ts'
import { mostColumns } from './most-columns.ts'
import type { Line, Span, Style } from './paint.ts'

/**
 * Stands in the margin of every row that the other side has worded: of the server, and of whoever speaks through it.
 * INVARIANT: no row of our own begins with it, and no row of theirs without it.
 */
export const mark = '│ '

/** The columns that are left beside the mark. */
export const beside = (width: number): number => Math.max(1, width - mark.length)

/** What the other side has worded, behind the mark: laid out for the columns beside it, and broken where it is wider all the same. */
export const theirs = (lines: readonly Line[], width: number): Line[] =>
  lines.flatMap((line) => rowsOf(line, beside(width))).map((row) => [{ text: mark, style: 'dim' }, ...row])

/** A sentence of the other side. */
export const theirWords = (text: string, width: number, style?: Style): Line[] =>
  theirs(
    wrapped(text, beside(width)).map((line) => line.map(({ text }) => ({ text, ...(style && { style }) }))),
    width,
  )

/** A line in rows that no terminal breaks by itself: what it breaks goes on without the mark. */
const rowsOf = (line: Line, width: number): Line[] => {
  const rows: Span[][] = [[]]
  let used = 0
  for (const span of line) {
    let text = ''
    for (const character of span.text) {
      const columns = mostColumns(character)
      if (used + columns > width && used > 0) {
        rows.at(-1)?.push({ ...span, text })
        rows.push([])
        text = ''
        used = 0
      }
      text += character
      used += columns
    }
    if (text !== '' || span.drawn) rows.at(-1)?.push({ ...span, text })
  }
  return rows
}
