import { keyRemoveKind, kindOfChange } from '#core/bundle/key-change.ts'
import { toSeconds } from '#core/clock.ts'
import { keyid, keyName } from '#core/signature/key.ts'
import { toBase64 } from '#core/statement/base64.ts'
import { readEnvelope } from '#core/statement/envelope.ts'
import type { Envelope } from '#core/statement/fields.ts'
import { cut } from '#core/text/cut.ts'
import { type Presented, sentenceOf } from './doors.ts'
import { forgetSetUp } from './forget-set-up.ts'
import { heldKeys, standingOfKey } from './keys.ts'
import { askAgain } from './lost-consents.ts'
import { eventLeaf } from './request/move.ts'
import { tellPerson } from './tell-person.ts'
import type { Way } from './way.ts'

/** A change as it was taken. */
type Taken = ReturnType<typeof read>

/**
 * The second door, for a key that is added or removed: checked, recorded, in force, sent to every runner. One is dealt
 * with after the other.
 * @throws FoobotError as `KeyChanges.take`
 */
export const changeKeys = (way: Way, envelope: Envelope): Promise<Presented> =>
  way.keyLine.next(async () => {
    try {
      return await take(way, envelope)
    } catch (error) {
      // The answer waits for no trace, so that it comes as soon for a person who is nobody.
      tellRefused(way, envelope, error).catch((failure: unknown) =>
        way.log.error({ error: String(failure) }, 'a refused key change left no trace'),
      )
      throw error
    }
  })

/** What does not count leaves its trace. */
const tellRefused = async (way: Way, envelope: Envelope, error: unknown): Promise<void> => {
  const why = sentenceOf(error)
  if (why === undefined) return
  const { value, digest } = read(envelope)
  const { person } = value
  if (!way.rules.company.people.has(person) || !way.keyLine.tells(person, way.clock())) return
  await way.group.record({ leaf: eventLeaf(way, 'key-refused', { person, digest, why: cut(why, 1000) }) })
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
  const taken = before.take(envelope, way.rules.bundle, toSeconds(way.clock()))
  const keyChange = taken.kept.at(-1)
  if (taken === before || !keyChange) return { accepted: true, say: 'I know that already: nothing has changed.' }
  const change = read(envelope)
  const { value, digest, body, what } = change
  const about = { person: value.person, digest, keyChange: toBase64(body) }
  const leaf = { ...eventLeaf(way, what, about), signatures: JSON.stringify(envelope.signatures) }
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
  const forgotten = what === 'key-remove' && (await forgetSetUp(way, value.person))
  await tellPerson(way, value.person, what === 'key-add' ? addedText(way, change) : removedText(change, forgotten))
  if (what === 'key-remove') await askAgain(way, before)
  // After the answer: who has just removed the key that they signed in with hears it, and is put out then.
  setImmediate(() => {
    for (const platform of way.platforms.values()) platform.recheck()
  })
  return { accepted: true, say: answerTo(way, change) }
}

const answerTo = (way: Way, { what, value: { person, key } }: Taken): string => {
  if (what === 'key-remove') return `Removed for good: ${person}'s ${keyName(key)}, and all keys that it added.`
  const held = heldKeys(way, person).find((one) => one.key === key)
  return held
    ? `Added: ${person}'s ${keyName(key)}. ${standingOfKey(way, held)}`
    : `Kept: ${person}'s ${keyName(key)}. It does not count: a key that added it is not in force.`
}

const addedText = (way: Way, { value: { person, key } }: Taken): string => {
  const held = heldKeys(way, person).find((one) => one.key === key)
  return `A key was added for you: ${keyName(key)}. ${held ? `${standingOfKey(way, held)} ` : ''}If you did not want that, remove it at once: foobot key remove ${keyid(key).slice(0, 8)} --as ${person}`
}

const removedText = ({ value: { key } }: Taken, forgotten: boolean): string =>
  `Your ${keyName(key)} was removed, and all keys that it added. ${forgotten ? `${setUpAnew} ` : ''}If you did not want that, tell an administrator.`

const setUpAnew = 'Your phones, one-time codes and linked accounts are forgotten with it: set them up anew.'
