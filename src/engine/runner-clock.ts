import { skewText, toSeconds } from '#core/clock.ts'
import type { Way } from './way.ts'

/** A runner has said the time. @param at seconds since 1970, by its clock */
export const heardTime = (way: Way, runner: string, at: number): void =>
  skewed(way, runner, at - toSeconds(way.clock()))

/** Keeps how far a runner's clock is from ours, for health, and says it once where it is too far. */
export const skewed = (way: Way, runner: string, seconds: number): void => {
  const before = way.runners.skewOf(runner)
  way.runners.timed(runner, seconds)
  if (before !== undefined || way.runners.skewOf(runner) === undefined) return
  way.log.warn({ runner, seconds }, `the clock of runner ${runner} is ${skewText(seconds)}: set the one that is wrong`)
}
