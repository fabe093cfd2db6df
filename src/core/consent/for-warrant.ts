import { isAsStrong } from '#core/policy/key-class.ts'
import type { Envelope } from '#core/statement/fields.ts'
import { readConsent } from './check.ts'
import type { Given } from './missing.ts'

type Counting = { readonly envelope: Envelope; readonly given: Given }

/**
 * The consents that stand in a warrant, as a runner takes them: one of each person, sorted by digest. Of a person's several
 * it is the strongest in the role and group that they spoke in first, so that nothing is missing that was not before.
 * @param counting in order of arrival, each checked
 */
export const forWarrant = (counting: readonly Counting[]): readonly Envelope[] => {
  const best = new Map<string, Counting>()
  for (const one of counting) {
    const before = best.get(one.given.person)
    if (!before || (isSameRole(before.given, one.given) && !isAsStrong(before.given.strength, one.given.strength)))
      best.set(one.given.person, one)
  }
  return [...best.values()]
    .map(({ envelope }) => ({ envelope, digest: readConsent(envelope).digest }))
    .sort((a, b) => (a.digest < b.digest ? -1 : 1))
    .map(({ envelope }) => envelope)
}

const isSameRole = (a: Given, b: Given): boolean => a.as === b.as && a.group === b.group
