import { toSeconds } from '#core/clock.ts'
import { type EventName, eventKind } from '#core/log/event.ts'
import type { Leaf } from '../store.ts'
import type { Way } from '../way.ts'
import type { Request } from './request.ts'
import { isAllowed, isEnd, type State } from './states.ts'

/** What becomes of a request: its new state, and what else changes with it. */
export type Next = Partial<Omit<Request, 'id' | 'state' | 'generation'>> & { readonly state: State }

/**
 * Moves a request to its next state: one compare-and-set, durable together with its leaf.
 * @returns the request as it is stored now; undefined where somebody was faster
 * @throws where it could not be stored, or the table does not allow it
 */
export const move = async (way: Way, from: Request, next: Next, leaf?: Leaf): Promise<Request | undefined> => {
  if (!isAllowed(from.state, next.state)) throw new Error(`a request never goes from ${from.state} to ${next.state}`)
  const request: Request = { ...from, ...next, generation: from.generation + 1 }
  const [stored] = await way.group.record({
    from: { state: from.state, generation: from.generation },
    request,
    ...(leaf && { leaf }),
  })
  return settle(way, request, stored)
}

/** Stores a request for the first time. */
export const begin = async (way: Way, request: Request, leaf?: Leaf): Promise<Request | undefined> => {
  if (!isAllowed('new', request.state)) throw new Error(`a request never begins as ${request.state}`)
  const [stored] = await way.group.record({ from: { state: 'new', generation: 0 }, request, ...(leaf && { leaf }) })
  return settle(way, request, stored)
}

/** Brings memory up to what is stored. */
export const settle = (
  way: Way,
  request: Request,
  stored: { readonly stored: boolean; readonly index?: number } | undefined,
): Request | undefined => {
  if (!stored?.stored) return undefined
  const kept =
    stored.index !== undefined && request.sent
      ? { ...request, sent: { ...request.sent, index: stored.index } }
      : request
  // The word of a request that does not wait any more means nothing, and rests.
  if (kept.word !== undefined && kept.state !== 'pending') way.resting.set(kept.word, way.clock())
  if (kept.state !== 'pending') way.wakes.forget(kept.id)
  if (isEnd(kept.state)) {
    way.live.put(kept)
    way.counters.ended(kept.state, kept.tier)
    way.counters.took(way.clock() - kept.createdAt)
  } else way.live.put(kept)
  return kept
}

/** The leaf of an event. */
export const eventLeaf = (
  way: Way,
  what: EventName,
  about: {
    request?: string
    person?: string
    runner?: string
    command?: string
    digest?: string
    statement?: string
    keyChange?: string
    why?: string
  },
): Leaf => {
  const body = eventKind.encode({
    v: 2,
    deployment: way.rules.company.deployment,
    at: toSeconds(way.clock()),
    what,
    ...about,
  })
  return { bytes: eventKind.pae(body) }
}
