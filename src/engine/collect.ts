import { forWarrant } from '#core/consent/for-warrant.ts'
import { missing } from '#core/consent/missing.ts'
import type { Requirement } from '#core/policy/decision.ts'
import type { Envelope } from '#core/statement/fields.ts'
import { type Counted, counted } from './consents.ts'
import type { Decided } from './decide.ts'
import type { Way } from './way.ts'

/** A command that nothing is missing from: all that policy owes has been given, and by whom is proven. */
export type Collected = Decided & {
  readonly decision: { readonly outcome: 'allow' | 'owes' }
  readonly consents: readonly Envelope[]
  /** All that was owed. */
  readonly owed: readonly Requirement[]
}

export type Collection =
  | { readonly outcome: 'complete'; readonly collected: Collected }
  | { readonly outcome: 'denied'; readonly why: string; readonly say?: string }
  | {
      readonly outcome: 'owing'
      /** What is missing still. */
      readonly owes: readonly Requirement[]
      /** Who has approved: they count once, and are asked no more. */
      readonly approvers: readonly string[]
    }

/**
 * What is still missing after these consents. Each is checked anew: policy, groups and keys are as they are now.
 */
export const collect = (way: Way, decided: Decided, envelopes: readonly Envelope[]): Collection => {
  const { decision, from, statement, stated } = decided
  if (decision.outcome === 'deny') return { ...decision, outcome: 'denied' }
  if (decision.outcome === 'allow') {
    return { outcome: 'complete', collected: { ...decided, decision, consents: [], owed: [] } }
  }
  const counting = counted(way, from.rules, { statement, digest: stated.digest }, envelopes)
  const owes = missing(
    decision.owes,
    counting.map(({ given }) => given),
    from.person,
  )
  if (owes.length > 0) return { outcome: 'owing', owes, approvers: approversOf(counting) }
  const consents = forWarrant(counting)
  return { outcome: 'complete', collected: { ...decided, decision, consents, owed: decision.owes } }
}

const approversOf = (counting: readonly Counted[]): readonly string[] =>
  counting.flatMap(({ given }) => (given.as === 'approver' ? given.person : []))
