import type { Bundle } from '#core/bundle/company.ts'
import { type Policy, policyOf } from './decide.ts'
import type { Decision } from './decision.ts'
import { mayEver } from './may-ever.ts'

/** A bundle's rules for whoever speaks with people: it tells nobody of commands that they can never say. */
export type ToldPolicy = Policy & {
  /**
   * The commands that a person may ever say: `open` ones, and those for which some permit's head names them. Conditions
   * and forbids are not looked at, so it bounds what is shown and never lets anything run.
   * @param person undefined for somebody that no person stands behind
   */
  mayEver(person: string | undefined): ReadonlySet<string>
}

/** Decides as `policyOf` does, and leaves out of a denial what only somebody may hear who could ever say the command. */
export const toldPolicyOf = (bundle: Pick<Bundle, 'company'>): ToldPolicy => {
  const policy = policyOf(bundle)
  const may = policy.rules ? mayEver(bundle.company, policy.rules) : nothing
  return {
    ...policy,
    mayEver: may,
    decide: (question, listed) => {
      const decision = policy.decide(question, listed)
      return may(question.requester).has(question.command) ? decision : withoutSay(decision)
    },
  }
}

const nothing = (): ReadonlySet<string> => new Set()

const withoutSay = (decision: Decision): Decision =>
  decision.outcome === 'deny' ? { outcome: 'deny', why: decision.why, because: decision.because } : decision
