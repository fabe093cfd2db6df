import { afterEach, expect, it } from 'vitest'
import type { RecordStore } from '#engine/store.ts'
import { asBackend, Plant } from './plant.fixture.ts'

/**
 * A hundred yeses arrive at once, and the server is killed at each of its durable writes in turn: before it, and after it
 * but before it heard that it is done. Whatever comes of it, and however often all is said again: nothing runs twice.
 */

// DEFENCE src/runner/claims.ts
// - if (this.#known.has(made.request)) return undefined
// AND src/runner/orders.ts
// - if (this.#isKnown(namesOfCase(c))) return

// DEFENCE src/storage/sqlite/record-store.ts
// - WHERE id = :id AND state = :from AND generation = :before`),
// + WHERE id = :id AND :from = :from AND :before = :before`),

let plant: Plant | undefined
afterEach(async () => {
  await plant?.end()
  plant = undefined
})

/** Kills at the nth durable write from here on. */
const killAt = (records: RecordStore, nth: number, when: 'before' | 'after'): { readonly killed: () => boolean } => {
  const commit = records.commit.bind(records)
  let writes = 0
  let killed = false
  records.commit = async (...what) => {
    writes += 1
    if (killed) throw new Error('the server is dead')
    if (writes < nth) return commit(...what)
    killed = true
    if (when === 'after') await commit(...what)
    throw new Error('the server was killed')
  }
  return { killed: () => killed }
}

const hundred = async (of: Plant) => {
  const yeses = await Promise.all([of.yes('bianca', asBackend), of.yes('dora', asBackend), of.yes('jhand')])
  return Array.from({ length: 100 }, (_, n) => yeses[n % yeses.length] ?? yeses[0])
}

it('a hundred at once run it once', async () => {
  plant = await Plant.open()
  const { engine } = plant.bench
  await plant.bench.say('Foobot rebuild svr-1827')
  const { id } = plant.waiting()
  await Promise.all((await hundred(plant)).map((yes) => engine.doors.present(yes)))
  expect(await plant.ended(id)).toBe('done')
  expect(plant.runner.runs).toBe(1)
  expect(plant.link?.orders).toHaveLength(1)
  for (const order of plant.link?.orders ?? [])
    for (let again = 0; again < 100; again += 1) plant.runner.orders.take(order)
  const { receipts } = plant.runner
  await expect.poll(() => receipts.length, { timeout: 20_000 }).toBeGreaterThan(100)
  expect(plant.runner.runs).toBe(1)
})

it('killed at whichever write, and started anew with all said again, it runs exactly once', async () => {
  const ends: string[] = []
  for (const when of ['before', 'after'] as const) {
    for (let nth = 1; ; nth += 1) {
      const one = await Plant.open()
      plant = one
      await one.bench.say('Foobot rebuild svr-1827')
      const { id } = one.waiting()
      const yeses = await hundred(one)
      const { killed } = killAt(one.bench.way.records, nth, when)
      await Promise.allSettled(yeses.map((yes) => one.bench.engine.doors.present(yes)))
      await new Promise((resolve) => setTimeout(resolve, 5))
      const wasKilled = killed()
      await one.restartServer()
      for (const yes of yeses.slice(0, 3)) await one.bench.engine.doors.present(yes)
      ends.push(await one.ended(id))
      expect(one.runner.runs, `${when} write ${nth}`).toBe(1)
      await one.end()
      plant = undefined
      if (!wasKilled) break
      expect(nth).toBeLessThan(20)
    }
  }
  expect(ends.length).toBeGreaterThan(6)
  expect(new Set(ends)).toEqual(new Set(['done']))
})
