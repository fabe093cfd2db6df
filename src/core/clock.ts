/** Where the time comes from: milliseconds since 1970, handed in so that a decision can be tested at any hour. */
export type Clock = () => number

/** Whole seconds since 1970, the unit of every time in a signed object. */
export const toSeconds = (milliseconds: number): number => Math.floor(milliseconds / 1000)

/** Seconds that two machines' clocks may differ: what is signed further from now is refused. */
export const mostSkew = 30

/** How another's clock stands to the one here, as `45 s ahead of mine`. @param seconds positive where it is ahead */
export const skewText = (seconds: number): string =>
  `${Math.abs(seconds)} s ${seconds > 0 ? 'ahead of' : 'behind'} mine`
