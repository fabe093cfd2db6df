import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { keyAddKind, keyRemoveKind } from '#core/bundle/key-change.ts'
import { openEntry } from '#core/log/entry.ts'
import { eventKind } from '#core/log/event.ts'
import { readEnvelope } from '#core/statement/envelope.ts'
import type { Envelope } from '#core/statement/fields.ts'
import { viewsOf } from '#engine/views.ts'
import {
  type Bench,
  bundleOf,
  company,
  consentOf,
  keyChangeOf,
  keyOf,
  makeBench,
  type Runner,
  resource,
  until,
} from './engine.harness.ts'

/** Keys that people get and lose between two bundles, at the second door: what counts is worked out anew at once. */

const groups = new Map([...company().groups, ['People', new Set(['fiona', 'dora'])]])

let bench: Bench
let runner: Runner
beforeEach(async () => {
  bench = await makeBench(bundleOf(1, { groups }))
  runner = await bench.link()
  runner.inspects = () => ({ ...resource, type: 'Server', id: 'svr-1827', owner: 'backend', facts: {} })
})
afterEach(() => bench.close())

/** A second key of jhand's. */
const second = keyOf('jhand, second')
const add = (by = ['jhand'], key = second, person = 'jhand') =>
  keyChangeOf(keyAddKind, person, key.key, [key, ...by.map(keyOf)], bench.now)
const remove = (key = keyOf('jhand'), by = [keyOf('jhand')], person = 'jhand') =>
  keyChangeOf(keyRemoveKind, person, key.key, by, bench.now)
const present = (envelope: Envelope) => bench.engine.doors.present(envelope)
const keysOf = (person: string) => viewsOf(bench.way).keysOf(person)
const digestOf = (envelope: Envelope) =>
  readEnvelope(envelope.payloadType === keyAddKind.type ? keyAddKind : keyRemoveKind, envelope).digest
const events = () =>
  bench.storage.log.leaves(0, bench.storage.log.size).map(({ bytes }) => eventKind.decode(openEntry(bytes).body))
const texts = (): string[] => bench.replies.map(({ reply }) => reply.text).filter((text) => text !== '')
const waiting = () => {
  const [request] = bench.way.live.all()
  if (!request?.stated) throw new Error('nothing waits')
  return { ...request, stated: request.stated }
}
const yes = async (id: string, role: Parameters<typeof consentOf>[2], by = id) =>
  present(await consentOf(id, waiting().stated.statement, role, by))
const asBackend = { as: 'approver', group: 'Backend' } as const

