/** Where the time comes from: milliseconds since 1970, handed in so that a decision can be tested at any hour. */
export type Clock = () => number

/** Whole seconds since 1970, the unit of every time in a signed object. */
export const toSeconds = (milliseconds: number): number => Math.floor(milliseconds / 1000)
