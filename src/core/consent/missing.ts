import type { Decision, Requirement } from '#core/policy/decision.ts'
import { isAsStrong, type Strength } from '#core/policy/key-class.ts'

/** A consent to this very statement, already found to be its person's, in force and of its group. */
export type Given = {
  readonly as: 'requester' | 'approver'
  readonly person: string
  /** The one group that an approver speaks for. */
  readonly group?: string
  /** Attested by a service, or the class of the key that signed. */
  readonly strength: Strength
}

/**
 * What a request still owes, by what policy says of it.
 * @param given as for `missing`
 */
export const stillOwed = (
  decision: Exclude<Decision, { readonly outcome: 'deny' }>,
  given: readonly Given[],
  requester: string | undefined,
): readonly Requirement[] => (decision.outcome === 'owes' ? missing(decision.owes, given, requester) : [])

/**
 * What is still owed after these consents: the one subtraction, made by server and runner alike. It only ever takes
 * away, so more consent can make no more missing. A reason is no consent, and stays.
 * @param given in order of arrival: who has spoken for one group counts for no other
 * @param requester absent where no person stands behind the request
 */
export const missing = (
  owes: readonly Requirement[],
  given: readonly Given[],
  requester: string | undefined,
): readonly Requirement[] => {
  const own = given.filter(({ as, person }) => as === 'requester' && person === requester)
  const approvals = firstGroupOnly(given.filter(({ as, person }) => as === 'approver' && person !== requester))
  return owes.flatMap((owed) => rest(owed, own, approvals) ?? [])
}

const rest = (owed: Requirement, own: readonly Given[], approvals: readonly Given[]): Requirement | undefined => {
  switch (owed.kind) {
    case 'reason':
      return owed
    case 'signature':
      return own.some(({ strength }) => isAsStrong(strength, owed.key)) ? undefined : owed
    case 'second-factor':
      return own.some(({ strength }) => strength === 'attested' || isAsStrong(strength, owed.key)) ? undefined : owed
    case 'approval': {
      const counting = approvals.filter(({ group, strength }) => group === owed.group && isAsStrong(strength, owed.key))
      const count = owed.count - new Set(counting.map(({ person }) => person)).size
      return count > 0 ? { ...owed, count } : undefined
    }
  }
}

/** Different groups need different people. */
const firstGroupOnly = (approvals: readonly Given[]): readonly Given[] => {
  const groups = new Map<string, string | undefined>()
  for (const { person, group } of approvals) if (!groups.has(person)) groups.set(person, group)
  return approvals.filter(({ person, group }) => group !== undefined && groups.get(person) === group)
}
