import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { keyAddKind, keyRemoveKind } from '#core/bundle/key-change.ts'
import { KeyChanges } from '#core/bundle/key-changes.ts'
import { openEntry } from '#core/log/entry.ts'
import { eventKind } from '#core/log/event.ts'
import type { Envelope } from '#core/statement/fields.ts'
import { viewsOf } from '#engine/views.ts'
import { company, keyChangeOf, keyOf } from '../contract/engine.harness.ts'
import { openWithCodes, type WithCodes } from '../contract/totp.fixture.ts'

/**
 * One of jhand's two keys is stolen. The thief removes with it whatever there is to remove, before and after two
 * colleagues have removed it, since each removal of a key makes Foobot forget jhand's phones and one-time codes.
 */

// DEFENCE src/core/bundle/take-key-change.ts
// - const heard = new Map([...may].filter(([key, person]) => mayRemove(company, changes, { person, key })))
// + const heard = may

// DEFENCE src/core/bundle/key-signers.ts
// - .some(({ key, by }) => key === signer.key && by.every((adder) => isListedAndHeard(company, changes, adder))))
// + .some(({ key }) => key === signer.key))

// DEFENCE src/core/bundle/take-key-change.ts
// - if (kind !== keyAddKind && changes.isRemoved(value.person, value.key) && !silences(changes, value, by)) return changes
// + if (kind !== keyAddKind && changes.isRemoved(value.person, value.key)) return changes

// DEFENCE src/core/bundle/take-key-change.ts
// - if (same && !mayBeBettered(changes, same, envelope, company)) return changes
// + if (same) return changes

// DEFENCE src/core/bundle/take-key-change.ts
// - const by = isByColleagues(person, all) ? all : own
// + const by = own

// DEFENCE src/core/bundle/take-key-change.ts
// - const kept = changes.addedFor(person).filter(({ by }) => by.every((one) => isAdderInForce(company, changes, one)))
// + const kept = changes.addedFor(person)

// DEFENCE src/engine/change-keys.ts
// - if (what === 'key-remove' && ownerOfKey(way.rules.company, before, key) === undefined)
// - refuseChange(`${person} has no such key, so there is nothing to remove`)

// DEFENCE src/engine/change-keys.ts
// - else if (change.wasHeld) await lose(way, change, before)
// + else await lose(way, change, before)

// DEFENCE src/core/bundle/key-keepers.ts
// - changes.all.filter(({ digest, value, by }) => !digests.has(digest) || isByColleagues(value.person, by))
// + changes.all.filter(({ digest }) => !digests.has(digest))

// DEFENCE src/storage/sqlite/key-changes.ts
// - ON CONFLICT (digest) DO UPDATE SET body = excluded.body WHERE body ->> '$.by' <> excluded.body ->> '$.by'`),
// + ON CONFLICT DO NOTHING`),

const own = keyOf('jhand')
const stolen = keyOf('jhand, stolen')
/** What the thief adds with it, and what jhand gets in its place. */
const planted = keyOf('jhand, planted')
const fresh = keyOf('jhand, new')
const colleagues = [keyOf('fiona'), keyOf('dora')]

let codes: WithCodes
beforeEach(async () => {
  const groups = new Map([...company().groups, ['People', new Set(['fiona', 'dora'])]])
  const jhand = company().people.get('jhand')
  if (!jhand) throw new Error('nobody')
  const people = new Map([...company().people, ['jhand', { ...jhand, keys: [own.key, stolen.key] }]])
  codes = await openWithCodes('sensitive', { groups, people })
  await addPhone()
})
afterEach(() => codes.end())

const addPhone = async () => {
  const phone = { name: 'mine', endpoint: 'https://push.example/1', p256dh: 'p'.repeat(87), auth: 'a'.repeat(22) }
  const signedIn = { person: 'jhand', key: own.key }
  expect(await codes.bench.engine.doors.enrol(signedIn, { what: 'add-phone', ...phone })).toMatchObject({
    accepted: true,
  })
}
const phones = async () => (await codes.bench.way.devices.of('jhand')).length
const keysOfJhand = () => viewsOf(codes.bench.way).keysOf('jhand')
const present = (envelope: Envelope) => codes.bench.engine.doors.present(envelope)
const add = (key: typeof own, by: readonly (typeof own)[]) =>
  keyChangeOf(keyAddKind, 'jhand', key.key, [key, ...by], codes.bench.now)
const remove = ({ key }: typeof own, by: readonly (typeof own)[], at = codes.bench.now) =>
  keyChangeOf(keyRemoveKind, 'jhand', key, by, at)
const taken = async (change: Promise<Envelope>) => expect(await present(await change)).toMatchObject({ accepted: true })
const refused = async (change: Promise<Envelope>, say: string) =>
  expect(await present(await change)).toMatchObject({ accepted: false, say: expect.stringContaining(say) })