describe('a key that is added', () => {
  it('signs in and says yes at once, and its owner hears of it', async () => {
    expect(keysOf('jhand')).toEqual([keyOf('jhand').key])
    expect(await present(await add())).toMatchObject({
      accepted: true,
      say: expect.stringMatching(
        /^Added: jhand's ssh-ed25519 [0-9a-f]{8}\. It counts now, as a software key\. It ends on /,
      ),
    })
    expect(keysOf('jhand')).toEqual([keyOf('jhand').key, second.key])
    expect(texts()).toEqual([
      expect.stringMatching(/^A key was added for you: .* foobot key remove [0-9a-f]{8} --as jhand$/),
    ])
    await bench.say('Foobot upgrade AcmeOps')
    expect(await yes('jhand', { as: 'requester' }, 'jhand, second')).toMatchObject({ accepted: true })
    expect(runner.orders).toHaveLength(1)
  })

  it('stands in the log with its signatures, and outlives a restart', async () => {
    const envelope = await add()
    await present(envelope)
    expect(events()[0]).toMatchObject({
      what: 'key-add',
      person: 'jhand',
      digest: digestOf(envelope),
      keyChange: envelope.payload,
    })
    bench = await bench.restart()
    expect(keysOf('jhand')).toEqual([keyOf('jhand').key, second.key])
    const { size } = bench.storage.log
    expect(await present(envelope)).toEqual({ accepted: true, say: 'I know that already: nothing has changed.' })
    expect(bench.storage.log.size).toBe(size)
  })

  it('is taken once, however many hand it in at once', async () => {
    const envelope = await add()
    await Promise.all([1, 2, 3, 4].map(() => present(envelope)))
    expect(bench.storage.log.size).toBe(1)
    expect(runner.keyChanges).toEqual([envelope])
  })

  it('is refused with what is wrong, and leaves nothing but that in the log', async () => {
    const stranger = keyOf('stranger')
    for (const by of [[], ['bianca'], ['stranger'], ['fiona']]) {
      expect(await present(await add(by))).toEqual({
        accepted: false,
        say: 'That change of keys is refused: a key of jhand must sign it, or two people of People together.',
      })
    }
    expect(await present(await keyChangeOf(keyAddKind, 'jhand', stranger.key, [keyOf('jhand')]))).toMatchObject({
      accepted: false,
      say: expect.stringContaining('the new key itself did not sign it'),
    })
    await bench.way.group.drain()
    expect(events().map(({ what, person }) => `${what} ${person}`)).toEqual(Array(5).fill('key-refused jhand'))
    expect(runner.keyChanges).toEqual([])
    expect(keysOf('jhand')).toEqual([keyOf('jhand').key])
    for (let n = 0; n < 20; n++) await present(await add([]))
    await bench.way.group.drain()
    // Sixteen, and once more, with how often it came again an hour later.
    expect(events()).toHaveLength(17)
  })

  it('counts a day later where colleagues vouched for it, and its owner hears of it before', async () => {
    expect(await present(await add(['fiona', 'dora']))).toMatchObject({
      accepted: true,
      say: expect.stringMatching(
        /It counts from .* on, as a software key, for commands up to sensitive\..* fiona and dora have vouched for it\.$/,
      ),
    })
    expect(texts()).toEqual([expect.stringContaining('If you did not want that, remove it at once')])
    expect(keysOf('jhand')).toEqual([keyOf('jhand').key])
    expect(viewsOf(bench.way).heldKeys('jhand', 'jhand')).toHaveLength(2)
    bench.now += 24 * 3_600_000 + 1000
    expect(keysOf('jhand')).toEqual([keyOf('jhand').key, second.key])
  })

  it('does not count where it cannot be stored', async () => {
    const envelope = await add()
    const { commit } = bench.storage.records
    bench.storage.records.commit = () => Promise.reject(new Error('the disk is full'))
    await expect(present(envelope)).rejects.toThrow('the disk is full')
    expect(keysOf('jhand')).toEqual([keyOf('jhand').key])
    expect(runner.keyChanges).toEqual([])
    bench.storage.records.commit = commit
    expect(await present(envelope)).toMatchObject({ accepted: true })
  })
})

