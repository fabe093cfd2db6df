import { plain } from '#core/reply/reply.ts'
import { refuseFull, takePlace } from './full.ts'
import { placeOf } from './receive.ts'
import { end } from './request/end.ts'
import { begin, move } from './request/move.ts'
import { followAll } from './talk.ts'
import type { Understood } from './understand.ts'
import { say, type Way } from './way.ts'

type Missing = Extract<Understood, { kind: 'missing' }>

/** Something is missing and the command knows how to ask: the account's next words here are the answer. */
export const ask = async (way: Way, { from, entry, text, say: sentence }: Missing, id: string): Promise<void> => {
  const { message } = from
  const before = from.answersTo === undefined ? undefined : way.live.get(from.answersTo)
  const { listed } = entry
  if (!listed) return
  const full = before ? undefined : takePlace(way, from, id)
  if (full) return refuseFull(way, from, full)
  const request = before
    ? await move(way, before, { state: 'asking', text, message: message.id, said: from.said, createdAt: way.clock() })
    : await begin(way, {
        id,
        state: 'asking',
        generation: 0,
        conversation: message.conversation,
        account: message.account,
        message: message.id,
        said: from.said,
        ...(from.person !== undefined && { person: from.person }),
        command: entry.command,
        runner: listed.runner,
        tier: entry.tier,
        text,
        createdAt: way.clock(),
      })
  if (!request) return
  if (before) way.live.join(request.id, message)
  const place = placeOf(message)
  const earlier = way.asking.get(place)
  way.asking.set(place, request.id)
  const replaced = earlier === undefined || earlier === request.id ? undefined : way.live.get(earlier)
  if (replaced?.state === 'asking') await end(way, replaced, 'cancelled', 'Never mind the question before, then.')
  await say(way, message.conversation, plain(sentence, { tier: entry.tier, command: entry.command }), {
    answers: { account: message.account, id: message.id },
  })
  await followAll(way, request)
}
