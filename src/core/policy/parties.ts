import type { Company, Person } from '#core/bundle/company.ts'
import { typeOfKey } from '#core/signature/key.ts'
import type { Tier } from '#core/tier.ts'
import type { Requirement } from './decision.ts'
import { bestOf, mostOf } from './givers.ts'
import { isAsStrong, type Strength } from './key-class.ts'

/** One person, or one part that somebody may own whole, with all that they could do alone. */
export type Party = {
  readonly name: string
  /** The highest tier that it is meant to reach; absent for what is meant to reach nothing. */
  readonly upTo?: Tier
  /** Whether it could run something by itself. */
  reaches(possibility: Possible): boolean
}

/** Something that some people may run, and what that takes. */
export type Possible = {
  readonly runner: string
  readonly people: readonly string[]
  readonly owes: readonly Requirement[]
}

/** Whose requests a party can make, whose consents, and what those are worth. */
type Powers = {
  readonly speaksFor: ReadonlySet<string>
  readonly consentsFor: ReadonlyMap<string, Strength>
}

const none = new Map<string, Strength>()

/**
 * Each single party, as somebody reads of them: what has the same power through many people is one.
 */
export const partiesOf = (company: Company): readonly Party[] => {
  const people = [...company.people.values()]
  const accounts = people.map(({ id }) => ({ speaksFor: new Set([id]), consentsFor: none }))
  return [
    { name: 'one chat account', upTo: 'member', reaches: anyOf(company, accounts) },
    ...wholeParts(company),
    ...[...company.runners].map(([runner, { zone }]): Party => {
      // It needs nobody's consent where it holds the credentials, and gets nowhere else: its key signs receipts alone.
      const reaches = (one: Possible): boolean => company.runners.get(one.runner)?.zone === zone
      return { name: `the runner ${runner}`, upTo: 'critical', reaches }
    }),
    {
      name: 'one administrator',
      reaches: () => company.root.threshold <= 1 && company.root.administrators.length > 0,
    },
    ...(['software', 'verified', 'hardware'] as const).map((strength): Party => {
      const holders = people.filter((person) => person.keys.some((key) => mostOf(person, key) === strength))
      return {
        name: `one stolen ${strength} key`,
        upTo: 'sensitive',
        reaches: anyOf(
          company,
          holders.map(({ id }) => personWith(id, strength)),
        ),
      }
    }),
    { name: 'the network between', reaches: () => false },
  ]
}

/** Those of them that a company can do something about, each person apart: what they reach too much of is a soft spot. */
export const soleParties = (company: Company): readonly Party[] => [
  ...wholeParts(company),
  ...[...company.people.values()].map(
    (person): Party => ({
      name: `${person.id}, or a key of theirs,`,
      upTo: 'sensitive',
      reaches: anyOf(company, [personWith(person.id, bestOf(person))]),
    }),
  ),
]

/** Parts that see or carry what everybody says. */
const wholeParts = (company: Company): Party[] => {
  const everybody = new Set(company.people.keys())
  const all = { speaksFor: everybody, consentsFor: none }
  const signOnPages = [...company.people.values()].filter(hasPasskey)
  const consentsFor = new Map(signOnPages.map((person) => [person.id, bestOf(person)]))
  return [
    { name: 'the chat platform', upTo: 'member', reaches: anyOf(company, [all]) },
    { name: 'the server', upTo: 'member', reaches: anyOf(company, [all]) },
    ...[...company.desks].map(([origin, { tier }]): Party => {
      return {
        name: `the desk ${origin}`,
        upTo: tier,
        reaches: anyOf(company, [{ speaksFor: everybody, consentsFor }]),
      }
    }),
  ]
}

const hasPasskey = ({ keys }: Person): boolean => keys.some((key) => typeOfKey(key) === 'webauthn')

const personWith = (id: string, strength: Strength): Powers => ({
  speaksFor: new Set([id]),
  consentsFor: new Map([[id, strength]]),
})

const anyOf =
  (company: Company, powers: readonly Powers[]): Party['reaches'] =>
  (possibility) =>
    powers.some((one) => suffices(one, possibility, company.groups))

/** Whether somebody with these powers could ask for one of their people, and give all that is owed. */
const suffices = ({ speaksFor, consentsFor }: Powers, { people, owes }: Possible, groups: Company['groups']): boolean =>
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
