import type { KeyChanges } from '#core/bundle/key-changes.ts'
import { knownTo } from '#core/bundle/key-keepers.ts'
import { keysHeld } from '#core/bundle/keys-in-force.ts'
import { toSeconds } from '#core/clock.ts'
import { keyName } from '#core/signature/key-name.ts'
import { mostKeyChanges } from '#wire/runner.ts'
import type { RunnerConnection } from './runner-link.ts'
import type { Way } from './way.ts'

/** Keys that one answer names, however many there are. */
const mostNamed = 4

type Basis = Pick<Way, 'rules' | 'keyChanges'> & { readonly minute: number }

/** By what a runner announced, which is another object when it changes. */
const kept = new WeakMap<RunnerConnection['announced'], { readonly basis: Basis; readonly found: string | undefined }>()
const aMinute = 60_000

/**
 * As `differenceNow`, worked out once for each change of keys on either side, and once a minute, since keys begin and end:
 * anybody may ask for the server's health, and that must not go through all keys of the company each time.
 */
export const keyDifference = (way: Way, connection: RunnerConnection): string | undefined => {
  const basis = { rules: way.rules, keyChanges: way.keyChanges, minute: Math.floor(way.clock() / aMinute) }
  const known = kept.get(connection.announced)
  if (known && isSame(known.basis, basis)) return known.found
  const found = differenceNow(way, connection)
  kept.set(connection.announced, { basis, found })
  return found
}

const isSame = (a: Basis, b: Basis): boolean =>
  a.rules === b.rules && a.keyChanges === b.keyChanges && a.minute === b.minute

/**
 * Whose keys a runner counts otherwise than this server, and what to do; undefined where they agree. Each refuses what it
 * does not count, so nothing runs that only one of them would take; but a person may be refused without knowing why.
 */
const differenceNow = (way: Way, { announced }: RunnerConnection): string | undefined => {
  const known = new Set(announced.keyChanges)
  const strange = announced.keyChanges.filter((digest) => !way.keyChanges.byDigest.has(digest)).length
  // A runner that keeps more than it may announce leaves out the oldest.
  const theirs = known.size < mostKeyChanges ? knownTo(way.keyChanges, known) : way.keyChanges
  const [here, there] = [heldBy(way, way.keyChanges), heldBy(way, theirs)]
  const found = [
    ...differing(there, here, 'it still counts', 'which this server does not: sign a bundle that lists it no more'),
    ...differing(here, there, 'it does not count', 'which this server does: list it in a bundle, or make a new key'),
    ...(strange === 0
      ? []
      : [
          `it keeps ${strange} key ${strange === 1 ? 'change' : 'changes'} that nobody handed to this server, so it may refuse a key that counts here: its own log names the keys; remove them here too, or list new ones in a bundle`,
        ]),
  ]
  return found.length === 0 ? undefined : found.join('; ')
}

/** Each key that counts or will count, by a name that people know it by. */
const heldBy = (way: Way, changes: KeyChanges): ReadonlyMap<string, string> => {
  const now = toSeconds(way.clock())
  return new Map(
    [...way.rules.company.people.keys()].flatMap((person) =>
      keysHeld(person, way.rules.bundle, changes, now).map(({ key }) => [key, `${person}’s ${keyName(key)}`] as const),
    ),
  )
}

const differing = (
  some: ReadonlyMap<string, string>,
  others: ReadonlyMap<string, string>,
  what: string,
  todo: string,
): readonly string[] => {
  const names = [...some].filter(([key]) => !others.has(key)).map(([, name]) => name)
  if (names.length === 0) return []
  const more = names.length > mostNamed ? ` and ${names.length - mostNamed} more` : ''
  return [`${what} ${names.slice(0, mostNamed).join(', ')}${more}, ${todo}`]
}
