import type { Key } from '#core/signature/key.ts'
import { isAtLeast, type Tier } from '#core/tier.ts'
import type { Bundle, Company, KeyClassName } from './company.ts'
import type { Signer } from './key-change.ts'
import type { KeyChanges } from './key-changes.ts'

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

const day = 86_400
/** Seconds from storing until a key that others vouched for counts. */
const vouchedAfter = day
/** Seconds that an added key is in force, from its `iat`. */
export const addedLife = 30 * day

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
    if (now >= iat + addedLife || !by.every((signer) => isAdderInForce(company, changes, signer))) return []
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
        until: iat + addedLife,
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

/** A person's key. */
export type OneKey = Pick<Signer, 'person' | 'key'>

/** Whether the bundle lists this key for its person, and nobody removed it. */
export const isListedInForce = (company: Company, changes: KeyChanges, { person, key }: OneKey): boolean =>
  listedKeys(company, person).includes(key) &&
  !changes.isRemoved(person, key) &&
  (changes.ownerOf(key) ?? person) === person

/** Only keys that the bundle lists add others, and only from a page that it lists. */
export const isAdderInForce = (
  company: Company,
  changes: KeyChanges,
  signer: OneKey & Pick<Signer, 'origin'>,
): boolean =>
  isListedInForce(company, changes, signer) && (signer.origin === undefined || company.desks.has(signer.origin))

/** The keys that the bundle lists for a person, removed or not. */
export const listedKeys = ({ people }: Company, person: string): readonly Key[] => people.get(person)?.keys ?? []
