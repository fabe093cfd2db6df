import type { Requirement } from '#core/policy/decision.ts'
import type { Decided } from './decide.ts'

/** A command that nothing is missing from: all that policy owes has been given. */
export type Collected = Decided & { readonly decision: { readonly outcome: 'allow' } }

export type Collection =
  | { readonly outcome: 'complete'; readonly collected: Collected }
  | { readonly outcome: 'denied'; readonly why: string }
  | { readonly outcome: 'owing'; readonly owes: readonly Requirement[]; readonly say: string }

/**
 * Asks the right people in the right way. Consents cannot be given yet: whatever owes one says what it is, and ends.
 */
export const collect = (decided: Decided): Collection => {
  const { decision } = decided
  switch (decision.outcome) {
    case 'allow':
      return { outcome: 'complete', collected: { ...decided, decision } as Collected }
    case 'deny':
      return { outcome: 'denied', why: decision.why }
    case 'owes':
      return { outcome: 'owing', owes: decision.owes, say: sentence(decided, decision.owes) }
  }
}

const sentence = ({ from, say }: Decided, owes: readonly Requirement[]): string => {
  const what = owes.map(inWords).join(', and ')
  const before = say === undefined ? '' : `${say} `
  return `${before}Sorry, ${from.called}, this command needs ${what}. This Foobot cannot take that yet, so nothing was run.`
}

/** What is owed, as one says it in a sentence. */
export const inWords = (owed: Requirement): string => {
  switch (owed.kind) {
    case 'signature':
      return 'your signature'
    case 'second-factor':
      return 'two-factor authentication'
    case 'approval':
      return owed.count === 1
        ? `approval from someone in ${owed.group}`
        : `approval from ${owed.count} people in ${owed.group}`
    case 'reason':
      return 'a reason (add -reason="…")'
  }
}