describe('a key that is removed', () => {
  it('signs in no more, and who is here by it is put out', async () => {
    let rechecked = 0
    Object.assign(bench.way.platforms.get('native') ?? {}, { recheck: () => (rechecked += 1) })
    expect(await present(await remove())).toMatchObject({
      accepted: true,
      say: expect.stringMatching(/^Removed for good: jhand's ssh-ed25519 [0-9a-f]{8}, and all keys that it added\.$/),
    })
    expect(keysOf('jhand')).toEqual([])
    await until(() => rechecked === 1, 'the look at sessions')
  })

  it('by one of its person’s own is told with the one that signed, so that a thief’s is known', async () => {
    await present(await add())
    await present(await remove(second, [keyOf('jhand')]))
    expect(texts().at(-1)).toMatch(
      /^Your ssh-ed25519 [0-9a-f]{8} was removed by your ssh-ed25519 [0-9a-f]{8}, .*that key is stolen: have two people of People remove it at once/,
    )
  })

  it('by two colleagues is silent from then on, and its person hears who they are', async () => {
    await present(await add())
    expect(await present(await remove(keyOf('jhand'), ['fiona', 'dora'].map(keyOf)))).toMatchObject({
      accepted: true,
      say: expect.stringMatching(/^Removed for good: .*, and all keys that it added\. Nothing that it signs is taken/),
    })
    expect(texts().at(-1)).toMatch(/^Your ssh-ed25519 [0-9a-f]{8} was removed by (fiona and dora|dora and fiona), /)
    for (const by of [keyOf('jhand'), second])
      expect(await present(await remove(second, [by]))).toMatchObject({ accepted: false })
  })

  it('a second time, or after the one that added it, changes nothing but its right to remove', async () => {
    await present(await add())
    await present(await remove())
    const told = texts().length
    expect(await present(await remove(second, [keyOf('jhand')]))).toMatchObject({
      accepted: true,
      say: expect.stringMatching(/It did not count any more, so nothing else is forgotten\.$/),
    })
    bench.now += 1000
    expect(await present(await remove(keyOf('jhand'), ['fiona', 'dora'].map(keyOf)))).toMatchObject({
      accepted: true,
      say: expect.stringMatching(/nothing else is forgotten\. Nothing that it signs is taken any more\.$/),
    })
    expect(texts()).toHaveLength(told)
  })

  it('that nobody has is refused, by whomever, and before that a stranger learns nothing', async () => {
    for (const by of [[keyOf('jhand')], ['fiona', 'dora'].map(keyOf)])
      expect(await present(await remove(keyOf('nobody’s'), by))).toMatchObject({
        accepted: false,
        say: 'That change of keys is refused: jhand has no such key, so there is nothing to remove.',
      })
    const answers = await Promise.all(
      [keyOf('nobody’s'), keyOf('jhand')].map(async (key) => present(await remove(key, [keyOf('a stranger')]))),
    )
    expect(answers[0]).toEqual(answers[1])
    await bench.way.group.drain()
    expect(events().filter(({ what }) => what === 'key-remove')).toEqual([])
  })

  it('takes those that it added with it', async () => {
    await present(await add())
    await present(await remove())
    expect(keysOf('jhand')).toEqual([])
  })

  it('says no more yes, and the room hears what is missing again', async () => {
    await bench.say('Foobot rebuild svr-1827')
    await yes('bianca', asBackend)
    await present(await remove(keyOf('bianca'), [keyOf('bianca')], 'bianca'))
    expect(texts().at(-1)).toBe(
      `A key was removed, so the yes of bianca Doe counts no more. Sorry, jhand, this command requires two-factor authentication. I need approval from someone in Backend. To approve, say 'Foobot approve ${waiting().word}'.`,
    )
    expect(bench.progress.at(-1)?.progress.owes.map(({ kind }) => kind)).toEqual(['second-factor', 'approval'])
    await yes('jhand', { as: 'requester' })
    expect(runner.orders).toEqual([])
    await yes('dora', asBackend)
    expect(runner.orders).toHaveLength(1)
  })

  it('leaves the way open to another key of the same person', async () => {
    const other = keyOf('bianca, second')
    await present(await add(['bianca'], other, 'bianca'))
    await bench.say('Foobot rebuild svr-1827')
    await yes('bianca', asBackend, 'bianca, second')
    await present(await remove(other, [keyOf('bianca')], 'bianca'))
    expect(await yes('bianca', asBackend)).toMatchObject({ accepted: true })
    await yes('jhand', { as: 'requester' })
    expect(runner.orders).toHaveLength(1)
  })

  it('ends what nobody is left to give', async () => {
    await bench.say('Foobot rebuild svr-1827')
    await yes('bianca', asBackend)
    await present(await remove(keyOf('dora'), [keyOf('dora')], 'dora'))
    expect(bench.way.live.size).toBe(1)
    await present(await remove(keyOf('bianca'), [keyOf('bianca')], 'bianca'))
    expect(texts().at(-1)).toBe(
      'A key was removed, so the yes of bianca Doe counts no more. Nobody in Backend could approve this: ask an administrator.',
    )
    expect(bench.way.live.size).toBe(0)
    expect(bench.progress.at(-1)?.progress.state).toBe('refused')
  })

  it('ends what its owner alone could have given, though nobody has yet', async () => {
    await bench.say('Foobot upgrade AcmeOps')
    await present(await remove(keyOf('fiona'), [keyOf('fiona')], 'fiona'))
    expect(bench.way.live.size).toBe(1)
    await present(await remove())
    expect(texts().at(-1)).toMatch(/^A key was removed\. You have no key that could sign this/)
    expect(bench.way.live.size).toBe(0)
  })

  it('is stated and asked anew where the order was recorded and not yet sent', async () => {
    await bench.say('Foobot rebuild svr-1827')
    await yes('bianca', asBackend)
    runner.leave()
    await yes('jhand', { as: 'requester' })
    expect(waiting().state).toBe('running')
    await present(await remove(keyOf('bianca'), [keyOf('bianca')], 'bianca'))
    runner = await bench.link()
    expect(runner.orders).toEqual([])
    expect(texts().join('\n')).toContain('A key was removed, so the yes of bianca Doe counts no more.')
  })

  it('may be removed by its owner and by two who vouch, and by nobody else', async () => {
    for (const by of [['bianca'], ['fiona'], ['fiona', 'bianca']]) {
      expect(await present(await remove(keyOf('jhand'), by.map(keyOf)))).toMatchObject({ accepted: false })
    }
    expect(keysOf('jhand')).toHaveLength(1)
    expect(await present(await remove(keyOf('jhand'), ['fiona', 'dora'].map(keyOf)))).toMatchObject({ accepted: true })
    expect(keysOf('jhand')).toEqual([])
  })
})

describe('a runner', () => {
  it('hears of a removal before any order that comes after it', async () => {
    await bench.say('Foobot rebuild svr-1827')
    await yes('bianca', asBackend)
    const removal = await remove(keyOf('fiona'), [keyOf('fiona')], 'fiona')
    await Promise.all([present(removal), yes('jhand', { as: 'requester' })])
    await until(() => runner.orders.length === 1, 'the order')
    expect(runner.sent).toEqual(['key-change', 'execute'])
  })

  it('is sent what it lacks when it comes, before its orders, and nothing that it has', async () => {
    const [addition, removal] = [await add(), await remove(keyOf('fiona'), [keyOf('fiona')], 'fiona')]
    runner.leave()
    await present(addition)
    await present(removal)
    await bench.say('Foobot upgrade AcmeOps')
    expect((await bench.link({ keyChanges: [digestOf(addition)] })).keyChanges).toEqual([removal])
    expect((await bench.link({ keyChanges: [] })).keyChanges).toEqual([addition, removal])
    expect((await bench.link({ keyChanges: [addition, removal].map(digestOf) })).keyChanges).toEqual([])
  })

  it('is not sent what means nothing under the bundle in force', async () => {
    await present(await add())
    const jhand = company().people.get('jhand')
    if (!jhand) throw new Error('nobody')
    const people = new Map([...company().people, ['jhand', { ...jhand, keys: [second.key] }]])
    await bench.engine.activate(bundleOf(2, { groups, people }))
    expect((await bench.link()).keyChanges).toEqual([])
    expect(keysOf('jhand')).toEqual([second.key])
  })

  it('that refuses one is an alarm in the log', async () => {
    const { digest } = { digest: digestOf(await add()) }
    bench.engine.runnerEars.heard(runner.connection, { type: 'key-change', digest, refused: 'I do not want it.' })
    await until(() => bench.storage.log.size === 1, 'the alarm')
    expect(events()[0]).toMatchObject({
      what: 'alarm',
      runner: 'delivery',
      why: 'it refused a key change: I do not want it.',
    })
  })
})
