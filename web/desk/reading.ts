/** A part of a height, in pixels from its top. */
export type Span = { readonly from: number; readonly to: number }

/** Less than this cannot be seen: what rounding leaves out. */
const hairline = 1.5

/** What was seen before, and now this. */
export const alsoSeen = (seen: readonly Span[], now: Span): readonly Span[] => {
  if (now.to <= now.from) return seen
  const touches = ({ from, to }: Span): boolean => from <= now.to + hairline && to >= now.from - hairline
  const joined = [now, ...seen.filter(touches)]
  const whole = {
    from: Math.min(...joined.map(({ from }) => from)),
    to: Math.max(...joined.map(({ to }) => to)),
  }
  return [...seen.filter((span) => !touches(span)), whole]
}

/** True when nothing of the height was left out. */
export const sawAll = (seen: readonly Span[], height: number): boolean =>
  height > 0 && seen.some(({ from, to }) => from <= hairline && to >= height - hairline)
