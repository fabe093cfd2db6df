import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Accounts } from '#engine/accounts.ts'
import { Refusals } from '#engine/refusals.ts'
import { Wakes } from '#engine/wakes.ts'
import { LookLimit } from '#runner/inspect.ts'
import { type Bench, makeBench, until } from './engine.harness.ts'

/** What the engine and a runner remember of what people and runners send, and how much of it. */

let bench: Bench
beforeEach(async () => {
  bench = await makeBench()
})
afterEach(() => bench.close())

const texts = (): string[] => bench.replies.map(({ reply }) => reply.text)

it('a request is followed by the message that made it and the last ones that joined it', async () => {
  await bench.link()
  await bench.say('Foobot migrate main', { id: 'first' })
  const [request] = bench.way.live.waiting()
  for (let n = 0; n < 100; n++) await bench.say('Foobot migrate main', { id: `again-${n}` })
  const askers = bench.way.live.askers(request?.id ?? '').map(({ id }) => id)
  expect(askers).toHaveLength(32)
  expect([askers[0], askers.at(-1)]).toEqual(['first', 'again-99'])
})

it('one person has a bounded number of looks under way', async () => {
  const runner = await bench.link()
  let looks = 0
  runner.inspects = () => {
    looks += 1
    return new Promise(() => undefined)
  }
  const all = Array.from({ length: 200 }, (_, n) => bench.say(`Foobot commit -am ${n}`))
  await until(() => texts().length === 72, 'the refusals')
  expect(looks).toBe(128)
  expect(new Set(texts())).toEqual(new Set(['You ask about too much at once: wait for the answers.']))
  runner.leave()
  await Promise.all(all)
})

it('one account has a bounded number of messages in hand, and is told so once', async () => {
  let go: () => void = () => undefined
  const held = new Promise<undefined>((resolve) => {
    go = () => resolve(undefined)
  })
  let looked = 0
  bench.way.records.ofMessage = () => {
    looked += 1
    return held
  }
  const all = Array.from({ length: 300 }, (_, n) => bench.say(`Foobot ping ${n}`))
  const refused = () => bench.progress.filter(({ progress }) => progress.state === 'refused').length
  await until(() => refused() === 44, 'the refusals')
  expect(looked).toBe(256)
  expect(texts()).toEqual([expect.stringContaining('You say so much at once')])
  const other = bench.say('Foobot help', { account: 'fiona' })
  go()
  await Promise.all([...all, other])
  expect(looked).toBe(257)
})

it('replies to one request that nobody takes do not pile up without end', async () => {
  const runner = await bench.link()
  await bench.say('Foobot commit -am x')
  const [order] = runner.orders
  if (!order) throw new Error('no order')
  const platform = bench.way.platforms.get('native')
  if (!platform) throw new Error('no platform')
  let sent = 0
  platform.send = () => {
    sent += 1
    return new Promise(() => undefined)
  }
  const [request] = bench.way.live.all()
  for (let n = 0; n < 3000; n++) runner.say(order, `part ${n}`, false)
  for (let n = 0; n < 50; n++) await new Promise((resolve) => setImmediate(resolve))
  expect(sent).toBe(1)
  expect(bench.way.live.isSayingMuch(request?.id ?? '')).toBe(true)
})

describe('wakes', () => {
  it('ring so many phones for one request, and so many in a second', () => {
    let now = 0
    const wakes = new Wakes(() => now)
    for (let n = 0; n < 200; n++) wakes.want('r', `p${n}`)
    const rung: string[] = []
    for (let second = 0; second < 5; second++) {
      const due = wakes.due()
      expect(due.length).toBeLessThanOrEqual(32)
      rung.push(...due.map(({ person }) => person))
      now += 1000
    }
    expect(rung).toEqual(Array.from({ length: 64 }, (_, n) => `p${n}`))
  })

  it('are forgotten with their request', () => {
    const wakes = new Wakes(() => 0)
    wakes.want('r', 'bianca')
    wakes.forget('r')
    expect(wakes.due()).toEqual([])
    const wake = {
      secret: 's',
      person: 'bianca',
      request: 'r',
      digest: '',
      as: 'approver',
      answer: '',
      at: 0,
      until: 9,
    } as const
    wakes.open(wake)
    wakes.forget('r')
    expect(wakes.get('s')).toBeUndefined()
  })
})

it('last refusals are kept of so many people, each in so many characters', () => {
  const refusals = new Refusals()
  for (let n = 0; n < 10_001; n++) refusals.set(`p${n}`, 'x'.repeat(5000))
  expect(refusals.get('p0')).toBeUndefined()
  expect(refusals.get('p10000')?.length).toBe(1000)
})

it('one person links so many accounts', () => {
  const accounts = new Accounts(() => 0, [])
  for (let n = 0; n < 32; n++) {
    expect(accounts.mayLink('jhand')).toBe(true)
    accounts.put({ platform: 'other', tenant: 't', id: `${n}`, person: 'jhand', linked: 0 })
  }
  expect(accounts.mayLink('jhand')).toBe(false)
  expect(accounts.mayLink('fiona')).toBe(true)
})

it('one person makes a runner look so often', () => {
  let now = 0
  const looks = new LookLimit(() => now)
  for (let n = 0; n < 300; n++) looks.take('jhand')
  expect(() => looks.take('jhand')).toThrow('too many looks')
  looks.take('fiona')
  now = 1000
  looks.take('jhand')
})
