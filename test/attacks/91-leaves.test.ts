import { randomBytes } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { keyAddKind, keyRemoveKind } from '#core/bundle/key-change.ts'
import { consentKind } from '#core/consent/consent.ts'
import { sealEnvelope } from '#core/statement/envelope.ts'
import { shortFault } from '#core/text/short-fault.ts'
import type { Logger } from '#engine/logger.ts'
import type { RunnerConnection } from '#engine/runner-link.ts'
import { runnerFrame } from '#wire/runner.ts'
import {
  type Bench,
  bundleOf,
  company,
  keyChangeOf,
  keyOf,
  makeBench,
  person,
  type Runner,
} from '../contract/engine.harness.ts'

/**
 * Whoever has a way in uses it to fill the disk: each refused thing costs them a line, and the server a leaf of the log for
 * ever, and a line of output. What is sent, what the log grew by and what was printed are counted in bytes.
 */

// DEFENCE src/engine/told.ts
// - if (times !== undefined) return times === 0 ? '' : ` (and ${times} times more since this was last told)`
// + if (times !== undefined || source !== '') return ''

// - if (rates.of(source).tryTake()) return ''
// - if (this.#refusals.of(JSON.stringify([kind, source])).tryTake()) return ''
// + if (source !== '') return ''

// DEFENCE src/engine/request/end.ts
// - if (!way.told.recordsEnded(whoOf(request, request.person))) {
// + if (request.id === '') {

// DEFENCE src/core/text/short-fault.ts
// - export const shortFault = (error: unknown): string => cut(oneLine(cut(textOf(error), lookedAt)), longest)
// + export const shortFault = (error: unknown): string => cut(oneLine(textOf(error)), 1_000_000)

// DEFENCE src/engine/alarm.ts
// - if (again === undefined) return
// + if (again === undefined) return void way.group.record({ leaf: eventLeaf(way, 'alarm', { ...about, why: cut(reason, 99) }) })

let bench: Bench
let runner: Runner
let leaves: number
let printed: number
beforeEach(async () => {
  bench = await makeBench(
    bundleOf(1, { groups: new Map([...company().groups, ['People', new Set(['bianca', 'dora'])]]) }),
  )
  runner = await bench.link()
  leaves = 0
  printed = 0
  const { commit } = bench.storage.records
  bench.storage.records.commit = (changes, note) => {
    for (const { leaf } of changes) leaves += leaf ? leaf.bytes.length : 0
    return commit.call(bench.storage.records, changes, note)
  }
  const print = (fields: Readonly<Record<string, unknown>>, text: string): void => {
    printed += JSON.stringify(fields).length + text.length
  }
  Object.assign(bench.way.log satisfies Logger, { info: print, warn: print, error: print })
})
afterEach(() => bench.close())

const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve))
  await bench.way.group.drain()
}

const times = 3000
/** Bytes that a flood of anything may leave behind, however long it is. */
const most = 64 * 1024

const expectLittle = async (): Promise<void> => {
  await settle()
  expect(leaves).toBeLessThan(most)
  expect(printed).toBeLessThan(most)
}

describe('a person', () => {
  it('says what is no command, without end', async () => {
    for (let n = 0; n < times; n++) await bench.say(`Foobot nonsense ${n}`)
    await expectLittle()
    const before = leaves
    bench.now += 3_600_001
    await bench.say('Foobot nonsense')
    await bench.say('Foobot nonsense')
    await settle()
    expect(leaves).toBeGreaterThan(before)
  })

  it('says what policy refuses, without end', async () => {
    for (let n = 0; n < times; n++) await bench.say(`Foobot commit -am ${'x'.repeat(500)} ${n}`, { account: 'bianca' })
    await expectLittle()
  })

  it('says what fails, without end', async () => {
    runner.inspects = () => 'It is broken.'
    for (let n = 0; n < times; n++) await bench.say(`Foobot commit -am x${n}`)
    await expectLittle()
    expect(bench.replies).toHaveLength(times)
  })

  it('says other words under one message id, without end', async () => {
    await bench.say('Foobot ping', { id: 'same' })
    for (let n = 0; n < times; n++) await bench.say(`Foobot ping ${n}`, { id: 'same' })
    await expectLittle()
  })
})

