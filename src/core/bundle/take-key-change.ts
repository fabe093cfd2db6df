import type { Key } from '#core/signature/key.ts'
import { openEnvelope } from '#core/signature/open.ts'
import type { Proof } from '#core/signature/verify.ts'
import { readEnvelope } from '#core/statement/envelope.ts'
import type { Envelope } from '#core/statement/fields.ts'
import type { Bundle, Company } from './company.ts'
import { type KeyChangePayload, keyAddKind, kindOfChange, type Signer } from './key-change.ts'
import type { KeyChange, KeyChanges } from './key-changes.ts'
import {
  colleaguesNeeded,
  isByColleagues,
  isSilenced,
  mayRemove,
  ownerOfKey,
  refuseChange,
  signersAmong,
  signersFor,
  whoSays,
} from './key-signers.ts'
import { addedLife, isAdderInForce, listedKeys } from './keys-in-force.ts'

const skew = 30
/** Additions kept of one person by keys that are in force: whoever steals a key cannot fill the disk with it. */
const mostAdded = 256
/** Removals kept of keys that nobody here has: an addition may still be on its way, or kept back, and must not count. */
const mostUnknown = 16

/**
 * Takes a change that is handed over, by whomever. One that is known already changes nothing, not even when it was
 * stored; nor does another removal of a key that was removed, unless it is the first by colleagues: that one silences
 * the key. The same words signed by others say more where colleagues remove by them, or where who added by them is gone:
 * a thief who signs them first must not spoil them.
 *
 * Whether the signer of a removal may still remove keys is a question of this moment, and of it alone.
 * @param storedAt seconds: now, by one's own clock
 * @returns `changes` itself where nothing changed, else with this one as the last
 * @throws FoobotError `key-change-refused` with what is wrong, `signature-refused`, `payload-malformed`
 */
export const takeKeyChange = (
  changes: KeyChanges,
  envelope: Envelope,
  { company }: Pick<Bundle, 'company'>,
  storedAt: number,
): KeyChanges => {
  const kind = kindOfChange(envelope)
  const { value, digest } = readEnvelope(kind, envelope)
  const same = changes.byDigest.get(digest)
  if (same && !mayBeBettered(changes, same, envelope, company)) return changes
  if (value.deployment !== company.deployment)
    refuseChange(`it is for ${value.deployment}, and this is ${company.deployment}`)
  if (value.iat > storedAt + skew) refuseChange('it comes from the future: look at the clocks')
  const by =
    kind === keyAddKind ? checkAdd(changes, envelope, company, storedAt) : checkRemove(changes, envelope, company)
  // Kept each time, it would let any key that its person ever had fill every disk.
  if (kind !== keyAddKind && changes.isRemoved(value.person, value.key) && !silences(changes, value, by)) return changes
  return changes.and({ envelope, storedAt, by })
}

/** Whether the same words by other signers could say more. */
const mayBeBettered = (
  changes: KeyChanges,
  { what, value: { person, key }, by }: KeyChange,
  { signatures }: Envelope,
  company: Company,
): boolean =>
  what === 'remove'
    ? signatures.length >= colleaguesNeeded && !isSilenced(changes, person, key)
    : !by.every((signer) => isAdderInForce(company, changes, signer))

const silences = (changes: KeyChanges, { person, key }: KeyChangePayload, by: readonly Signer[]): boolean =>
  isByColleagues(person, by) && !isSilenced(changes, person, key)

/** INVARIANT: who signed is looked at first: nobody else learns who is of the company, and whose a key is. */
const checkAdd = (changes: KeyChanges, envelope: Envelope, company: Company, now: number): readonly Signer[] => {
  const { value } = readEnvelope(keyAddKind, envelope)
  const { person, key, iat } = value
  const named = [...signersFor(company, person, envelope)]
  const may = new Map(named.filter(([key, person]) => isAdderInForce(company, changes, { person, key })))
  const proofs = open(envelope, company, [key, ...may.keys()])
  if (!proofs.some((proof) => proof.key === key)) refuseChange('the new key itself did not sign it')
  const by = whoSays(person, proofs, may)
  if (!company.people.has(person)) refuseChange(`${person} is nobody in this company`)
  if (iat + addedLife <= now) refuseChange('it is older than 30 days: sign it again')
  if (changes.isRemoved(person, key)) refuseChange('this key was removed, which is for good: make a new one')
  if (otherRoles(company).has(key)) refuseChange('this key has another role in the company: make one of its own')
  const owner = ownerOfKey(company, changes, key)
  if (owner !== undefined && owner !== person) refuseChange(`this key belongs to ${owner}, for ever`)
  if (listedKeys(company, person).includes(key)) refuseChange('the bundle lists this key already')
  // Those of a key that is gone do not count: whoever stole it cannot keep its owner from a new one.
  const kept = changes.addedFor(person).filter(({ by }) => by.every((one) => isAdderInForce(company, changes, one)))
  if (kept.length >= mostAdded) refuseChange(`${person} has added ${mostAdded} keys: ask an administrator`)
  return by
}

/**
 * INVARIANT: a key that its own person removed may still remove others, so that neither a thief nor a server who is
 * faster can keep a key alive by having the owner's key removed first. Only two colleagues silence a key.
 */
const checkRemove = (changes: KeyChanges, envelope: Envelope, company: Company): readonly Signer[] => {
  const { person, key } = readEnvelope(kindOfChange(envelope), envelope).value
  const may = signersFor(company, person, envelope)
  for (const added of changes.addedFor(person)) may.set(added.key, person)
  const proofs = open(envelope, company, [...may.keys()])
  const heard = new Map([...may].filter(([key, person]) => mayRemove(company, changes, { person, key })))
  if (!proofs.some((proof) => heard.has(proof.key)))
    refuseChange(
      'the key that signed it may remove none: two colleagues removed it, or it went with the key that added it',
    )
  const own = whoSays(person, proofs, heard)
  if (company.root.administrators.some((one) => one.key === key))
    refuseChange('a root key changes with the bundle only')
  const owner = ownerOfKey(company, changes, key)
  if (owner !== undefined && owner !== person) refuseChange(`this key is not ${person}’s`)
  const all = signersAmong(proofs, heard)
  const by = isByColleagues(person, all) ? all : own
  if (owner === undefined && !changes.isRemoved(person, key) && unknownAs(changes, company, person, by) >= mostUnknown)
    refuseChange(`${person} has removed ${mostUnknown} keys that nobody has: ask an administrator`)
  return by
}

/** Removals of keys that nobody has. A thief of the person's key does not use up what their colleagues may. */
const unknownAs = (changes: KeyChanges, company: Company, person: string, signers: readonly Signer[]): number => {
  const sort = isByColleagues(person, signers)
  return changes
    .removedFor(person)
    .filter(({ key, by }) => isByColleagues(person, by) === sort && ownerOfKey(company, changes, key) === undefined)
    .length
}

const open = (envelope: Envelope, { desks }: Company, keys: readonly Key[]): readonly Proof[] =>
  openEnvelope(kindOfChange(envelope), envelope, () => keys, { origins: [...desks.keys()] }).proofs

/** Keys that stand in the bundle for something else than a person's yes. */
const otherRoles = ({ root, log, runners, attesting, witnesses }: Company): ReadonlySet<Key> =>
  new Set([
    ...root.administrators.map(({ key }) => key),
    log.key,
    ...[...runners.values()].map(({ key }) => key),
    ...attesting.values(),
    ...[...witnesses.values()].map(({ key }) => key),
  ])
