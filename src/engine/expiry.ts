import { bound } from '#bounds/bound.ts'
import { toSeconds } from '#core/clock.ts'
import { shortFault } from '#core/text/short-fault.ts'
import { inWords } from './owed.ts'
import { placeOf } from './receive.ts'
import { end } from './request/end.ts'
import type { Request } from './request/request.ts'
import { standingOf } from './standing.ts'
import type { Way } from './way.ts'

const questionTime = bound('question-time', {
  most: 2 * 60_000,
  unit: 'milliseconds',
  of: 'the time that a question of Foobot waits for its answer',
  say: 'I have stopped waiting for the rest. Say it again when you know.',
})

/**
 * Ends what has outlived itself, by the stored time: questions without an answer, and warrants that were never sent. What
 * a runner may have claimed is left to it, and a clock that is wrong ends nothing.
 */
export const expire = async (way: Way): Promise<void> => {
  if (way.clockWrong() !== undefined) return
  const now = way.clock()
  const unsent = [...way.unsent].flatMap((id) => way.live.get(id) ?? [])
  const failed: { readonly request: string; readonly error: string }[] = []
  for (const request of [...way.live.waiting(), ...unsent]) {
    try {
      const text = outlived(way, request, now)
      if (text === undefined) continue
      forget(way, request)
      await end(way, request, 'expired', text)
    } catch (error) {
      // One that cannot be ended keeps no other from its end; it is tried again.
      failed.push({ request: request.id, error: shortFault(error) })
    }
  }
  const [first] = failed
  if (first) way.log.error({ failed: failed.length, ...first }, 'requests that have expired could not be ended')
}

const outlived = (way: Way, request: Request, now: number): string | undefined => {
  const { id, state, createdAt, stated } = request
  if (state === 'asking') return unanswered(createdAt, now)
  if (!stated || stated.exp > toSeconds(now)) return undefined
  if (state === 'pending') return `${stated.code} has expired: ${lacked(way, request)}. It was not run.`
  if (way.unsent.has(id)) return `${stated.code} has expired, and was not run.`
  return undefined
}

const unanswered = (createdAt: number, now: number): string | undefined => {
  if (now <= createdAt + questionTime.most) return undefined
  questionTime.reached()
  return questionTime.say
}

/** What nobody has given in time. */
const lacked = (way: Way, request: Request): string => {
  const owes = standingOf(way, request)?.owes ?? []
  return owes.length === 0 ? 'the rules have changed' : `it still needed ${inWords(owes)}`
}

/** No question waits for this any more. */
export const forget = (
  way: Way,
  { id, conversation, account }: Pick<Request, 'id' | 'conversation' | 'account'>,
): void => {
  const place = placeOf({ conversation, account })
  if (way.asking.get(place) === id) way.asking.delete(place)
}
