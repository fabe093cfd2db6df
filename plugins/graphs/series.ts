/** One line of a graph. */
export type Series = {
  readonly name: string
  /** Oldest first. */
  readonly points: readonly Point[]
}

/** @property at seconds since 1970 @property value null where nothing was measured */
export type Point = { readonly at: number; readonly value: number | null }

/** What part of time is looked at, in seconds since 1970. */
export type Span = { readonly from: number; readonly until: number }

/** What can be said of a series in numbers; undefined where it has no value at all. */
export type Extremes = { readonly last: number; readonly min: Measured; readonly max: Measured }
export type Measured = { readonly at: number; readonly value: number }

export const extremesOf = ({ points }: Series): Extremes | undefined => {
  const measured = points.flatMap(({ at, value }) => (value === null ? [] : [{ at, value }]))
  const [first] = measured
  const last = measured.at(-1)
  if (!first || !last) return undefined
  return {
    last: last.value,
    min: measured.reduce((least, one) => (one.value < least.value ? one : least), first),
    max: measured.reduce((most, one) => (one.value > most.value ? one : most), first),
  }
}
