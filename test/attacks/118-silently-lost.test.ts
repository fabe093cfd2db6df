import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { keyRemoveKind } from '#core/bundle/key-change.ts'
import { openEntry } from '#core/log/entry.ts'
import { eventKind } from '#core/log/event.ts'
import { Awaited } from '#engine/awaited.ts'
import { heldKeys } from '#engine/keys.ts'
import { type Bench, keyChangeOf, keyOf, makeBench } from '../contract/engine.harness.ts'

/**
 * A runner with a new claims file knows of no key that was removed after the copy: if it counted as one that has handed
 * in all it knows, such a key would open the door again, and the log would not say why.
 */

// DEFENCE src/engine/reset-runner.ts
// - if (way.awaited.has(name))
// + if (name === '')

// DEFENCE src/engine/meet.ts
// - if (known.length === 0 || known.includes(announced.store)) return
// + if (known.length >= 0) return

// DEFENCE src/engine/hand-in.ts
// - if (removed) tellStillCounts(way, runner, removed)

let bench: Bench
beforeEach(async () => {
  bench = await makeBench()
})
afterEach(() => bench.close())

const events = (): readonly { readonly what: string; readonly why?: string }[] =>
  bench.storage.log.leaves(0, bench.storage.log.size).flatMap(({ bytes }) => {
    const { kind, body } = openEntry(bytes)
    return kind === 'event' ? [eventKind.decode(body)] : []
  })

describe('a runner that is waited for', () => {
  beforeEach(async () => {
    await bench.storage.storeIds.admit('delivery', 'the key before', 'a'.repeat(32))
    Object.assign(bench.way, { awaited: new Awaited(bench.storage.awaitedRunners, ['delivery']) })
  })

  it('is not given a new claims file by the way, without the word lost', async () => {
    await expect(bench.engine.resetRunner('delivery')).rejects.toThrow('foobot runner reset delivery --lost')
    expect(await bench.storage.storeIds.all('delivery')).toEqual(['a'.repeat(32)])
    expect(await bench.engine.loseRunner('delivery')).toContain('is named as lost')
    expect(events()).toContainEqual(expect.objectContaining({ what: 'runner-lost' }))
    await expect(bench.engine.resetRunner('delivery')).resolves.toContain('it may come')
  })

  it('is not replaced by one with a new claims file under the new key of the bundle', async () => {
    await expect(bench.link({ store: 'b'.repeat(32) })).rejects.toThrow('reset delivery --lost')
    expect(bench.way.awaited.whyClosed).toBeDefined()
    await bench.link({ store: 'a'.repeat(32) })
    expect(bench.way.runners.get('delivery')?.handsIn).toBe(0)
  })

  it('says aloud which key counts again, where who removed it has left since', async () => {
    const [held] = heldKeys(bench.way, 'jhand')
    if (!held) throw new Error('no key')
    const removal = await keyChangeOf(keyRemoveKind, 'jhand', held.key, [keyOf('who left')], bench.now)
    const { connection } = await bench.link({ store: 'a'.repeat(32) })
    const nothing = { orders: [], receipts: [], bundles: [] }
    bench.engine.runnerEars.heard(connection, {
      type: 'hand-in',
      from: 0,
      more: false,
      ...nothing,
      keyChanges: [removal],
    })
    const alarm = { what: 'alarm', why: expect.stringContaining('counts here: remove it anew') }
    await vi.waitFor(() => expect(events()).toContainEqual(expect.objectContaining(alarm)), 10_000)
  })
})
