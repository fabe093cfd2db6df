import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { words } from '#engine/words.ts'
import { asBackend, Plant } from './plant.fixture.ts'

/** A word that somebody learnt is said again after the end of its request, and means nothing for an hour. */

// DEFENCE src/engine/request/move.ts
// - if (kept.word !== undefined && kept.state !== 'pending') way.resting.set(kept.word, way.clock())

// DEFENCE src/engine/restore.ts
// - for (const [word, since] of await way.records.wordsSince(way.clock() - restingTime)) way.resting.set(word, since)

let plant: Plant
beforeEach(async () => {
  plant = await Plant.open()
  await plant.bench.say('Foobot rebuild svr-1827')
})
afterEach(() => plant.end())

const ends: readonly [string, (plant: Plant) => Promise<unknown>][] = [
  [
    'it was done',
    async () => {
      await plant.present('jhand')
      const { id } = plant.waiting()
      await plant.present('bianca', asBackend)
      await plant.ended(id)
    },
  ],
  ['it was denied', () => plant.bench.say(`Foobot deny ${plant.waiting().word}`, { account: 'dora' })],
  ['it was cancelled', () => plant.bench.say(`Foobot cancel ${plant.waiting().stated.code}`)],
  [
    'it expired',
    async () => {
      plant.advance(3_601_000)
      await plant.bench.engine.tick()
    },
  ],
]

describe.each(ends)('after %s', (_, end) => {
  it('its word points at nothing, and to no other request for an hour, also after a restart', async () => {
    const { word = '', stated } = plant.waiting()
    const yes = await plant.yes('bianca', asBackend)
    await end(plant)
    const runs = plant.runner.runs
    const say = async (): Promise<void> => {
      for (const which of [word, stated.code]) {
        await plant.bench.say(`Foobot approve ${which}`, { account: 'bianca', signs: true })
        expect(plant.last).toMatch(/^Nothing waits for your yes here/)
      }
      expect(plant.bench.shown).toEqual([])
      expect(await plant.bench.engine.doors.present(yes)).toMatchObject({ accepted: false })
    }
    await say()
    expect(await freeWords(plant)).not.toContain(word)
    await plant.restartServer()
    await say()
    expect(await freeWords(plant)).not.toContain(word)
    plant.advance(3_599_000)
    expect(await freeWords(plant)).not.toContain(word)
    plant.advance(2_000)
    expect(await freeWords(plant)).toContain(word)
    expect(plant.runner.runs).toBe(runs)
  })
})

/** What the next word could be: all others are taken, so that only one that rests no more is left. */
const freeWords = async ({ bench }: Plant): Promise<readonly string[]> => {
  const resting = new Map(bench.way.resting)
  const now = bench.now
  const others = words.filter((word) => !resting.has(word))
  for (const word of others) bench.way.resting.set(word, now)
  await bench.say('Foobot rebuild svr-2')
  const [request] = bench.way.live.all()
  await bench.say(`Foobot cancel ${request?.stated?.code}`)
  for (const word of others) bench.way.resting.delete(word)
  for (const [word, since] of resting) bench.way.resting.set(word, since)
  return request?.word === undefined ? [] : [request.word]
}
