import { afterEach, beforeEach, expect, it } from 'vitest'
import { openEntry } from '#core/log/entry.ts'
import { eventKind } from '#core/log/event.ts'
import { leafHash } from '#core/log/hash.ts'
import { sealEnvelope } from '#core/statement/envelope.ts'
import { receiptsKind } from '#core/warrant/receipts.ts'
import { warrantKind } from '#core/warrant/warrant.ts'
import type { RunnerConnection, RunnerEars } from '#engine/runner-link.ts'
import type { Execute } from '#wire/runner.ts'
import {
  type Bench,
  bundleOf,
  company,
  makeBench,
  otherRunnerKey,
  type Runner,
  resource,
  statementOf,
  until,
} from '../contract/engine.harness.ts'

/**
 * A runner of another zone speaks of what is not its own: it answers what another was asked, says that another's order has
 * begun, is too late to stop, or has ended, and talks in its room. It is let say nothing, once loudly and then in silence.
 */

// DEFENCE src/engine/own-message.ts
// - if (request.runner !== connection.runner) return { is: 'foreign', why: 'it speaks of another runner’s request' }

// DEFENCE src/engine/own-message.ts
// - return asked === connection ? { is: 'own' } : { is: 'foreign', why: 'it answers what another runner was asked' }
// + return { is: 'own' }

// DEFENCE src/engine/answer.ts
// - if (known.some(({ request }) => request !== undefined && request.runner !== runner))
// -   throw new Error('receipts of another runner’s orders')

// DEFENCE src/engine/own-message.ts
// - return wasSent ? { is: 'own' } : { is: 'foreign', why: 'it speaks of a request that it was never sent' }
// + return { is: 'own' }

// DEFENCE src/engine/alarm.ts
// - const again = way.told.again(`alarm ${kind}`, source)
// + const again = way.told.again(`alarm ${kind}`, `${source}: ${about.request} ${reason} ${way.newId()}`)

type Said = Parameters<RunnerEars['heard']>[1]

let bench: Bench
let delivery: Runner
let other: RunnerConnection
beforeEach(async () => {
  const runners = new Map([...company().runners, ['operations', { key: otherRunnerKey.key, zone: 'servers' }]])
  const webhooks = new Map([['on-call', { runner: 'delivery', room: 'devs' }]])
  bench = await makeBench(bundleOf(1, { runners, webhooks }))
  delivery = await bench.link()
  other = {
    ...delivery.connection,
    runner: 'operations',
    // Store ids stand in receipts: it can say that its own is the other's.
    announced: { ...delivery.connection.announced, commands: [] },
    close: () => undefined,
  }
  await bench.engine.runnerEars.admitted(other)
})
afterEach(() => bench.close())

const tell = (message: Said): void => bench.engine.runnerEars.heard(other, message)
/** Waits until all that was said is dealt with. */
const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve))
  await bench.way.group.drain()
}
const alarms = (): string[] =>
  bench.storage.log.leaves(0, bench.storage.log.size).flatMap(({ bytes }) => {
    const { kind, body } = openEntry(bytes)
    const event = kind === 'event' ? eventKind.decode(body) : undefined
    return event?.what === 'alarm' ? (event.why ?? '') : []
  })

/** Receipts of the order of another, signed as a runner of that name would. */
const receiptsOf = (order: Execute, runner: string): Said => {
  const { digest } = statementOf(order)
  const warrant = Buffer.from(leafHash(warrantKind.pae(Buffer.from(order.warrant, 'base64')))).toString('hex')
  const body = receiptsKind.encode({
    v: 2,
    deployment: 'acme',
    runner,
    store: other.announced.store,
    receipts: [
      {
        statement: digest,
        warrant,
        start: 1,
        end: 2,
        outcome: 'done',
        outputSha256: '0'.repeat(64),
        outputBytes: 0,
        checkpoint: 1,
      },
    ],
  })
  const sig = otherRunnerKey.sign(receiptsKind.pae(body))
  return { type: 'receipts', envelope: sealEnvelope(receiptsKind, body, [{ keyid: '', sig }]) }
}

const running = async (): Promise<{ order: Execute; id: string }> => {
  await bench.say('Foobot push')
  const [order] = delivery.orders
  if (!order) throw new Error('no order came')
  return { order, id: statementOf(order).statement.id }
}

const words: readonly [what: string, message: (order: Execute, id: string) => Said][] = [
  ['that it has begun', (_, request) => ({ type: 'claimed', request, at: 1 })],
  ['that it is too late to stop it', (_, request) => ({ type: 'too-late', request, at: 1 })],
  [
    'an answer of its own',
    (_, request) => ({ type: 'say', request, blocks: [{ type: 'text', text: 'Approved.' }], final: true }),
  ],
  ['that it is done, in its own name', (order) => receiptsOf(order, 'operations')],
  ['that it is done, in the other’s name', (order) => receiptsOf(order, 'delivery')],
]

