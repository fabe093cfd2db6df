import { isDuration } from './types/duration.ts'

const secondsIn: ReadonlyMap<string, number> = new Map([
  ['s', 1],
  ['m', 60],
  ['h', 3600],
  ['d', 86_400],
  ['w', 604_800],
])

/**
 * How many seconds a `duration` argument is.
 * @throws RangeError where the text is no canonical duration
 */
export const seconds = (duration: string): number => {
  const each = secondsIn.get(duration.slice(-1))
  if (each === undefined || !isDuration(duration)) throw new RangeError(`"${duration}" is no duration`)
  return Number(duration.slice(0, -1)) * each
}
