import type { Key } from '#core/signature/key.ts'
import { openEnvelope } from '#core/signature/open.ts'
import type { Proof } from '#core/signature/verify.ts'
import { readEnvelope } from '#core/statement/envelope.ts'
import type { Envelope } from '#core/statement/fields.ts'
import { isAtLeast, type Tier } from '#core/tier.ts'
import type { Bundle, Company, KeyClassName } from './company.ts'
import {
  type KeptKeyChange,
  type KeyChangePayload,
  keyAddKind,
  kindOfChange,
  refuseChange,
  type Signer,
} from './key-change.ts'
import {
  colleaguesNeeded,
  isAdderInForce,
  isByColleagues,
  isListedInForce,
  listedKeys,
  mayRemove,
  ownerOfKey,
  signersAmong,
  signersFor,
  whoSays,
} from './key-signers.ts'

/** A key with which a person can say yes now. */
export type KeyInForce = {
  readonly key: Key
  /** The most that its signature is worth; absent for a key that the bundle lists. */
  readonly most?: KeyClassName
  /** The highest tier that it counts for; absent where it counts for all. */
  readonly upTo?: Tier
}

/** A key of a person's, with where it comes from and when it counts. */
export type KeyHeld = KeyInForce & {
  /** Seconds: it counts from then on; absent where it always has. */
  readonly from?: number
  /** Seconds: it counts until then; absent where the bundle lists it. */
  readonly until?: number
  /** Who added it; empty where the bundle lists it. */
  readonly by: readonly string[]
}

type KeyChange = KeptKeyChange & {
  readonly what: 'add' | 'remove'
  readonly digest: string
  readonly value: KeyChangePayload
}

const hour = 3600
const day = 24 * hour
/** Seconds from storing until a key that others vouched for counts. */
const vouchedAfter = day
/** Seconds that an added key is in force, from its `iat`. */
const life = 30 * day
const skew = 30
/** Additions kept of one person by keys that are in force: whoever steals a key cannot fill the disk with it. */
const mostAdded = 256
/** Removals kept of keys that nobody here has: an addition may still be on its way, or kept back, and must not count. */
const mostUnknown = 16

/**
 * The keys that people added and removed between bundles, as they are known here. Nothing that was taken is forgotten,
 * and what counts is worked out anew at each question: by the bundle in force, and by all that was removed since. Whether
 * the signer of a removal may still remove keys is a question of the moment at which it is taken, and of that alone.
 */
export class KeyChanges {
  static readonly none = new KeyChanges([])

  readonly #all: readonly KeyChange[]
  /** Looked at for each message that somebody is shown: found without going through all. */
  readonly #byPerson = new Map<string, KeyChange[]>()
  readonly #byDigest = new Map<string, KeyChange>()
  readonly #owners = new Map<Key, string>()

