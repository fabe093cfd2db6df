import type { Company } from '#core/bundle/company.ts'
import { typeOfKey } from '#core/signature/key.ts'
import type { Tier } from '#core/tier.ts'
import type { Requirement } from './decision.ts'
import { bestOf } from './givers.ts'
import { isAsStrong, type Strength } from './key-class.ts'

/** One person, or one part that somebody may own whole, with all that they could do alone. */
export type Party = {
  readonly name: string
  /** The highest tier that it is meant to reach. */
  readonly upTo: Tier
  /** Whose requests it can make. */
  readonly speaksFor: ReadonlySet<string>
  /** Whose consents it can make, and what those are worth. */
  readonly consentsFor: ReadonlyMap<string, Strength>
}

/**
 * The parties that the bundle knows. A runner needs no consent in its own zone and gets nothing in another's: its key
 * signs receipts alone. An administrator changes rules, and runs nothing by them.
 */
export const partiesOf = (company: Company): readonly Party[] => {
  const everybody = new Set(company.people.keys())
  const none = new Map<string, Strength>()
  const passkeys = new Map(
    [...company.people.values()]
      .filter(({ keys }) => keys.some((key) => typeOfKey(key) === 'webauthn'))
      .map((person) => [person.id, bestOf(person)]),
  )
  return [
    { name: 'the chat platform', upTo: 'member', speaksFor: everybody, consentsFor: none },
    { name: 'the server', upTo: 'member', speaksFor: everybody, consentsFor: none },
    ...[...company.desks].map(([origin, { tier }]) => ({
      name: `the desk ${origin}`,
      upTo: tier,
      speaksFor: everybody,
      consentsFor: passkeys,
    })),
    ...[...company.people.values()].map((person) => ({
      name: `${person.id}, or a key of theirs,`,
      upTo: 'sensitive' as const,
      speaksFor: new Set([person.id]),
      consentsFor: new Map([[person.id, bestOf(person)]]),
    })),
  ]
}

/** Whether a party could run something by itself: ask for one of its people, and give all that is owed. */
export const reaches = (
  { speaksFor, consentsFor }: Party,
  { people, owes }: { readonly people: readonly string[]; readonly owes: readonly Requirement[] },
  groups: Company['groups'],
): boolean =>
  people.some((requester) => {
    if (!speaksFor.has(requester)) return false
    const gives = (person: string, least: Strength): boolean => {
      const strength = consentsFor.get(person)
      return strength !== undefined && isAsStrong(strength, least)
    }
    return owes.every((owed) => {
      if (owed.kind === 'reason') return true
      if (owed.kind !== 'approval') return gives(requester, owed.kind === 'signature' ? owed.key : 'attested')
      const approvers = [...(groups.get(owed.group) ?? [])].filter((id) => id !== requester && gives(id, owed.key))
      return approvers.length >= owed.count
    })
  })
