import type { Person } from '#core/bundle/company.ts'
import { type KeyHeld, keysHeld, keysInForce } from '#core/bundle/keys-in-force.ts'
import { toSeconds } from '#core/clock.ts'
import { bestInForce, type WorthOf, worthOfKey } from '#core/policy/givers.ts'
import { isAsStrong } from '#core/policy/key-class.ts'
import type { Key } from '#core/signature/key.ts'
import type { Tier } from '#core/tier.ts'
import type { HeldKey } from '#wire/native.ts'
import { onDay } from './sentences.ts'
import { isOver } from './too-old.ts'
import type { Way } from './way.ts'

/** The keys with which a person can sign in now: once the bundle has ended, those alone that it lists itself. */
export const keysNow = (way: Way, person: string): readonly Key[] => {
  const all = keysInForce(person, way.rules.bundle, way.keyChanges, toSeconds(way.clock()))
  return [...new Set(all.filter(({ most }) => most === undefined || !isOver(way)).map(({ key }) => key))]
}

/** The most that each person's yes to a command of some tier can be worth now. */
export const worthNow = (way: Way, tier: Tier): WorthOf => {
  const { bundle } = way.rules
  const now = toSeconds(way.clock())
  return (person) => bestInForce(person, keysInForce(person.id, bundle, way.keyChanges, now), tier)
}

/** A person's keys, and those that are not in force yet, for who may see them. */
export const heldKeys = (way: Way, id: string): readonly HeldKey[] => {
  const person = way.rules.company.people.get(id)
  if (!person) return []
  const all = keysHeld(id, way.rules.bundle, way.keyChanges, toSeconds(way.clock())).map((held) => viewOf(person, held))
  // One that was added more than once is shown as it counts for most.
  const best = new Map<Key, HeldKey>()
  for (const held of all.toSorted(byWorth)) best.set(held.key, held)
  return [...new Set(all.map(({ key }) => key))].flatMap((key) => best.get(key) ?? [])
}

/** The one that counts for more comes later: by tier, then by worth, then by its end. */
const byWorth = (a: HeldKey, b: HeldKey): number =>
  Number(a.upTo === undefined) - Number(b.upTo === undefined) ||
  Number(isAsStrong(a.worth, b.worth)) - Number(isAsStrong(b.worth, a.worth)) ||
  (a.until ?? Number.POSITIVE_INFINITY) - (b.until ?? Number.POSITIVE_INFINITY)

const viewOf = (person: Person, held: KeyHeld): HeldKey => {
  const { key, upTo, from, until, by } = held
  return {
    key,
    worth: worthOfKey(person, held),
    ...(upTo !== undefined && { upTo }),
    ...(from !== undefined && { from }),
    ...(until !== undefined && { until }),
    by: [...by],
  }
}

/** From when a key counts, as what, and until when, as a sentence. */
export const standingOfKey = (way: Way, { worth, upTo, from, until, by }: HeldKey): string => {
  const { zone } = way.rules.company
  const begins = from !== undefined && from > toSeconds(way.clock()) ? `from ${onDay(from * 1000, zone)} on` : 'now'
  const limits = [`as a ${worth} key`, ...(upTo === undefined ? [] : [`for commands up to ${upTo}`])].join(', ')
  const ends = until === undefined ? '' : ` It ends on ${onDay(until * 1000, zone)}, unless a bundle lists it before.`
  const vouched = by.length > 1 ? ` ${by.join(' and ')} have vouched for it.` : ''
  return `It counts ${begins}, ${limits}.${ends}${vouched}`
}
