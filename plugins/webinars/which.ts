import type { Webcast } from './wire.ts'

/** The next one that begins, or the last one that has begun. */
export type Which = 'next' | 'last'

/**
 * @param webcasts in the order of their start
 * @throws where there is none, with a sentence
 */
export const webinarOf = (which: Which, webcasts: readonly Webcast[], now: number): Webcast => {
  const isAhead = ({ start }: Webcast): boolean => Date.parse(start) > now
  const found = which === 'next' ? webcasts.find(isAhead) : webcasts.findLast((one) => !isAhead(one))
  if (found) return found
  throw new Error(
    which === 'next' ? 'No webinar is scheduled: schedule one in BrightTALK.' : 'There has been no webinar yet.',
  )
}
