import { giversOf } from '#core/policy/givers.ts'
import { type Collection, collect } from './collect.ts'
import { decide, decideByPolicy } from './decide.ts'
import { worthNow } from './keys.ts'
import { giversLeft, type Owing, owedViews, waitsFor } from './owed.ts'
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
  const { stated, collection } = collected(way, request)
  if (!stated || collection?.outcome !== 'owing') return undefined
  return { stated, owes: collection.owes, approvers: collection.approvers }
}

/** A request that waits though nothing is missing: its last yes was stored, and the server ended before it went on. */
export const completeOf = (way: Way, request: Request): Stated | undefined => {
  const { stated, collection } = collected(way, request)
  return collection?.outcome === 'complete' ? stated : undefined
}

type Collected = { readonly stated?: Stated; readonly collection?: Collection }
/** All that it was worked out from, beside the request, which is another object after each change. */
type Basis = Pick<Way, 'rules' | 'keyChanges'> & { readonly accounts: number; readonly minute: number }

const kept = new WeakMap<Request, { readonly basis: Basis; readonly found: Collected }>()
const aMinute = 60_000

/**
 * Worked out once for each change of the request, the rules, the keys and the linked accounts, and once a minute, since keys
 * begin and end: whoever looks at what waits has nothing decided anew. It is only looked at: what goes on from here is decided
 * and checked for itself.
 */
const collected = (way: Way, request: Request): Collected => {
  if (request.state !== 'pending') return {}
  const { rules, keyChanges, accounts } = way
  const basis = { rules, keyChanges, accounts: accounts.version, minute: Math.floor(way.clock() / aMinute) }
  const known = kept.get(request)
  if (known && isSame(known.basis, basis)) return known.found
  const stated = recall(way, request)
  const found = stated ? { stated, collection: collect(way, decide(way, stated), request.consents ?? []) } : {}
  kept.set(request, { basis, found })
  return found
}

const isSame = (a: Basis, b: Basis): boolean =>
  a.rules === b.rules && a.keyChanges === b.keyChanges && a.accounts === b.accounts && a.minute === b.minute

/** What a request owes in words and names: worked out once as its standing is, since a group may be thousands of people. */
const onceFor = <T>(work: (owing: Owing) => T): ((way: Way, request: Request) => T | undefined) => {
  const told = new WeakMap<Collected, T>()
  return (way, request) => {
    const found = collected(way, request)
    const known = told.get(found)
    if (known !== undefined) return known
    const standing = standingOf(way, request)
    if (!standing) return undefined
    const made = work(owingOf(way, standing.stated, request, standing))
    told.set(found, made)
    return made
  }
}
const viewsOnce = onceFor(owedViews)
const waitsOnce = onceFor(waitsFor)

/** How a request stands, with what it owes still. */
export const progressWithOwed = (way: Way, request: Request): Progress => {
  const progress = progressOf(request)
  const owes = viewsOnce(way, request)
  return owes ? { ...progress, owes } : progress
}

/** What a request waits for, for a list of what waits; empty where it waits for nothing. */
export const waitsOf = (way: Way, request: Request): string => waitsOnce(way, request) ?? ''

/** The requests that wait or run, by code, id or word. */
export const pointedAt = (way: Way, which: string): readonly Request[] =>
  way.live.named(which).filter(({ state }) => state === 'pending' || state === 'running')
