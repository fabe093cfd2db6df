import { seconds } from 'foobot'
import type { Span } from './series.ts'
import { type Clock, dateOf, timeOf, zoneOf } from './zone.ts'

const [least, most] = [60, 400 * 86_400]

const units: readonly (readonly [string, number])[] = [
  ['week', 604_800],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
]

/**
 * The part of time that a duration up to now is.
 * @param now milliseconds
 * @throws with a sentence where it is too short or too long to be drawn
 */
export const spanOf = (duration: string, now: number): Span => {
  const length = seconds(duration)
  if (length < least) throw new Error('That is too short to be drawn: a window is a minute at least, as -1m.')
  if (length > most) throw new Error('That is too long to be drawn: a window is 400 days at most, as -400d.')
  const until = Math.floor(now / 1000)
  return { from: until - length, until }
}

/** As `the last hour`, `the last 15 minutes`. */
export const inWords = ({ from, until }: Span): string => {
  const length = until - from
  const [unit, size] = units.find(([, size]) => length % size === 0) ?? ['second', 1]
  const count = length / size
  return count === 1 ? `the last ${unit}` : `the last ${count} ${unit}s`
}

/** As `10:03 to 11:03 MST`, with dates where it is not all one day. */
export const clockTimes = ({ from, until }: Span, clock: Clock): string => {
  const oneDay = dateOf(from, clock) === dateOf(until, clock)
  const written = (at: number): string => (oneDay ? timeOf(at, clock) : `${dateOf(at, clock)} ${timeOf(at, clock)}`)
  return `${written(from)} to ${written(until)} ${zoneOf(until, clock)}`
}
