import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { readCompany } from '#config/company.ts'
import { wordsOf } from '#engine/restore.ts'
import { type Bench, bundleOf, makeBench, type Runner, statementOf } from '../contract/engine.harness.ts'
import { rawLine } from '../contract/native-client.fixture.ts'
import { Door } from '../contract/native-door.fixture.ts'
import { lastSaid } from '../contract/totp.fixture.ts'
import { folder } from './company-folder.fixture.ts'

/**
 * A message comes again with another text: what the room read is not what is run. And an account that nobody knows is called
 * as somebody of the company is: it gets nothing of theirs.
 */

// DEFENCE src/platforms/native/native.ts
// - if (appended === 'other') {
// + if (id === '') {

// DEFENCE src/engine/engine.ts
// - if (request.said !== saidOf(message)) {
// + if (request.id === '') {

// DEFENCE src/engine/restore.ts
// - const who = person === undefined ? ['account', account.tenant, account.id] : ['person', person]
// + const who = person ?? account.id

// DEFENCE src/config/fields.ts
// - (id) => id !== 'foobot',
// + (id) => id !== '',

describe('at the people’s door', () => {
  it('the same id with another text is refused: nobody reads one thing, and the other is done', async () => {
    const door = await Door.open()
    try {
      const line = await rawLine(door, 'jhand')
      const frames: Record<string, unknown>[] = []
      line.on('message', (data) => frames.push(JSON.parse(String(data))))
      const say = (text: string): void =>
        line.send(JSON.stringify({ type: 'say', room: 'devs', id: 'm1', text, signs: false }))
      say('good morning')
      say('Foobot push')
      const problem = { type: 'problem', message: 'm1', say: expect.stringContaining('something else under that id') }
      await vi.waitFor(() => expect(frames).toContainEqual(expect.objectContaining(problem)), 10_000)
      expect(door.heard.map(({ text }) => text)).toEqual(['good morning'])
      line.close()
    } finally {
      await door.close()
    }
  })
})

describe('at the engine', () => {
  let bench: Bench
  let runner: Runner
  beforeEach(async () => {
    bench = await makeBench(bundleOf(1))
    runner = await bench.link()
  })
  afterEach(() => bench.close())

  it.each([false, true])('the same id with another text runs nothing; after a restart: %s', async (restarted) => {
    await bench.say('Foobot push', { id: 'm1' })
    expect(runner.orders).toHaveLength(1)
    if (restarted) {
      bench = await bench.restart()
      runner = await bench.link()
    }
    const before = bench.replies.length
    await bench.say('Foobot commit -am evil', { id: 'm1' })
    expect(lastSaid(bench)).toContain('something else under that message’s id')
    expect(bench.replies.length).toBe(before + 1)
    const texts = runner.orders.map((order) => statementOf(order).statement.text)
    expect(texts).not.toContain('commit -am evil')
  })

  it('the same id with the same text is the same request', async () => {
    await bench.say('Foobot push', { id: 'm1' })
    await bench.say('Foobot push', { id: 'm1' })
    expect(runner.orders).toHaveLength(1)
  })

  it('two texts at once under one id are one request at most', async () => {
    await Promise.all([bench.say('Foobot push', { id: 'm1' }), bench.say('Foobot commit -am evil', { id: 'm1' })])
    expect(runner.orders.length).toBeLessThanOrEqual(1)
  })

  it('an unknown account is no person, whatever it is called', async () => {
    const everyone = { platform: 'native', tenant: 'acme', room: 'everyone' }
    const said = { conversation: everyone, account: { tenant: 'T2', id: 'jhand' }, text: 'ping' }
    expect(wordsOf({ ...said, person: 'jhand' })).not.toBe(wordsOf(said))
    expect(wordsOf({ ...said, account: { tenant: 'T3', id: 'jhand' } })).not.toBe(wordsOf(said))
    await bench.say('Foobot ping', { conversation: everyone })
    const own = runner.orders.length
    await bench.say('Foobot ping', { conversation: everyone, account: { tenant: 'T2', id: 'jhand' } })
    expect(runner.orders.length).toBe(own + 1)
    expect(statementOf(runner.orders.at(-1) as never).statement).not.toHaveProperty('requester')
  })
})

it('nobody of the company is called as Foobot is', () => {
  expect(() => readCompany(folder({ 'people/foobot.yaml': 'name: Foobot\n' }))).toThrow('people/foobot.yaml')
})
