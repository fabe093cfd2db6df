import { conversationKey, placeOf } from './receive.ts'
import { joinedFor } from './request/live.ts'
import type { Request } from './request/request.ts'
import type { Way } from './way.ts'
import { restingTime } from './words.ts'

/**
 * What was open when the server stopped is open again. What its runner knows of it is asked when the two meet; what was
 * never sent waits for that as before. Words that rested go on resting, and what was just done still answers the same words.
 */
export const restore = async (way: Way): Promise<void> => {
  for (const [word, since] of await way.records.wordsSince(way.clock() - restingTime)) way.resting.set(word, since)
  for (const { id, endedAt = 0, ...request } of await way.records.doneSince(way.clock() - joinedFor)) {
    way.live.reserve(wordsOf(request), id)
    way.live.keepWords(id, endedAt)
    way.live.release(id)
  }
  for (const request of await way.records.live()) {
    way.live.put(request)
    if (request.state === 'asking') way.asking.set(placeOf(request), request.id)
    else way.live.reserve(wordsOf(request), request.id)
    // The room has heard what it owes: nobody waits for a client that signs by itself any more.
    if (request.state === 'pending') way.live.prompted(request.id, true)
    if (request.state === 'running' && request.sent?.store === undefined) way.unsent.add(request.id)
  }
}

/**
 * Identical words: the same command, by the same person, in the same conversation. Who is nobody is told apart by account,
 * and no account is ever taken for a person.
 */
export const wordsOf = ({
  conversation,
  person,
  account,
  text,
}: Pick<Request, 'conversation' | 'person' | 'account' | 'text'>): string => {
  const who = person === undefined ? ['account', account.tenant, account.id] : ['person', person]
  return JSON.stringify([...conversationKey(conversation), who, text])
}
