import { toSeconds } from '#core/clock.ts'
import { recallCommand } from './recall.ts'
import { end } from './request/end.ts'
import { eventLeaf, move } from './request/move.ts'
import type { Request } from './request/request.ts'
import { unknownCommand } from './sentences.ts'
import { sayOf } from './talk.ts'
import { walk } from './walk.ts'
import type { Way } from './way.ts'

/**
 * Another bundle is in force than the one a request was stated under: it is stated and asked anew, under the same id.
 * What was said is the same; who may say it, and what that owes, is looked up anew, and consents to the old statement are
 * gone with it. INVARIANT: what has expired comes to no new life by that.
 * @param told why, where it was said already; else that the rules changed is said here
 */
export const again = async (way: Way, request: Request, told?: string): Promise<void> => {
  const why = told ?? 'the rules changed while it waited'
  const { stated } = request
  if (stated && stated.exp <= toSeconds(way.clock())) {
    return end(way, request, 'expired', `${stated.code} has expired, and was not run.`)
  }
  const leaf = eventLeaf(way, 'asked', { request: request.id, why })
  const pending = request.state === 'pending' ? request : await move(way, request, { state: 'pending' }, leaf)
  if (!pending) return
  if (told === undefined)
    await sayOf(way, pending, { text: `The rules changed while "${pending.text}" waited.`, blocks: [] })
  const command = recallCommand(way, pending)
  if (!command) return end(way, pending, 'refused', unknownCommand(way.name), why)
  await walk(way, command, pending.id, pending)
}
