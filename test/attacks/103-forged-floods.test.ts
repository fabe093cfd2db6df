import { createHmac } from 'node:crypto'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { hmacSha256 } from '#core/command/verifier.ts'
import type { Heard, Posted } from '#engine/doors.ts'
import { redactorOf } from '#runner/redact.ts'
import { Webhooks } from '#runner/webhooks.ts'
import type { FromRunner, PassedOn } from '#wire/runner.ts'
import { type Bench, bundleOf, makeBench } from '../contract/engine.harness.ts'

/**
 * Anybody may post to a webhook's address, and does, so that the alarm that matters is told to try again later. The runner is
 * the real one: what it had to look at is counted.
 */

// DEFENCE src/engine/hear.ts
// - const forgeries = forgedOf.of(JSON.stringify([path, source]))
// + const forgeries = forgedOf.of(path)

// DEFENCE src/engine/hear.ts
// - if (heard === 'taken') {
// + if (heard === 'taken' || heard === 'refused') {

// DEFENCE src/engine/delivery-line.ts
// - if (queue.of(delivery.source).length >= waitingOfSource.most) {
// + if (waitingOfSource.most < 0) {

// DEFENCE src/engine/delivery-line.ts
// - return this.#known.next(fits) ?? this.#nextStranger(fits)
// + return this.#nextStranger(fits) ?? this.#known.next(fits)

// DEFENCE src/engine/delivery-line.ts
// - if ([...this.#asked].filter(({ known }) => !known).length >= askedOfStrangers.most) return undefined

// DEFENCE src/engine/delivery-line.ts
// - if (!this.#spent.tryTake(0)) return this.#pumpLater()

const secret = 'a secret of the vendor and the runner'
let bench: Bench
/** Bytes of deliveries that the runner computed over. */
let looked: number
/** Deliveries that the runner was asked about and has not answered, and their bytes: most at a time. */
let open: { count: number; bytes: number }
let most: { count: number; bytes: number }
/** The runner answers only when it is told to. */
let held: (() => void)[] | undefined

beforeEach(async () => {
  looked = 0
  open = { count: 0, bytes: 0 }
  most = { count: 0, bytes: 0 }
  held = undefined
  bench = await makeBench(bundleOf(1, { webhooks: new Map([['on-call', { runner: 'delivery', room: 'devs' }]]) }))
  const { connection } = await bench.link()
  const hear = (message: FromRunner): void => {
    if (message.type !== 'heard') return
    bench.engine.runnerEars.heard(connection, message)
  }
  const verify = hmacSha256({ header: 'x-sig', secret: { reveal: () => secret } })
  const webhooks = new Webhooks({
    clock: () => bench.now,
    runs: () => true,
    clockWrong: () => undefined,
    log: { info: () => undefined, warn: () => undefined, error: () => undefined },
    claims: { behind: () => undefined, hear: () => Promise.resolve() },
    webhooks: new Map([
      [
        'on-call',
        {
          declared: { path: 'on-call', summary: '', verify: () => undefined, on: () => undefined },
          verify,
          system: {},
        },
      ],
    ]),
    redactor: redactorOf([]),
    send: hear,
    problem: String,
  })
  connection.webhook = (delivery: PassedOn) => {
    const size = Buffer.from(delivery.body, 'base64').length
    looked += size
    open = { count: open.count + 1, bytes: open.bytes + size }
    most = { count: Math.max(most.count, open.count), bytes: Math.max(most.bytes, open.bytes) }
    const answer = (): void => {
      open = { count: open.count - 1, bytes: open.bytes - size }
      void webhooks.hear(delivery)
    }
    if (held) held.push(answer)
    else setImmediate(answer)
  }
})
afterEach(() => bench.close())

let nth = 0
const post = (source: string, more: Partial<Posted> = {}): Promise<Heard> =>
  bench.engine.doors.hear({
    path: 'on-call',
    source,
    headers: { 'x-sig': '0'.repeat(64) },
    body: Buffer.from('{}'),
    ...more,
  })
