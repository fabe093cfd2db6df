import { toSeconds } from '#core/clock.ts'
import type { Announce } from '#wire/runner.ts'
import { again } from './again.ts'
import { dispatch } from './dispatch.ts'
import { asRecorded } from './record.ts'
import { end } from './request/end.ts'
import type { Request } from './request/request.ts'
import type { RunnerConnection } from './runner-link.ts'
import { interrupted, resourceId } from './sentences.ts'
import { completeOf } from './standing.ts'
import { goOn } from './walk.ts'
import type { Way } from './way.ts'

/** A runner is here and may be sent orders: what waits for it goes on. */
export const takeUp = async (way: Way, { runner, announced }: RunnerConnection): Promise<void> => {
  const waiting = way.live.ofRunner(runner).filter(({ state }) => state === 'running')
  for (const request of waiting) await resume(way, request, announced)
  for (const request of way.live.ofRunner(runner)) {
    const complete = completeOf(way, request)
    if (complete) await goOn(way, complete, request)
  }
}

/** Where one running request stands, by what the runner knows of it. The first row that fits counts. */
const resume = (way: Way, request: Request, { store, claims }: Announce): Promise<void> => {
  const { stated, sent } = request
  const lost = interrupted(resourceId(request))
  if (sent?.store !== undefined && sent.store !== store) return end(way, request, 'interrupted', lost)
  const claim = claims.find((known) => known.request === request.id)
  switch (claim?.state) {
    case 'alive':
    case 'receipt':
      return Promise.resolve()
    case 'neither':
      return end(way, request, 'interrupted', lost)
    case undefined:
      if (!stated || stated.exp <= toSeconds(way.clock()))
        return end(way, request, 'expired', 'It has expired, and was not run.')
      if (stated.bundle !== way.rules.bundle.version) return again(way, request)
      return dispatch(way, asRecorded(request))
  }
}