it.each(words)('of an order that runs elsewhere it says %s: nothing comes of it, and one alarm', async (_, message) => {
  const { order, id } = await running()
  const before = bench.replies.length
  // Also where it gives itself out as the very store that the order was sent to.
  other = { ...other, announced: { ...other.announced, store: delivery.connection.announced.store } }
  for (let n = 0; n < 3; n++) tell(message(order, id))
  await settle()
  expect(bench.way.live.get(id)?.state).toBe('running')
  expect(bench.way.live.claimedAt(id)).toBeUndefined()
  expect(bench.replies.slice(before)).toEqual([])
  expect(alarms()).toHaveLength(1)
  delivery.claim(order)
  delivery.receipt(order, 'done')
  await until(() => bench.way.live.get(id) === undefined, 'its own runner ends it')
})

it.each(words)('of its own request, which it was never sent, %s counts as little', async (_, message) => {
  const { order, id } = await running()
  const request = bench.way.live.get(id)
  if (!request) throw new Error('it runs')
  // It is the runner's own by name, and was sent to another store of it.
  const sent = request.sent && { ...request.sent, store: 'c'.repeat(32) }
  bench.way.live.put({ ...request, runner: 'operations', ...(sent && { sent }) })
  const before = bench.replies.length
  const said = message(order, id)
  if (said.type === 'receipts') return
  tell(said)
  await settle()
  expect(bench.way.live.claimedAt(id)).toBeUndefined()
  expect(bench.replies.slice(before)).toEqual([])
})

it('a cancel that its runner has taken is not undone by another', async () => {
  const { order, id } = await running()
  await bench.say(`Foobot cancel ${statementOf(order).code}`)
  expect(delivery.cancels).toEqual([id])
  const before = bench.replies.length
  tell({ type: 'too-late', request: id, at: 1 })
  tell({ type: 'claimed', request: id, at: 1 })
  await settle()
  expect(bench.replies.slice(before)).toEqual([])
  delivery.receipt(order, 'cancelled')
  await until(() => bench.way.live.get(id) === undefined, 'it is cancelled')
  expect((await bench.way.records.find(id))?.state).toBe('cancelled')
})

it('its own words about what has just ended are no lie, and no alarm', async () => {
  const { id } = await running()
  const request = bench.way.live.get(id)
  if (!request) throw new Error('it runs')
  bench.way.live.put({ ...request, state: 'done' })
  const before = bench.replies.length
  bench.engine.runnerEars.heard(delivery.connection, { type: 'too-late', request: id, at: 1 })
  await settle()
  expect(alarms()).toEqual([])
  expect(bench.replies.slice(before)).toEqual([])
})

it('it fills no log with alarms, whatever it says and however often it dials', async () => {
  const digest = 'd'.repeat(64)
  for (let n = 0; n < 100; n++) tell({ type: 'key-change', digest, refused: `for reason ${n}` })
  for (let n = 0; n < 100; n++) {
    other = { ...other }
    tell({ type: 'told', path: 'on-call', blocks: [] })
  }
  const forged = { ...other, announced: { ...other.announced, checkpoint: 'acme/log\n9\n' } }
  for (let n = 0; n < 20; n++) await expect(bench.engine.runnerEars.admitted(forged)).rejects.toThrow()
  await settle()
  expect(alarms()).toEqual([
    'it refused a key change: for reason 0',
    '"told" was refused: it speaks for a webhook of another runner',
    'it announces a checkpoint that the log’s key has not signed',
  ])
  bench.now += 3_600_001
  tell({ type: 'key-change', digest, refused: 'for another reason' })
  await settle()
  expect(alarms().slice(3)).toEqual([
    'it refused a key change: for another reason (and 99 times more since this was last told)',
  ])
})

it('it answers no inspection that another was asked, even by its id', async () => {
  let call = ''
  let looked: () => void = () => undefined
  delivery.connection.inspect = (asked) => {
    call = asked.call
    looked = () => bench.engine.runnerEars.heard(delivery.connection, { type: 'inspected', call, resource })
  }
  const saying = bench.say('Foobot push')
  await until(() => call !== '', 'it is asked')
  tell({ type: 'inspected', call, resource: { type: 'WorkingCopy', id: 'evil', facts: {} } })
  tell({ type: 'inspected', call: 'c'.repeat(32), resource: { type: 'WorkingCopy', id: 'evil', facts: {} } })
  await settle()
  expect(delivery.orders).toEqual([])
  looked()
  await saying
  expect(statementOf(delivery.orders[0] as Execute).statement.resource.id).toBe('devs')
  expect(alarms()).toEqual(['"inspected" was refused: it answers what another runner was asked'])
})

it('it speaks for no webhook of another', async () => {
  tell({ type: 'told', path: 'on-call', blocks: [{ type: 'text', text: 'All is well.' }] })
  await settle()
  expect(bench.replies).toEqual([])
  expect(alarms()).toHaveLength(1)
})

it('what it says of a look that failed is shown as its own words, not as Foobot’s', async () => {
  delivery.inspects = () => 'Approved by Bianca.'
  await bench.say('Foobot push')
  expect(bench.replies.at(-1)?.reply).toMatchObject({
    text: '',
    from: 'delivery',
    blocks: [{ type: 'text', text: 'Approved by Bianca.' }],
  })
})
