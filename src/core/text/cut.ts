const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' })

/** One that is longer is nobody's character, and is cut as if it were several. */
const longestGrapheme = 256

/**
 * The beginning of a text, cut between two characters as people see them: never inside a surrogate pair, an accented letter
 * or an emoji that is joined from several.
 * @param most UTF-16 code units of the result, as `length` and the schemas count; `ellipsis` is among them
 * @param ellipsis stands at the end where something was cut
 */
export const cut = (text: string, most: number, ellipsis = '…'): string => {
  if (text.length <= most) return text.toWellFormed()
  return startOf(text, most - ellipsis.length).toWellFormed() + ellipsis
}

/** The characters of a text, as people see them. */
export const charactersOf = (text: string): string[] => Array.from(graphemes.segment(text), ({ segment }) => segment)

/** The beginning, of so many UTF-16 code units at most. */
export const startOf = (text: string, units: number): string =>
  units <= 0 ? '' : text.slice(0, boundary(text, units, 'before'))

/** The nearest place between two characters, from a place that may be inside one. */
export const boundary = (text: string, at: number, side: 'before' | 'after'): number => {
  // What lies far behind has no say.
  const found = graphemes.segment(text.slice(0, at + longestGrapheme)).containing(at)
  if (!found || found.index === at) return at
  if (found.segment.length > longestGrapheme) return betweenPairs(text, at, side)
  return found.index + (side === 'before' ? 0 : found.segment.length)
}

const betweenPairs = (text: string, at: number, side: 'before' | 'after'): number => {
  const code = text.codePointAt(at - 1) ?? 0
  if (code <= 0xffff) return at
  return side === 'before' ? at - 1 : at + 1
}
