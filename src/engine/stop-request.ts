import { toSeconds } from '#core/clock.ts'
import type { EventName } from '#core/log/event.ts'
import { plain, type Reply } from '#core/reply/reply.ts'
import { endIfStill } from './request/end.ts'
import type { Request } from './request/request.ts'
import { atClock } from './sentences.ts'
import { footerOf } from './talk.ts'
import type { Way } from './way.ts'

type Stop = { readonly text: string; readonly why: string; readonly what: Extract<EventName, 'denied' | 'cancelled'> }

/**
 * Stops a request because somebody who may says so. What was not sent to its runner ends here; from then on the runner
 * decides. INVARIANT: a no is never lost: where a consent, or the runner's coming, was a moment faster, it is said again
 * to how the request stands then.
 * @param by the person
 * @returns what to answer; undefined where it has ended, which is said already
 */
export const stopRequest = async (way: Way, request: Request, by: string, stop: Stop): Promise<Reply | undefined> => {
  const { text, why, what } = stop
  for (let now: Request | undefined = request; now; now = way.live.get(request.id)) {
    const isUnsent = way.unsent.has(now.id)
    if (now.state === 'running' && !isUnsent) return askRunner(way, now, by)
    // What was recorded and not sent is no more refused: it was allowed, and is taken back.
    const state = what === 'denied' && now.state !== 'running' ? 'refused' : 'cancelled'
    if (await endIfStill(way, now, state, text, why, what)) {
      way.unsent.delete(now.id)
      return undefined
    }
  }
  return plain('It has ended already.', footerOf(request))
}

/** The runner claims the id as cancelled, stops the handler, or says that it is too late. */
const askRunner = (way: Way, request: Request, by: string): Reply => {
  const admitted = way.runners.get(request.runner)
  if (!admitted) return plain(`I cannot reach ${request.runner}: it may be running already.`, footerOf(request))
  admitted.connection.cancel(request.id, by)
  const since = atClock(way.live.claimedAt(request.id) ?? toSeconds(request.createdAt) * 1000, way.rules.company.zone)
  return plain(`I have asked ${request.runner} to stop it (running since ${since}).`, footerOf(request))
}
