import { type KeptKeyChange, keyRemoveKind, kindOfChange } from '#core/bundle/key-change.ts'
import type { KeyChanges } from '#core/bundle/key-changes.ts'
import { isByColleagues, ownerOfKey, refuseChange } from '#core/bundle/key-signers.ts'
import { keysHeld } from '#core/bundle/keys-in-force.ts'
import { takeKeyChange } from '#core/bundle/take-key-change.ts'
import { toSeconds } from '#core/clock.ts'
import { FoobotError } from '#core/errors.ts'
import { type Key, keyid } from '#core/signature/key.ts'
import { keyName } from '#core/signature/key-name.ts'
import { toBase64 } from '#core/statement/base64.ts'
import { readEnvelope } from '#core/statement/envelope.ts'
import type { Envelope } from '#core/statement/fields.ts'
import { cut } from '#core/text/cut.ts'
import { shortFault } from '#core/text/short-fault.ts'
import { type Presented, sentenceOf } from './doors.ts'
import { forgetSetUp } from './forget-set-up.ts'
import { heldKeys, standingOfKey } from './keys.ts'
import { askAgain } from './lost-consents.ts'
import { eventLeaf } from './request/move.ts'
import { tellPerson } from './tell-person.ts'
import type { Way } from './way.ts'

/** A change as it was taken. */
type Taken = ReturnType<typeof read> & {
  readonly by: KeptKeyChange['by']
  /** Whether the key counted until now, or was about to. */
  readonly wasHeld: boolean
}

/**
 * The second door, for a key that is added or removed: checked, recorded, in force, sent to every runner. One is dealt
 * with after the other; what proves nothing is refused before it waits, and so stands in nobody's way.
 * @throws FoobotError as `takeKeyChange`
 */
export const changeKeys = async (way: Way, envelope: Envelope): Promise<Presented> => {
  try {
    if (isKnown(way, envelope)) return knownAlready
    return await way.keyLine.next(() => take(way, envelope))
  } catch (error) {
    // The answer waits for no trace, so that it comes as soon for a person who is nobody.
    tellRefused(way, envelope, error).catch((failure: unknown) =>
      way.log.error({ error: shortFault(failure) }, 'a refused key change left no trace'),
    )
    throw error
  }
}

const knownAlready: Presented = { accepted: true, say: 'I know that already: nothing has changed.' }

/** @throws FoobotError as `takeKeyChange` */
const isKnown = (way: Way, envelope: Envelope): boolean =>
  takeKeyChange(way.keyChanges, envelope, way.rules.bundle, toSeconds(way.clock())) === way.keyChanges

/** What does not count leaves its trace. */
const tellRefused = async (way: Way, envelope: Envelope, error: unknown): Promise<void> => {
  const why = sentenceOf(error)
  // What cannot be read names nobody.
  if (why === undefined || (error instanceof FoobotError && error.code === 'payload-malformed')) return
  const { value, digest } = read(envelope)
  const { person } = value
  if (!way.rules.company.people.has(person)) return
  const again = way.told.refusal('key-refused', person)
  if (again === undefined) return
  await way.group.record({ leaf: eventLeaf(way, 'key-refused', { person, digest, why: cut(why, 900) + again }) })
}

const read = (envelope: Envelope) => {
  const kind = kindOfChange(envelope)
  return {
    what: kind === keyRemoveKind ? ('key-remove' as const) : ('key-add' as const),
    ...readEnvelope(kind, envelope),
  }
}

