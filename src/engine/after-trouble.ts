import { retry } from './dispatch.ts'
import { completeOf } from './standing.ts'
import { goOn } from './walk.ts'
import type { Way } from './way.ts'

/**
 * Goes on, once the clock is right and the log can be written again, with what that held up: requests whose last yes came
 * meanwhile, and orders that were recorded and not sent. Called every second.
 */
export const afterTrouble = (way: Way): (() => Promise<void>) => {
  let isHeldUp = false
  return async () => {
    const trouble = way.clockWrong() ?? way.group.failing
    if (trouble !== undefined && !isHeldUp) way.log.error({}, `nothing is carried out: ${trouble}`)
    const isOver = isHeldUp && trouble === undefined
    isHeldUp = trouble !== undefined
    if (!isOver) return
    way.log.warn({}, 'clock and log are right again: I go on')
    for (const request of way.live.waiting()) {
      const complete = completeOf(way, request)
      if (complete) await goOn(way, complete, request)
    }
    await retry(way)
  }
}
