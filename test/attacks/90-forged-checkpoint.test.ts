import { afterEach, beforeEach, expect, it } from 'vitest'
import { logOrigin } from '#core/log/checkpoint.ts'
import { openEntry } from '#core/log/entry.ts'
import { eventKind } from '#core/log/event.ts'
import { makeNote } from '#core/log/make-note.ts'
import { rootAt } from '#core/log/proofs.ts'
import {
  type Bench,
  bundleOf,
  logKey,
  makeBench,
  otherRunnerKey,
  runnerKey,
  until,
} from '../contract/engine.harness.ts'

/**
 * A runner says that it has seen more of the log than there is, or another one. A server that believes it takes itself for a
 * restored copy and ends. Only a note that the log's own key has signed says so; whatever else is said ends that runner's
 * link, and nothing more.
 */

// DEFENCE src/engine/own-log.ts
// - openNote(note, logOrigin(company.deployment), company.log.key)

// DEFENCE src/engine/meet.ts
// - throw new Error('the checkpoint that you announce is not signed by the key of this log')

let bench: Bench
beforeEach(async () => {
  bench = await makeBench(bundleOf(1))
  await bench.say('Foobot ping')
  await bench.way.group.drain()
})
afterEach(() => bench.close())

const root = Buffer.alloc(32, 7)
const noteBy = (signer: typeof logKey, size = 1000, origin = logOrigin('acme')): string =>
  makeNote(origin, size, root, signer)
const alarms = (): string[] =>
  bench.storage.log.leaves(0, bench.storage.log.size).flatMap(({ bytes }) => {
    const { kind, body } = openEntry(bytes)
    const event = kind === 'event' ? eventKind.decode(body) : undefined
    return event?.what === 'alarm' ? (event.why ?? '') : []
  })
const unsigned = (): string => noteBy(logKey).split('\n\n')[0] ?? ''

const forged: readonly [what: string, note: () => string][] = [
  ['a later one, by its own key', () => noteBy(runnerKey)],
  ['a later one, by a key that nobody knows', () => noteBy(otherRunnerKey)],
  ['a later one, with the signature of a smaller', () => noteBy(logKey, 999).replace('\n999\n', '\n1000\n')],
  ['a later one, for another log', () => noteBy(logKey, 1000, 'other/log')],
  ['another root at the same size', () => noteBy(otherRunnerKey, 0)],
  ['numbers alone', unsigned],
  ['what is no note', () => 'acme/log'],
  ['nothing at all', () => ''],
]

it.each(forged)('announced is %s: that runner is refused, and the server goes on', async (_, note) => {
  const refused = await bench.link({ checkpoint: note() }).catch((error: unknown) => error)
  expect(refused).toBeInstanceOf(Error)
  // The code by which a server ends.
  expect(refused).not.toHaveProperty('code', 'log-restored-old-copy')
  await bench.way.group.drain()
  expect(alarms()).toEqual(['it announces a checkpoint that the log’s key has not signed'])
  const honest = await bench.link()
  await bench.say('Foobot push')
  expect(honest.orders.length).toBeGreaterThan(0)
})

it.each(forged)('held up later is %s: that runner is cut off', async (_, note) => {
  const runner = await bench.link()
  bench.engine.runnerEars.heard(runner.connection, { type: 'checkpoint', checkpoint: note(), fork: true })
  await until(() => runner.closed !== undefined, 'its link ends')
  await bench.way.group.drain()
  expect(alarms()).toEqual(['it holds a checkpoint that the log’s key has not signed'])
})

it('a later one that the log’s key has signed stops the server, as it must', async () => {
  await expect(bench.link({ checkpoint: noteBy(logKey) })).rejects.toMatchObject({ code: 'log-restored-old-copy' })
  expect(alarms()).toEqual([])
})

it('one of this very log is welcome, whatever key has signed it', async () => {
  const { size } = bench.storage.log
  const ours = makeNote(logOrigin('acme'), size, rootAt(size, bench.storage.log), otherRunnerKey)
  const runner = await bench.link({ checkpoint: ours })
  expect(runner.closed).toBeUndefined()
})
