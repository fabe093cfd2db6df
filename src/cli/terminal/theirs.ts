import { wrapped } from './blocks.ts'
import { inOneLine } from './clean.ts'
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

/**
 * A line in rows that no terminal breaks by itself: what it breaks goes on without the mark. Laid out is what is painted, and
 * where it can it breaks behind a space.
 */
const rowsOf = (line: Line, width: number): Line[] => {
  const spans = line.map((span) => ({ ...span, text: inOneLine(span.text) }))
  const ends = rowEnds(spans.map(({ text }) => text).join(''), width)
  const rows: Span[][] = [[]]
  let at = 0
  for (const { text, ...span } of spans) {
    let begun = 0
    for (let end = ends[0]; end !== undefined && end < at + text.length; end = ends[0]) {
      if (end - at > begun) rows.at(-1)?.push({ ...span, text: text.slice(begun, end - at) })
      rows.push([])
      begun = end - at
      ends.shift()
    }
    if (begun < text.length || span.drawn) rows.at(-1)?.push({ ...span, text: text.slice(begun) })
    at += text.length
  }
  return rows
}

/** Where the rows of a text end, the last one left out. */
const rowEnds = (text: string, width: number): number[] => {
  const ends: number[] = []
  let [at, used] = [0, 0]
  let space = { at: 0, used: 0 }
  for (const character of text) {
    const columns = mostColumns(character)
    if (used + columns > width && used > 0) {
      const end = space.used > width / 2 ? space : { at, used }
      ends.push(end.at)
      used -= end.used
      space = { at: 0, used: 0 }
    }
    used += columns
    at += character.length
    if (character === ' ') space = { at, used }
  }
  return ends
}