describe('a stranger', () => {
  it('hands in yeses that do not count, to one request', async () => {
    await bench.say('Foobot migrate main')
    const { digest: statement = '' } = bench.way.live.waiting()[0]?.stated ?? {}
    const iat = Math.floor(bench.now / 1000)
    for (let n = 0; n < times; n++) {
      const about = { v: 2, deployment: 'acme', statement, person: `n${n}`, as: 'requester', iat } as const
      const envelope = sealEnvelope(consentKind, consentKind.encode(about), [{ keyid: '', sig: randomBytes(64) }])
      expect(await bench.engine.doors.present(envelope)).toMatchObject({ accepted: false })
    }
    await expectLittle()
  })

  it('hands in what cannot be read as a change of keys', async () => {
    for (let n = 0; n < times; n++) {
      const payload = randomBytes(300).toString('base64')
      const signatures = [{ keyid: '', sig: randomBytes(64).toString('base64') }]
      await bench.engine.doors.present({ payloadType: keyRemoveKind.type, payload, signatures })
    }
    await expectLittle()
  })

  it('hands in changes of somebody’s keys', async () => {
    const stranger = keyOf('stranger')
    for (let n = 0; n < 300; n++) {
      const envelope = await keyChangeOf(keyAddKind, 'jhand', stranger.key, [stranger], bench.now + n)
      expect(await bench.engine.doors.present(envelope)).toMatchObject({ accepted: false })
    }
    await expectLittle()
  })
})

describe('a runner', () => {
  const hear = (connection: RunnerConnection, message: Parameters<Bench['engine']['runnerEars']['heard']>[1]): void =>
    bench.engine.runnerEars.heard(connection, message)

  it('hands over bad receipts, speaks for others, and refuses what it is sent, each without end', async () => {
    const digest = 'd'.repeat(64)
    const envelope = { payloadType: 'x', payload: '', signatures: [{ keyid: '', sig: 'AAAA' }] }
    for (let n = 0; n < times; n++) {
      const { connection } = runner
      hear(connection, { type: 'receipts', envelope: { ...envelope, payloadType: `${n}`.padStart(64, 'x') } })
      hear(connection, { type: 'told', path: `p${n}`, blocks: [] })
      hear(connection, { type: 'key-change', digest, refused: `${n} ${'why '.repeat(500)}` })
      hear(connection, { type: 'bundle', version: n + 1, digest, refused: `${n} ${'why '.repeat(500)}` })
      hear(connection, { type: 'hand-in', from: 0, more: false, orders: [], receipts: [], keyChanges: [], bundles: [] })
    }
    await expectLittle()
    expect(leaves).toBeGreaterThan(0)
  })

  it('is told of again after an hour, with how often that was', async () => {
    const digest = 'd'.repeat(64)
    const whys: (string | undefined)[] = []
    Object.assign(bench.way.log, { error: ({ why }: { why?: string }) => void whys.push(why) })
    for (let n = 0; n < 5; n++) hear(runner.connection, { type: 'key-change', digest, refused: 'no' })
    await settle()
    bench.now += 3_600_001
    hear(runner.connection, { type: 'key-change', digest, refused: 'no' })
    await settle()
    expect(whys).toEqual([
      'it refused a key change: no',
      'it refused a key change: no (and 4 times more since this was last told)',
    ])
  })

  it('whoever floods one thing hides nothing of another', async () => {
    const people = Array.from({ length: 2000 }, (_, n) => `p${n}`)
    bench.way.rules = {
      ...bench.way.rules,
      company: { ...bench.way.rules.company, people: new Map(people.map((id) => [id, person('jhand')])) },
    }
    for (const id of people) for (let n = 0; n < 18; n++) bench.way.told.refusal('key-refused', id)
    expect(bench.way.told.again('alarm other-warrant', 'delivery')).toBe('')
  })
})

it('a schema’s whole complaint is one short line', () => {
  const frame = `[${Array.from({ length: 1100 }, () => '{"type":"login","envelope":1}').join(',')}]`
  const { error } = runnerFrame.safeParse(JSON.parse(frame))
  expect(String(error?.message).length).toBeGreaterThan(100_000)
  expect(shortFault(error).length).toBeLessThanOrEqual(200)
  expect(shortFault(error)).not.toContain('\n')
  expect(shortFault(new Error(frame)).length).toBeLessThanOrEqual(200)
})
