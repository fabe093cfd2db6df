import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { ofTier, statement } from '#core/warrant/warrant.fixture.ts'
import type { Conversation } from '#engine/platform.ts'
import { tellPerson } from '#engine/tell-person.ts'
import { Server } from '#runner/server.fixture.ts'
import { type Bench, bundleOf, company, makeBench, type Runner, statementOf } from '../contract/engine.harness.ts'
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
// - if (isStrange(way, from) && !isLinking(understood)) return follow(way, message, ended('refused'))

// DEFENCE src/engine/way.ts
// - await platform.send(to, reply, isOurs(way, to) ? about : aloneIn(to, about))
// + await platform.send(to, reply, about)

// DEFENCE src/engine/answer-own.ts
// - const shown = from.where === 'outside' ? [] : [...new Set([...here, ...own])].filter(({ state }) => !isEnd(state))
// + const shown = [...new Set([...here, ...own])].filter(({ state }) => !isEnd(state))

// DEFENCE src/engine/receive.ts
// - if (!way.rules.hears(message.conversation.platform)) return undefined

// DEFENCE src/engine/rules.ts
// - if (lasts(platform)) accounts.set(key(platform, tenant, id), person.id)
// + accounts.set(key(platform, tenant, id), person.id)

// DEFENCE src/engine/identify.ts
// - if (!rules.lasts(message.conversation.platform)) return undefined

// DEFENCE src/engine/tell-person.ts
// - ({ platform, tenant, id }) => (lasts(platform) && way.platforms.get(platform)?.alone({ tenant, id })) || [],
// + ({ platform, tenant, id }) => way.platforms.get(platform)?.alone({ tenant, id }) || [],

// DEFENCE src/engine/recall.ts
// - if (!entry?.listed || !maySay(from)(entry.command) || needsRoom(from, entry)) return undefined
// + if (!entry?.listed || !rules.mayEver(from.person)(entry.command)) return undefined

// DEFENCE src/engine/link.ts
// - if (!rules.lasts(platform)) {
// + if (platform === '') {

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
    runner.inspects = () => ({ type: 'Server', id: 'svr-1827', owner: 'backend', facts: {} })
    await bench.say('Foobot rebuild svr-1827')
    expect(bench.way.live.all().map(({ person, state }) => [person, state])).toEqual([['jhand', 'pending']])
    await say('Foobot rebuild svr-1827')
    const before = bench.replies.length
    for (const line of [
      'ping',
      'help',
      'requests',
      'whoami',
      'why',
      'link',
      'link A B',
      'approve x',
      'deny x',
      'cancel x',
      'auth me push',
      'rebuild svr-1827',
      'dance',
      '',
    ])
      await say(`Foobot ${line}`, stranger)
    expect(bench.replies.slice(before)).toEqual([])
    expect(runner.orders).toEqual([])
    await say('Foobot requests')
    expect(lastSaid(bench)).toBe('Nothing waits or runs here.')
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

describe('a runner', () => {
  let acting: ActingRunner
  afterEach(() => acting.end())

  it.each([undefined, 'lookalike'])('does nothing that takes a yes and was said in the room %s', async (room) => {
    acting = new ActingRunner()
    await acting.start()
    const { room: _, ...via } = statement.via
    acting.orders.take(new Server().order({ ...ofTier.sensitive, via: { ...via, ...(room && { room }) } }).execute)
    await vi.waitFor(() => expect(acting.receipts).toHaveLength(1))
    expect(acting.receipts[0]?.refusal).toEqual({
      step: 'definition',
      say: 'It was not said in a room of the company.',
    })
    expect(acting.runs).toBe(0)
  })
})

describe('a room that another bundle takes from who waits in it', () => {
  it('is none from then on: what waited is not asked anew, and nothing of it runs', async () => {
    runner.inspects = () => ({ type: 'Server', id: 'svr-1827', owner: 'backend', facts: {} })
    await bench.say('Foobot rebuild svr-1827')
    expect(bench.way.live.all().map(({ state }) => state)).toEqual(['pending'])
    const devs = { name: 'devs', groups: ['Operations'], places: [] }
    await bench.engine.activate(bundleOf(2, { rooms: new Map([['devs', devs]]) }))
    expect(bench.way.live.all()).toEqual([])
    expect(lastSaid(bench)).toMatch(/^I do not know that command/)
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

describe('a platform whose accounts may be given to somebody else', () => {
  const linkCode = async (): Promise<string | undefined> => {
    await bench.say('Foobot link', { account: 'fiona', signs: true })
    return /link ([0-9A-F-]{11})/.exec(lastSaid(bench))?.[1]
  }

  it('links none to a person', async () => {
    await bench.close()
    await open('reused')
    await say(`link ${await linkCode()}`, stranger, alone)
    expect(lastSaid(bench)).toContain('may be given to somebody else')
    expect(await bench.way.accountStore.all()).toEqual([])
  })

  it('is told nothing that is for a person alone', async () => {
    const told = async (): Promise<number> => {
      const before = bench.replies.length
      await tellPerson(bench.way, 'jhand', 'A key of yours was removed.')
      return bench.replies.length - before
    }
    expect(await told()).toBe(2)
    await bench.close()
    await open('reused')
    expect(await told()).toBe(1)
  })

  it('makes nobody of those that were linked while they lasted', async () => {
    await say(`link ${await linkCode()}`, stranger, alone)
    await say('whoami', stranger, alone)
    expect(lastSaid(bench)).toContain('(fiona)')
    await bench.engine.activate(bundleOf(2, { platforms: new Map([['other', { identity: 'reused' }]]) }))
    await say('whoami', stranger, alone)
    expect(lastSaid(bench)).toContain('no person of Acme that I know')
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