const genuine = (source: string): Promise<Heard> => {
  const body = Buffer.from(JSON.stringify({ alarm: nth++ }))
  return post(source, { body, headers: { 'x-sig': createHmac('sha256', secret).update(body).digest('hex') } })
}
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** Five seconds of it: 5,000 forged in each, and one genuine alarm. */
const flood = async (sourceOf: (n: number) => string, alarmFrom: string): Promise<readonly Heard[]> => {
  const alarms: Promise<Heard>[] = []
  const forged: Promise<Heard>[] = []
  for (let second = 0; second < 5; second++) {
    for (let n = 0; n < 5000; n++) {
      forged.push(post(sourceOf(second * 5000 + n)))
      if (n === 2500) alarms.push(genuine(alarmFrom))
      if (n % 50 === 0) await turn()
    }
    bench.now += 1000
  }
  expect((await Promise.all(forged)).filter((heard) => heard !== 'refused' && heard !== 'busy')).toEqual([])
  return Promise.all(alarms)
}
const allTaken: readonly Heard[] = Array(5).fill('taken')

it('5,000 forged a second from one source: each genuine one is taken, though it was never heard of before', async () => {
  expect(await flood(() => 'flooder', 'vendor')).toEqual(allTaken)
  expect(most.count).toBeLessThanOrEqual(9)
})

it('from ten sources likewise', async () => {
  expect(await flood((n) => `flooder ${n % 10}`, 'vendor')).toEqual(allTaken)
})

it('from as many sources as there are posts: whoever was genuine lately is served first', async () => {
  await genuine('vendor')
  expect(await flood((n) => `flooder ${n}`, 'vendor')).toEqual(allTaken)
})

it('from the very source that the vendor has: genuine ones are taken', async () => {
  await genuine('vendor')
  const alarms: Heard[] = []
  for (let n = 0; n < 500; n++) {
    await Promise.all(Array.from({ length: 4 }, () => post('vendor')))
    if (n % 100 === 0) alarms.push(await genuine('vendor'))
  }
  expect(alarms).toEqual(allTaken)
})

it('while the runner answers nobody, strangers hold no place that a known source needs', async () => {
  await genuine('vendor')
  held = []
  const strangers = Array.from({ length: 200 }, (_, n) => post(`flooder ${n}`))
  const alarm = genuine('vendor')
  await turn()
  expect(held).toHaveLength(49)
  const answers = held
  held = undefined
  for (const answer of answers) answer()
  expect(await alarm).toBe('taken')
  await Promise.all(strangers)
})

it('it keeps its own others waiting, and is answered at once beyond that', async () => {
  held = []
  const heard: Heard[] = []
  const all = Array.from({ length: 500 }, () => post('flooder').then((one) => heard.push(one)))
  await turn()
  expect(held).toHaveLength(8)
  expect(heard).toEqual(Array(460).fill('busy'))
  while (held.length > 0) {
    held.shift()?.()
    await turn()
  }
  await Promise.all(all)
})

it('where all places are taken, the next one is for a known source', async () => {
  for (const vendor of ['one', 'two', 'three']) await genuine(vendor)
  held = []
  const all = [
    ...Array.from({ length: 148 }, (_, n) => post(`flooder ${n}`)),
    ...Array.from({ length: 16 }, (_, n) => genuine(n % 2 === 0 ? 'one' : 'two')),
  ]
  const alarm = genuine('three')
  await turn()
  expect(held).toHaveLength(64)
  held.shift()?.()
  await turn()
  held.pop()?.()
  expect(await alarm).toBe('taken')
  while (held.length > 0) {
    held.shift()?.()
    await turn()
  }
  await Promise.all(all)
})

it('large ones cost a runner a bounded number of bytes: at a time, and a second', async () => {
  const body = Buffer.alloc(256 * 1024, 1)
  const heard = Array.from({ length: 1000 }, (_, n) => post(`flooder ${n}`, { body }))
  for (let n = 0; n < 500; n++) await turn()
  expect(most.bytes).toBeLessThanOrEqual(4 * 1024 * 1024)
  expect(looked).toBeLessThanOrEqual(17 * 1024 * 1024)
  // After so long nobody waits for an answer any more: no runner is asked.
  const before = looked
  bench.now += 5000
  expect(new Set(await Promise.all(heard))).toEqual(new Set(['refused', 'busy']))
  expect(looked).toBe(before)
})

it('what is genuine without end is bounded too', async () => {
  const heard: Heard[] = []
  for (let n = 0; n < 400; n++) heard.push(await genuine('vendor'))
  expect(heard.filter((one) => one === 'taken').length).toBeLessThanOrEqual(301)
})
