import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ofTier, statement, yes } from '#core/warrant/warrant.fixture.ts'
import type { Conversation } from '#engine/platform.ts'
import { Server } from '#runner/server.fixture.ts'
import {
  type Bench,
  bundleOf,
  company,
  makeBench,
  type Runner,
  resource,
  statementOf,
} from '../contract/engine.harness.ts'
import { lastSaid } from '../contract/totp.fixture.ts'
import { ActingRunner } from './acting-runner.ts'

/**
 * A channel on another platform has an id that is spelt like a room of the company. It is none: policy, runner and plugins
 * see no room, strangers hear nothing, and nothing is said aloud there.
 */

// DEFENCE src/engine/identify.ts
// - const room = named !== undefined && heard.rules.isIn(named, person) ? named : undefined
// + const room = named ?? conversation.room

// DEFENCE src/engine/engine.ts
// - if (isStrange(way, from) && understood.kind !== 'own') return follow(way, message, ended('refused'))

// DEFENCE src/engine/way.ts
// - await platform.send(to, reply, isOurs(way, to) ? about : aloneIn(to, about))
// + await platform.send(to, reply, about)

// DEFENCE src/engine/answer-own.ts
// - from.where !== 'outside' &&

// DEFENCE src/engine/receive.ts
// - if (!way.rules.hears(message.conversation.platform)) return undefined

// DEFENCE src/engine/rules.ts
// - if (company.platforms.get(platform)?.identity === 'lasting') accounts.set(key(platform, tenant, id), person.id)
// + accounts.set(key(platform, tenant, id), person.id)

// DEFENCE src/core/warrant/verify.ts
// - if (isAtLeast(statement.tier, 'sensitive') && (room === undefined || !facts.bundle.company.rooms.has(room))) {
// + if (room !== undefined && !facts.bundle.company.rooms.has(room)) {

const lookalike: Conversation = { platform: 'other', tenant: 'T1', room: 'devs' }
const alone: Conversation = { platform: 'other', tenant: 'T1', room: 'D1', direct: true }
const theirs = { tenant: 'T1', id: 'U1' }

let bench: Bench
let runner: Runner
const open = async (identity: 'lasting' | 'reused' = 'lasting', platform = 'other'): Promise<void> => {
  const { people } = company()
  const jhand = people.get('jhand')
  if (!jhand) throw new Error('no jhand')
  const accounts = [{ platform: 'other', ...theirs }]
  bench = await makeBench(
    bundleOf(1, {
      people: new Map([...people, ['jhand', { ...jhand, accounts }]]),
      platforms: new Map([[platform, { identity }]]),
    }),
  )
  runner = await bench.link()
}
beforeEach(() => open())
afterEach(() => bench.close())

const say = (text: string, account = theirs, conversation = lookalike): Promise<void> =>
  bench.say(text, { account, conversation })
const stranger = { tenant: 'T1', id: 'U9' }

describe('a channel that is spelt like a room', () => {
  it('is none: what is said there carries no room, and no command above open runs', async () => {
    await say('Foobot ping')
    expect(statementOf(runner.orders[0] as never).statement.via).toEqual({
      platform: 'other',
      tenant: 'T1',
      account: 'U1',
      message: expect.any(String),
    })
    for (const line of ['push', 'commit -am x', 'upgrade AcmeOps', 'rebuild svr-1']) await say(`Foobot ${line}`)
    expect(runner.orders).toHaveLength(1)
    expect(lastSaid(bench)).toMatch(/^I do not know that command/)
  })

  it('hears nothing aloud: each answer is for the one account alone', async () => {
    for (const line of ['ping', 'help', 'whoami', 'push', 'requests']) await say(`Foobot ${line}`)
    const order = runner.orders[0]
    if (!order) throw new Error('ping runs')
    runner.say(order, 'pong')
    await new Promise((resolve) => setImmediate(resolve))
    const there = bench.replies.filter(({ to }) => to.platform === 'other')
    expect(there.length).toBeGreaterThan(4)
    expect(there.filter(({ about }) => about.only?.id !== 'U1')).toEqual([])
  })

  it('answers no stranger, runs nothing for one, and shows nobody’s requests', async () => {
    runner.inspects = () => ({ ...resource, owner: 'backend' })
    await bench.say('Foobot rebuild svr-1827')
    expect(bench.way.live.size).toBe(1)
    const before = bench.replies.length
    for (const line of ['ping', 'help', 'requests', 'whoami', 'rebuild svr-1827', 'dance', ''])
      await say(`Foobot ${line}`, stranger)
    expect(bench.replies.slice(before)).toEqual([])
    expect(runner.orders).toEqual([])
    await say('Foobot requests')
    expect(lastSaid(bench)).toBe('Nothing waits or runs here.')
  })
})

describe('an order that says no room', () => {
  it('is refused by its runner from sensitive up, whatever else it carries', async () => {
    const acting = new ActingRunner()
    await acting.start()
    const { room: _, ...via } = statement.via
    const { execute } = new Server().consented({ ...ofTier.sensitive, via }, (digest) => [yes(digest)])
    expect(await acting.execute(execute)).toMatchObject({ outcome: 'refused', refusal: { step: 'definition' } })
    expect(acting.runs).toBe(0)
    await acting.end()
  })
})

describe('a conversation with Foobot alone', () => {
  it('has no room either: member commands are possible, and none that takes a yes', async () => {
    await say('push', theirs, alone)
    expect(statementOf(runner.orders[0] as never).statement.via).not.toHaveProperty('room')
    await say('rebuild svr-1827', theirs, alone)
    expect(lastSaid(bench)).toContain('Say "rebuild" in a room of the company')
    expect(bench.way.live.all().filter(({ command }) => command === 'rebuild')).toEqual([])
  })

  it('of somebody whom nobody knows is told who they are, and no more', async () => {
    await say('ping', stranger, alone)
    await say('whoami', stranger, alone)
    expect(lastSaid(bench)).toContain('no person of Acme that I know')
    expect(runner.orders).toEqual([])
  })
})

describe('a platform', () => {
  it('that the bundle does not list is not heard', async () => {
    await bench.close()
    await open('lasting', 'another')
    await say('Foobot ping')
    await say('help', theirs, alone)
    expect(bench.replies).toEqual([])
    expect(runner.orders).toEqual([])
  })

  it('whose accounts may be given to somebody else makes nobody a person', async () => {
    await bench.close()
    await open('reused')
    await say('push', theirs, alone)
    await say('whoami', theirs, alone)
    expect(lastSaid(bench)).toContain('no person of Acme that I know')
    expect(runner.orders).toEqual([])
  })
})

describe('a room that is not the speaker’s', () => {
  it('is none for them, on whatever platform: they hear the one text, and nothing is said to be in it', async () => {
    await bench.say('Foobot push', { account: 'fiona' })
    expect(lastSaid(bench)).toMatch(/^I do not know that command/)
    await bench.say('Foobot requests', { account: 'fiona' })
    expect(lastSaid(bench)).toBe('Nothing waits or runs here.')
    await bench.say('Foobot ping', { account: 'fiona' })
    expect(statementOf(runner.orders[0] as never).statement.via).not.toHaveProperty('room')
  })
})