  private constructor(all: readonly KeyChange[]) {
    for (const change of all) this.#byDigest.set(change.digest, change)
    // The same words may stand here twice: signed by their owner first, then by colleagues. The later one says more.
    this.#all = all.filter((change) => this.#byDigest.get(change.digest) === change)
    for (const change of this.#all) {
      const { person, key } = change.value
      const before = this.#byPerson.get(person)
      if (before) before.push(change)
      else this.#byPerson.set(person, [change])
      if (change.what === 'add' && !this.#owners.has(key)) this.#owners.set(key, person)
    }
  }

  /** Those that were kept here before, with who had signed them. */
  static of(kept: Iterable<KeptKeyChange>): KeyChanges {
    return new KeyChanges([...kept].map(known))
  }

  /** What must be kept over a restart, in the order in which it came. */
  get kept(): readonly KeptKeyChange[] {
    return this.#all.map(({ envelope, storedAt, by }) => ({ envelope, storedAt, by }))
  }

  /** The digest of each, in the order in which they came. */
  get digests(): readonly string[] {
    return this.#all.map(({ digest }) => digest)
  }

  has(digest: string): boolean {
    return this.#byDigest.has(digest)
  }

  /** Those of them that another keeper knows, by their digests. */
  among(digests: ReadonlySet<string>): KeyChanges {
    return new KeyChanges(this.#all.filter(({ digest }) => digests.has(digest)))
  }

  /**
   * Those that a keeper who knows these digests may lack, in the order in which they came. A digest says what was signed,
   * and not by whom: what colleagues signed is always among them, since the keeper may know the same words by one of the
   * person's own keys.
   */
  beyond(digests: ReadonlySet<string>): readonly KeptKeyChange[] {
    return this.#all.filter(({ digest, value, by }) => !digests.has(digest) || isByColleagues(value.person, by))
  }

  /**
   * Takes a change that is handed over, by whomever. One that is known already changes nothing, not even when it was
   * stored; nor does another removal of a key that was removed, unless it is the first by colleagues: that one silences
   * the key. The same words signed by others say more where colleagues remove by them, or where who added by them is gone:
   * a thief who signs them first must not spoil them.
   * @param storedAt seconds: now, by one's own clock
   * @throws FoobotError `key-change-refused` with what is wrong, `signature-refused`, `payload-malformed`
   */
  take(envelope: Envelope, { company }: Pick<Bundle, 'company'>, storedAt: number): KeyChanges {
    const kind = kindOfChange(envelope)
    const { value, digest } = readEnvelope(kind, envelope)
    const same = this.#byDigest.get(digest)
    if (same && !this.#mayBeBettered(same, envelope, company)) return this
    if (value.deployment !== company.deployment)
      refuseChange(`it is for ${value.deployment}, and this is ${company.deployment}`)
    if (value.iat > storedAt + skew) refuseChange('it comes from the future: look at the clocks')
    const by = kind === keyAddKind ? this.#checkAdd(envelope, company, storedAt) : this.#checkRemove(envelope, company)
    // Kept each time, it would let any key that its person ever had fill every disk.
    if (kind !== keyAddKind && this.isRemoved(value.person, value.key) && !this.#silences(value, by)) return this
    return new KeyChanges([...this.#all, known({ envelope, storedAt, by })])
  }

  /** Whether this person has lost this key, for good. */
  isRemoved(person: string, key: Key): boolean {
    return this.#of('remove', person).some(({ value }) => value.key === key)
  }

  /**
   * Whether two colleagues removed this key. What it signs is not taken from then on, nor what any key signs that it
   * added; what was taken before stays.
   */
  isSilenced(person: string, key: Key): boolean {
    return this.#of('remove', person).some(({ value, by }) => value.key === key && isByColleagues(person, by))
  }

  /** The keys that were added for a person, with who added them; whether they count is another question. */
  addedFor(
    person: string,
  ): readonly { readonly key: Key; readonly iat: number; readonly storedAt: number; readonly by: readonly Signer[] }[] {
    return this.#of('add', person).map(({ value: { key, iat }, storedAt, by }) => ({ key, iat, storedAt, by }))
  }

  /** The person whom a key was added for: it is theirs for ever. */
  ownerOf(key: Key): string | undefined {
    return this.#owners.get(key)
  }

  /** Whether the same words by other signers could say more. */
  #mayBeBettered({ what, value: { person, key }, by }: KeyChange, { signatures }: Envelope, company: Company): boolean {
    return what === 'remove'
      ? signatures.length >= colleaguesNeeded && !this.isSilenced(person, key)
      : !by.every((signer) => isAdderInForce(company, this, signer))
  }

  /** Removals of keys that nobody has. A thief of the person's key does not use up what their colleagues may. */
  #unknownAs(company: Company, person: string, signers: readonly Signer[]): number {
    const sort = isByColleagues(person, signers)
    return this.#of('remove', person).filter(
      ({ value, by }) => isByColleagues(person, by) === sort && ownerOfKey(company, this, value.key) === undefined,
    ).length
  }

  #silences({ person, key }: KeyChangePayload, by: readonly Signer[]): boolean {
    return isByColleagues(person, by) && !this.isSilenced(person, key)
  }

  #of(what: KeyChange['what'], person: string): readonly KeyChange[] {
    return (this.#byPerson.get(person) ?? []).filter((change) => change.what === what)
  }

  /** INVARIANT: who signed is looked at first: nobody else learns who is of the company, and whose a key is. */
  #checkAdd(envelope: Envelope, company: Company, now: number): readonly Signer[] {
    const { value } = readEnvelope(keyAddKind, envelope)
    const { person, key, iat } = value
    const named = [...signersFor(company, person, envelope)]
    const may = new Map(named.filter(([key, person]) => isAdderInForce(company, this, { person, key })))
    const proofs = this.#open(envelope, company, [key, ...may.keys()])
    if (!proofs.some((proof) => proof.key === key)) refuseChange('the new key itself did not sign it')
    const by = whoSays(person, proofs, may)
    if (!company.people.has(person)) refuseChange(`${person} is nobody in this company`)
    if (iat + life <= now) refuseChange('it is older than 30 days: sign it again')
    if (this.isRemoved(person, key)) refuseChange('this key was removed, which is for good: make a new one')
    if (otherRoles(company).has(key)) refuseChange('this key has another role in the company: make one of its own')
    const owner = ownerOfKey(company, this, key)
    if (owner !== undefined && owner !== person) refuseChange(`this key belongs to ${owner}, for ever`)
    if (listedKeys(company, person).includes(key)) refuseChange('the bundle lists this key already')
    // Those of a key that is gone do not count: whoever stole it cannot keep its owner from a new one.
    const kept = this.#of('add', person).filter(({ by }) => by.every((one) => isAdderInForce(company, this, one)))
    if (kept.length >= mostAdded) refuseChange(`${person} has added ${mostAdded} keys: ask an administrator`)
    return by
  }

  /**
   * INVARIANT: a key that its own person removed may still remove others, so that neither a thief nor a server who is
   * faster can keep a key alive by having the owner's key removed first. Only two colleagues silence a key.
   */
  #checkRemove(envelope: Envelope, company: Company): readonly Signer[] {
    const { person, key } = readEnvelope(kindOfChange(envelope), envelope).value
    const may = signersFor(company, person, envelope)
    for (const added of this.addedFor(person)) may.set(added.key, person)
    const proofs = this.#open(envelope, company, [...may.keys()])
    const heard = new Map([...may].filter(([key, person]) => mayRemove(company, this, { person, key })))
    if (!proofs.some((proof) => heard.has(proof.key)))
      refuseChange(
        'the key that signed it may remove none: two colleagues removed it, or it went with the key that added it',
      )
    const own = whoSays(person, proofs, heard)
    if (company.root.administrators.some((one) => one.key === key))
      refuseChange('a root key changes with the bundle only')
    const owner = ownerOfKey(company, this, key)
    if (owner !== undefined && owner !== person) refuseChange(`this key is not ${person}’s`)
    const all = signersAmong(proofs, heard)
    const by = isByColleagues(person, all) ? all : own
    if (owner === undefined && !this.isRemoved(person, key) && this.#unknownAs(company, person, by) >= mostUnknown)
      refuseChange(`${person} has removed ${mostUnknown} keys that nobody has: ask an administrator`)
    return by
  }

  #open(envelope: Envelope, { desks }: Company, keys: readonly Key[]): readonly Proof[] {
    return openEnvelope(kindOfChange(envelope), envelope, () => keys, { origins: [...desks.keys()] }).proofs
  }
}

