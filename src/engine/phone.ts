import { cut } from '#core/text/cut.ts'
import type { FromPhone, ToPhone } from '#wire/phone.ts'
import { alarm } from './alarm.ts'
import { deniedBy } from './denied.ts'
import type { Request } from './request/request.ts'
import { sayInSecurity } from './security-room.ts'
import { type Waiting, waitingFor } from './standing.ts'
import { stopRequest } from './stop-request.ts'
import { sayOf } from './talk.ts'
import type { Wake } from './wakes.ts'
import type { Way } from './way.ts'

const nothing: ToPhone = { type: 'over', say: 'There is nothing to answer any more. Nothing was signed.' }

/**
 * What a phone that was woken asks, by the secret of its wake. It is told whether what its owner typed stands in the room;
 * the yes itself is the signature that it hands in at the door for consents.
 */
export const askedByPhone = async (way: Way, ask: FromPhone): Promise<ToPhone> => {
  const wake = way.wakes.get(ask.wake)
  const request = wake && way.live.get(wake.request)
  const waiting = request && waitingFor(way, request, wake.person)
  // Stated anew, it is another command: the phone shows no old one, and answers none.
  if (!wake || !waiting || waiting.stated.stated.digest !== wake.digest || waiting.toSign.as !== wake.as) return nothing
  switch (ask.ask) {
    case 'open':
      return statementFor(wake, waiting)
    case 'answer':
      return ask.answer.trim().toLowerCase() === wake.answer ? right(way, wake) : wrong(way, wake, waiting.request)
    case 'no':
      return no(way, wake, waiting.request)
  }
}

const statementFor = ({ person, as }: Wake, { toSign }: Waiting): ToPhone => ({
  type: 'statement',
  person,
  as,
  ...(toSign.group !== undefined && { group: toSign.group }),
  statement: Buffer.from(toSign.statement).toString('base64'),
  asks: as === 'requester' ? 'number' : 'word',
})

const methodOf = ({ as }: Wake): 'push' | 'approver' => (as === 'requester' ? 'push' : 'approver')

const right = (way: Way, wake: Wake): ToPhone => {
  way.counters.factor(methodOf(wake), 'right')
  return { type: 'right' }
}

const wrong = async (way: Way, wake: Wake, request: Request): Promise<ToPhone> => {
  way.counters.factor(methodOf(wake), 'wrong')
  const left = way.wakes.wrong(wake.secret)
  const what = wake.as === 'requester' ? 'number' : 'word'
  if (left > 0) return { type: 'wrong', left, say: `That is not the ${what} that stands in the room.` }
  if (wake.as === 'requester') {
    const text = `Three wrong numbers on ${wake.person}'s phone: it asks no more. Say "${way.name} auth me push" again if that was you.`
    await sayOf(way, request, { text, blocks: [] })
  }
  return { type: 'over', say: `Three wrong ${what}s: nothing was signed.` }
}

const no = async (way: Way, wake: Wake, request: Request): Promise<ToPhone> => {
  way.wakes.close(wake.secret)
  way.counters.factor(methodOf(wake), 'no')
  if (wake.as === 'approver') {
    const late = await deniedBy(way, request, wake.person)
    return { type: 'over', say: late?.text ?? 'Denied. Nothing was run.' }
  }
  const { account, conversation, text, stated } = request
  const why = `${wake.person} says that they did not ask for "${cut(text, 500)}"`
  const stop = { text: `${why}: it is cancelled, and nothing was run.`, why, what: 'cancelled' as const }
  const late = await stopRequest(way, request, wake.person, stop)
  alarm(way, { kind: 'not-asked', source: wake.person, request: request.id, why })
  const where = `said as ${account.id} on ${conversation.platform} in ${conversation.room}`
  await sayInSecurity(way, `${why} (${stated?.code}, ${where}). Somebody else may hold that account: look at it now.`)
  const say = late?.text ?? 'Cancelled, and nothing was run.'
  return { type: 'over', say: `${say} The security room has been told.` }
}
