import { FoobotError } from '#core/errors.ts'
import { type Key, keyid } from '#core/signature/key.ts'
import type { Proof } from '#core/signature/verify.ts'
import type { Envelope } from '#core/statement/fields.ts'
import type { Company } from './company.ts'
import type { Signer } from './key-change.ts'
import type { KeyChanges } from './key-changes.ts'
import { listedKeys, type OneKey } from './keys-in-force.ts'

/** The group whose people may vouch for somebody who has no key left. */
const vouchers = 'People'
/** How many of them have to say the same. */
export const colleaguesNeeded = 2

/** Whether a person may vouch for others. */
export const mayVouch = ({ groups }: Company, person: string): boolean => groups.get(vouchers)?.has(person) ?? false

/** Whose key this is: the person's whom it was added for, or whom the bundle lists it for; undefined where nobody's. */
export const ownerOfKey = (company: Company, changes: KeyChanges, key: Key): string | undefined =>
  changes.ownerOf(key) ?? listedById(company).get(keyid(key))?.person

/** Whether a removal of this person's key is the word of colleagues, whoever else signed it. */
export const isByColleagues = (person: string, by: readonly Signer[]): boolean =>
  new Set(by.flatMap((signer) => (signer.person === person ? [] : signer.person))).size >= colleaguesNeeded

/**
 * Whether two colleagues removed this key. What it signs is not taken from then on, nor what any key signs that it
 * added; what was taken before stays.
 */
export const isSilenced = (changes: KeyChanges, person: string, key: Key): boolean =>
  changes.removedFor(person).some((removed) => removed.key === key && isByColleagues(person, removed.by))

/**
 * Whether what a key signs may still remove keys. It need not be in force: its own person's removal does not hinder it. Two
 * colleagues' does, and a bundle that lists it no more; and with a key goes what it added.
 */
export const mayRemove = (company: Company, changes: KeyChanges, signer: OneKey): boolean =>
  isListedAndHeard(company, changes, signer) ||
  (!isSilenced(changes, signer.person, signer.key) &&
    changes
      .addedFor(signer.person)
      .some(({ key, by }) => key === signer.key && by.every((adder) => isListedAndHeard(company, changes, adder))))

const isListedAndHeard = (company: Company, changes: KeyChanges, { person, key }: OneKey): boolean =>
  listedKeys(company, person).includes(key) && !isSilenced(changes, person, key)

/** The keys of the bundle that a change of this person's keys names and that may sign it, each with whose it is. */
export const signersFor = (company: Company, person: string, { signatures }: Envelope): Map<Key, string> => {
  const named = signatures.flatMap(({ keyid }) => listedById(company).get(keyid) ?? [])
  const may = named.filter((one) => one.person === person || mayVouch(company, one.person))
  return new Map(may.map((one) => [one.key, one.person]))
}

/** Those of the proven keys that may sign. */
export const signersAmong = (proofs: readonly Proof[], may: ReadonlyMap<Key, string>): readonly Signer[] =>
  proofs.flatMap(({ key, strength, origin }): Signer[] => {
    const signer = may.get(key)
    return signer === undefined ? [] : [{ person: signer, key, strength, ...(origin !== undefined && { origin }) }]
  })

/** The person themself, or two others together. */
export const whoSays = (person: string, proofs: readonly Proof[], may: ReadonlyMap<Key, string>): readonly Signer[] => {
  const by = signersAmong(proofs, may)
  const own = by.filter((signer) => signer.person === person)
  if (own.length > 0) return own
  if (isByColleagues(person, by)) return by
  return refuseChange(`a key of ${person} must sign it, or two people of ${vouchers} together`)
}

const byId = new WeakMap<Company['people'], ReadonlyMap<string, OneKey>>()

/** Made once a bundle: nobody who hands something in has all keys of the company looked at. */
const listedById = ({ people }: Company): ReadonlyMap<string, OneKey> => {
  const known = byId.get(people)
  if (known) return known
  const made = new Map<string, OneKey>()
  for (const { id: person, keys } of people.values()) for (const key of keys) made.set(keyid(key), { person, key })
  byId.set(people, made)
  return made
}

/** @throws FoobotError `key-change-refused`, always */
export const refuseChange = (reason: string): never => {
  throw new FoobotError('key-change-refused', `key change: ${reason}`, `That change of keys is refused: ${reason}.`)
}
