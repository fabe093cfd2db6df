import { afterEach, beforeEach, expect, it } from 'vitest'
import { openEntry } from '#core/log/entry.ts'
import { eventKind } from '#core/log/event.ts'
import { toBase64 } from '#core/statement/base64.ts'
import { warrantKind } from '#core/warrant/warrant.ts'
import { Awaited } from '#engine/awaited.ts'
import type { HandIn } from '#wire/runner.ts'
import { type Bench, makeBench, type Runner } from '../contract/engine.harness.ts'

/**
 * A runner that is taken over makes up orders of its own and hands them in, link after link: each would be a leaf of the
 * restored log, until the disk is full.
 */

// DEFENCE src/engine/hand-in.ts
// - if (way.runners.recovered(connection.runner, 0) >= most.most) {
// + if (way.runners.recovered(connection.runner, 0) < 0) {

// DEFENCE src/engine/hand-in.ts
// - const goesOn = part.more && next > part.from && next < most.most
// + const goesOn = part.more && next < most.most

let bench: Bench
beforeEach(async () => {
  bench = await makeBench()
})
afterEach(() => bench.close())

const madeUp = (n: number): string =>
  toBase64(
    warrantKind.encode({
      v: 2,
      deployment: 'acme',
      runner: 'delivery',
      bundle: { version: 1, digest: 'd'.repeat(64) },
      statement: toBase64(Buffer.from(`made up ${n}`)),
      consents: [],
      iat: 1_800_000_000,
    }),
  )
const partOf = (orders: readonly string[], more = false): HandIn => ({
  type: 'hand-in',
  from: 0,
  more,
  orders: [...orders],
  receipts: [],
  keyChanges: [],
  bundles: [],
})
const leaves = () => bench.storage.log.leaves(0, bench.storage.log.size).map(({ bytes }) => openEntry(bytes))
const recovered = (): number => leaves().filter(({ kind }) => kind === 'recovered').length
const alarms = (): readonly string[] =>
  leaves().flatMap(({ kind, body }) => (kind === 'event' ? [eventKind.decode(body).why ?? ''] : []))
const settle = async (): Promise<void> => {
  for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve))
}
/** Dials anew, waited for, and hands in a part. */
const handIn = async (part: HandIn): Promise<Runner> => {
  Object.assign(bench.way, { awaited: new Awaited(bench.storage.awaitedRunners, ['delivery']) })
  const runner = await bench.link()
  bench.engine.runnerEars.heard(runner.connection, part)
  await settle()
  return runner
}

it('it makes no more leaves than it may on all links together, and what it hands in again is counted once', async () => {
  bench.way.runners.recovered('delivery', 199_998)
  for (let n = 0; n < 3; n++) await handIn(partOf([madeUp(1)]))
  expect(recovered()).toBe(1)
  await handIn(partOf([madeUp(2)]))
  expect(recovered()).toBe(2)
  const { closed } = await handIn(partOf([madeUp(3)]))
  expect(closed).toContain('not recorded')
  expect(recovered()).toBe(2)
  expect(alarms()).toEqual([expect.stringContaining('it hands in more than 200000 things')])
})

it('it is not asked on for ever by parts that hold nothing', async () => {
  await handIn(partOf([madeUp(1)]))
  let asked = 0
  const runner = await bench.link()
  runner.connection.handIn = ({ from }) => {
    asked++
    if (asked < 20) bench.engine.runnerEars.heard(runner.connection, { ...partOf([], true), from })
  }
  const admitted = bench.way.runners.get('delivery')
  if (admitted) admitted.handsIn = 0
  bench.engine.runnerEars.heard(runner.connection, partOf([], true))
  await settle()
  expect(asked).toBe(0)
})