/**
 * The keys with which a person can say yes now: those that the bundle lists, and those that were added and count. A key
 * that was added more than once stands here once for each.
 * @param now seconds
 */
export const keysInForce = (
  person: string,
  bundle: Pick<Bundle, 'company'>,
  changes: KeyChanges,
  now: number,
): readonly KeyInForce[] =>
  keysHeld(person, bundle, changes, now)
    .filter(({ from }) => from === undefined || from <= now)
    .map(({ key, most, upTo }) => ({ key, ...(most && { most }), ...(upTo && { upTo }) }))

/**
 * The keys in force, and those that will be: others have vouched for them, and the time in which that can be objected to
 * is not over.
 * @param now seconds
 */
export const keysHeld = (
  person: string,
  { company }: Pick<Bundle, 'company'>,
  changes: KeyChanges,
  now: number,
): readonly KeyHeld[] => {
  if (!company.people.has(person)) return []
  const listed = listedKeys(company, person).filter((key) => isListedInForce(company, changes, { person, key }))
  const added = changes.addedFor(person).flatMap(({ key, iat, storedAt, by }): KeyHeld[] => {
    if (changes.isRemoved(person, key) || listed.includes(key)) return []
    if (now >= iat + life || !by.every((signer) => isAdderInForce(company, changes, signer))) return []
    const vouched = by.some((signer) => signer.person !== person)
    const upTo = lowest([
      ...(vouched ? ['sensitive' as const] : []),
      ...by.flatMap((one) => deskTier(company, one) ?? []),
    ])
    const most = by.some(({ strength }) => strength === 'software') ? 'software' : 'verified'
    return [
      {
        key,
        most,
        ...(upTo !== undefined && { upTo }),
        ...(vouched && { from: storedAt + vouchedAfter }),
        until: iat + life,
        by: [...new Set(by.map((signer) => signer.person))],
      },
    ]
  })
  return [...listed.map((key) => ({ key, by: [] })), ...added]
}

/** A page that may not sign above a tier must not add a key that may. */
const deskTier = ({ desks }: Company, { origin }: Signer): Tier | undefined =>
  origin === undefined ? undefined : desks.get(origin)?.tier

const lowest = (tiers: readonly Tier[]): Tier | undefined =>
  tiers.reduce<Tier | undefined>(
    (least, tier) => (least === undefined || isAtLeast(least, tier) ? tier : least),
    undefined,
  )

/** Keys that stand in the bundle for something else than a person's yes. */
const otherRoles = ({ root, log, runners, attesting, witnesses }: Company): ReadonlySet<Key> =>
  new Set([
    ...root.administrators.map(({ key }) => key),
    log.key,
    ...[...runners.values()].map(({ key }) => key),
    ...attesting.values(),
    ...[...witnesses.values()].map(({ key }) => key),
  ])

const known = (kept: KeptKeyChange): KeyChange => {
  const kind = kindOfChange(kept.envelope)
  const { value, digest } = readEnvelope(kind, kept.envelope)
  return { ...kept, what: kind === keyAddKind ? 'add' : 'remove', digest, value }
}