const take = async (way: Way, envelope: Envelope): Promise<Presented> => {
  const before = way.keyChanges
  const taken = takeKeyChange(before, envelope, way.rules.bundle, toSeconds(way.clock()))
  const keyChange = taken.kept.at(-1)
  if (taken === before || !keyChange) return knownAlready
  const { person, key } = read(envelope).value
  const change = { ...read(envelope), by: keyChange.by, wasHeld: isHeld(way, before, person, key) }
  const { digest, body, what } = change
  // Whoever holds a key could make up others without end: each would be an entry in the log, and in every runner.
  if (what === 'key-remove' && ownerOfKey(way.rules.company, before, key) === undefined)
    refuseChange(`${person} has no such key, so there is nothing to remove`)
  const leaf = {
    ...eventLeaf(way, what, { person, digest, keyChange: toBase64(body) }),
    signatures: JSON.stringify(envelope.signatures),
  }
  // INVARIANT: a removal counts from here on, an addition once it is stored. So a warrant that still holds a yes of the
  // removed key was handed to the log before the removal, and reaches its runner before it.
  if (what === 'key-remove') way.keyChanges = taken
  try {
    await way.group.record({ leaf, keyChange })
  } catch (error) {
    way.keyChanges = before
    throw error
  }
  way.keyChanges = taken
  for (const { connection } of way.runners.all()) connection.keyChange(envelope)
  if (what === 'key-add') await tellPerson(way, person, addedText(way, change))
  else if (change.wasHeld) await lose(way, change, before)
  // After the answer: who has just removed the key that they signed in with hears it, and is put out then.
  setImmediate(() => {
    for (const platform of way.platforms.values()) platform.recheck()
  })
  return { accepted: true, say: answerTo(way, change) }
}

/** A key that counted counts no more. One that was gone already takes nothing with it a second time. */
const lose = async (way: Way, change: Taken, before: KeyChanges): Promise<void> => {
  const { person } = change.value
  const forgotten = await forgetSetUp(way, person)
  await tellPerson(way, person, removedText(change, forgotten))
  await askAgain(way, before)
}

const isHeld = (way: Way, changes: KeyChanges, person: string, key: Key): boolean =>
  keysHeld(person, way.rules.bundle, changes, toSeconds(way.clock())).some((held) => held.key === key)

const answerTo = (way: Way, { what, value: { person, key }, by, wasHeld }: Taken): string => {
  if (what === 'key-remove') {
    const silenced = isByColleagues(person, by) ? ' Nothing that it signs is taken any more.' : ''
    return wasHeld
      ? `Removed for good: ${person}'s ${keyName(key)}, and all keys that it added.${silenced}`
      : `Removed for good: ${person}'s ${keyName(key)}. It did not count any more, so nothing else is forgotten.${silenced}`
  }
  const held = heldKeys(way, person).find((one) => one.key === key)
  return held
    ? `Added: ${person}'s ${keyName(key)}. ${standingOfKey(way, held)}`
    : `Kept: ${person}'s ${keyName(key)}. It does not count: a key that added it is not in force.`
}

const addedText = (way: Way, { value: { person, key } }: Taken): string => {
  const held = heldKeys(way, person).find((one) => one.key === key)
  return `A key was added for you: ${keyName(key)}. ${held ? `${standingOfKey(way, held)} ` : ''}If you did not want that, remove it at once: foobot key remove ${keyid(key).slice(0, 8)} --as ${person}`
}

const removedText = ({ value: { person, key }, by }: Taken, forgotten: boolean): string =>
  [
    `Your ${keyName(key)} was removed by ${signedText(person, by)}, and all keys that it added.`,
    ...(forgotten ? ['Your phones, one-time codes and linked accounts are forgotten with it: set them up anew.'] : []),
    isByColleagues(person, by)
      ? 'If you did not want that, tell an administrator.'
      : 'If you did not want that, that key is stolen: have two people of People remove it at once, and tell an administrator.',
  ].join(' ')

/** Who or what signed a removal, for the person whose key it was. */
const signedText = (person: string, by: KeptKeyChange['by']): string =>
  isByColleagues(person, by)
    ? [...new Set(by.map((signer) => signer.person))].filter((one) => one !== person).join(' and ')
    : by.map(({ key }) => `your ${keyName(key)}`).join(' and ')
