import type { Company, Person } from '#core/bundle/company.ts'
import type { KeyInForce } from '#core/bundle/keys-in-force.ts'
import { type Key, typeOfKey } from '#core/signature/key.ts'
import { isAtLeast, type Tier } from '#core/tier.ts'
import type { Requirement } from './decision.ts'
import { isAsStrong, type Strength, stronger, weaker } from './key-class.ts'

/** The most that a person's consent can be worth. */
export type WorthOf = (person: Person) => Strength

/**
 * The people who could give one thing that is owed.
 * @param requester whose request it is; undefined where no person stands behind it
 * @param worthOf by default, with the keys that the bundle lists
 */
export const giversOf = (
  company: Company,
  owed: Requirement,
  requester: string | undefined,
  worthOf: WorthOf = bestOf,
): readonly string[] => {
  const able = (id: string, least: Strength): boolean => {
    const person = company.people.get(id)
    return person !== undefined && isAsStrong(worthOf(person), least)
  }
  switch (owed.kind) {
    case 'reason':
      return requester === undefined ? [] : [requester]
    case 'second-factor': {
      const least = company.attested.factors.size > 0 ? 'attested' : owed.key
      return requester !== undefined && able(requester, least) ? [requester] : []
    }
    case 'signature':
      return requester !== undefined && able(requester, owed.key) ? [requester] : []
    case 'approval':
      return [...(company.groups.get(owed.group) ?? [])].filter((id) => id !== requester && able(id, owed.key)).sort()
  }
}

/** How many people one thing owed takes. */
export const peopleFor = (owed: Requirement): number => (owed.kind === 'approval' ? owed.count : 1)

/** The most that a person's consent to a command of some tier can be worth with keys in force. */
export const bestInForce = (person: Person, keys: readonly KeyInForce[], tier: Tier): Strength =>
  keys
    .filter(({ upTo }) => upTo === undefined || isAtLeast(upTo, tier))
    .map((key) => worthOfKey(person, key))
    .reduce<Strength>(stronger, 'attested')

/** The most that one key in force is worth: never more than what added it. */
export const worthOfKey = (person: Person, { key, most }: KeyInForce): Exclude<Strength, 'attested'> => {
  const worth = mostOf(person, key)
  return most === undefined ? worth : weaker(worth, most)
}

/** The most that a person's consent can be worth: by their best listed key, or attested where they have none. */
export const bestOf = (person: Person): Strength =>
  person.keys.map((key) => mostOf(person, key)).reduce<Strength>(stronger, 'attested')

/** The most that a signature by a key can be worth: one that asks for PIN, finger or face may be verified. */
export const mostOf = ({ hardware }: Person, key: Key): Exclude<Strength, 'attested'> => {
  if (hardware.has(key)) return 'hardware'
  const type = typeOfKey(key)
  return type === 'webauthn' || type.startsWith('sk-') ? 'verified' : 'software'
}
