import { giversOf } from '#core/policy/givers.ts'
import { collect } from './collect.ts'
import { decide, decideByPolicy } from './decide.ts'
import { worthNow } from './keys.ts'
import { giversLeft, owedViews } from './owed.ts'
import type { Progress, ToSign } from './platform.ts'
import { recall } from './recall.ts'
import type { Request } from './request/request.ts'
import type { Stated } from './state.ts'
import { progressOf } from './talk.ts'
import { owingOf, type Standing } from './wait.ts'
import type { Way } from './way.ts'

/** A request that waits for something that one person could give. */
export type Waiting = {
  readonly request: Request
  readonly stated: Stated
  readonly toSign: ToSign
}

/** What a person could give to a request still: their own consent, or an approval for one group. */
export const waitingFor = (way: Way, request: Request, person: string): Waiting | undefined => {
  const standing = standingOf(way, request)
  if (!standing) return undefined
  const { stated } = standing
  const owing = owingOf(way, stated, request, standing)
  const mine = standing.owes.filter((owed) => giversLeft(owing, owed).includes(person))
  // Where they could speak for several groups, for the one that has the fewest others.
  const [owed] = mine.toSorted((a, b) => giversLeft(owing, a).length - giversLeft(owing, b).length)
  if (!owed || owed.kind === 'reason') return undefined
  const { because } = owed
  const { statement } = stated.stated
  const toSign: ToSign =
    owed.kind === 'approval'
      ? { as: 'approver', group: owed.group, because, statement }
      : { as: 'requester', because, statement }
  return { request, stated, toSign }
}

/**
 * Whether a person could have approved a request, whether or not that is missing still, and whether it waits still or
 * runs: then they may stop it.
 */
export const couldApprove = (way: Way, request: Request, person: string): boolean => {
  const stated = recall(way, request)
  if (!stated) return false
  const { decision } = decideByPolicy(way, stated)
  const worthOf = worthNow(way, request.tier)
  return (
    decision.outcome === 'owes' &&
    decision.owes.some(
      (owed) => owed.kind === 'approval' && giversOf(way.rules.company, owed, request.person, worthOf).includes(person),
    )
  )
}

/** What a waiting request owes, and what of that is missing. */
export const standingOf = (way: Way, request: Request): (Standing & { readonly stated: Stated }) | undefined => {
  if (request.state !== 'pending') return undefined
  const stated = recall(way, request)
  if (!stated) return undefined
  const collection = collect(way, decide(way, stated), request.consents ?? [])
  return collection.outcome === 'owing' ? { stated, owes: collection.owes, approvers: collection.approvers } : undefined
}

/** A request that waits though nothing is missing: its last yes was stored, and the server ended before it went on. */
export const completeOf = (way: Way, request: Request): Stated | undefined => {
  if (request.state !== 'pending') return undefined
  const stated = recall(way, request)
  if (!stated) return undefined
  return collect(way, decide(way, stated), request.consents ?? []).outcome === 'complete' ? stated : undefined
}

/** How a request stands, with what it owes still. */
export const progressWithOwed = (way: Way, request: Request): Progress => {
  const standing = standingOf(way, request)
  const progress = progressOf(request)
  return standing ? { ...progress, owes: owedViews(owingOf(way, standing.stated, request, standing)) } : progress
}

/** The requests that wait or run, by code, id or word. */
export const pointedAt = (way: Way, which: string): readonly Request[] => {
  const code = which.toUpperCase()
  const word = which.toLowerCase()
  return way.live
    .all()
    .filter(
      ({ state, stated, word: own, id }) =>
        (state === 'pending' || state === 'running') && (stated?.code === code || own === word || id === which),
    )
}