const removals = async () => {
  const { log } = codes.bench.storage
  await codes.bench.way.group.drain()
  const events = log.leaves(0, log.size).map(({ bytes }) => openEntry(bytes))
  return events.filter(({ body, kind }) => kind === 'event' && eventKind.decode(body).what === 'key-remove').length
}
const silent = 'the key that signed it may remove none'

it('removes nothing and makes nothing be forgotten once two colleagues removed it', async () => {
  await taken(add(planted, [stolen]))
  await taken(remove(stolen, colleagues))
  await addPhone()
  for (const thief of [stolen, planted])
    for (const wanted of [own, planted, keyOf('made up 1')]) await refused(remove(wanted, [thief]), silent)
  expect(keysOfJhand()).toEqual([own.key])
  expect(await phones()).toBe(1)
  expect(await removals()).toBe(1)
})

it('is silent after a restart, too', async () => {
  await taken(remove(stolen, colleagues))
  const again = await codes.bench.restart()
  expect(await again.engine.doors.present(await remove(own, [stolen]))).toMatchObject({ accepted: false })
  expect(viewsOf(again.way).keysOf('jhand')).toEqual([own.key])
  await again.close()
})

it('is silent though jhand removed it before, or it removed itself', async () => {
  for (const by of [own, stolen]) {
    await taken(remove(stolen, [by], codes.bench.now - 60_000))
    await addPhone()
    await taken(remove(stolen, colleagues))
    await refused(remove(own, [stolen]), silent)
    expect(keysOfJhand()).toEqual([own.key])
    expect(await phones()).toBe(1)
  }
})

describe('the thief is faster than colleagues', () => {
  it('and signs the very words of their removal', async () => {
    const words = codes.bench.now
    await taken(remove(stolen, [stolen], words))
    await taken(remove(stolen, colleagues, words))
    await refused(remove(own, [stolen]), silent)
    const again = await codes.bench.restart()
    expect(await again.engine.doors.present(await remove(own, [stolen]))).toMatchObject({ accepted: false })
    await again.close()
  })

  it('and adds a signature to theirs', async () => {
    await taken(remove(stolen, [stolen, ...colleagues]))
    await refused(remove(own, [stolen]), silent)
  })

  it('and had a runner keep those words while it was away', async () => {
    const words = codes.bench.now
    const mine = await remove(stolen, [stolen], words)
    await taken(Promise.resolve(mine))
    const digests = codes.bench.way.keyChanges.digests
    const theirs = await remove(stolen, colleagues, words)
    await taken(Promise.resolve(theirs))
    const runner = await codes.bench.link({ keyChanges: [...digests] })
    expect(runner.keyChanges).toEqual([theirs])
  })

  it('and removes every other key: a new one that colleagues vouch for stays', async () => {
    await taken(remove(own, [stolen]))
    await taken(remove(stolen, colleagues))
    await taken(add(fresh, colleagues))
    await addPhone()
    await refused(remove(fresh, [stolen]), silent)
    codes.bench.now += 25 * 3_600_000
    expect(keysOfJhand()).toEqual([fresh.key])
    expect(await phones()).toBe(1)
  })

  it('and adds as many keys as may be kept: there is room for a new one', async () => {
    const by = [{ person: 'jhand', key: stolen.key, strength: 'software' as const }]
    const many = await Promise.all(Array.from({ length: 256 }, (_, n) => add(keyOf(`planted ${n}`), [stolen])))
    codes.bench.way.keyChanges = KeyChanges.of(many.map((envelope) => ({ envelope, storedAt: 0, by })))
    await refused(add(fresh, [own]), 'ask an administrator')
    await taken(remove(stolen, colleagues))
    await taken(add(fresh, [own]))
    expect(keysOfJhand()).toEqual([own.key, fresh.key])
  })
})

describe('keys that there are not', () => {
  it('are not removed: no entry in the log, and nothing is forgotten', async () => {
    const runner = await codes.bench.link()
    for (let n = 0; n < 40; n++) await refused(remove(keyOf(`made up ${n}`), [stolen]), 'jhand has no such key')
    await refused(remove(keyOf('made up'), colleagues), 'jhand has no such key')
    expect(runner.keyChanges).toEqual([])
    expect(codes.bench.way.keyChanges.kept).toEqual([])
    expect(await phones()).toBe(1)
    expect(codes.totp.isReadyFor('jhand')).toBe(true)
    expect(await removals()).toBe(0)
  })

  it('or that went before make nothing be forgotten again', async () => {
    await taken(add(planted, [stolen]))
    await taken(remove(stolen, [own]))
    expect(await phones()).toBe(0)
    expect(codes.totp.isReadyFor('jhand')).toBe(false)
    await addPhone()
    const before = codes.bench.replies.length
    await taken(remove(planted, [stolen]))
    await taken(remove(stolen, [stolen], codes.bench.now - 60_000))
    expect(await phones()).toBe(1)
    expect(codes.bench.replies).toHaveLength(before)
  })
})
