import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { asBackend, Plant } from './plant.fixture.ts'

/** A timer of a request that is over goes off, and hits another one that came in its place. */

// DEFENCE src/engine/wait.ts
// - if (now?.generation !== request.generation || way.live.isPrompted(request.id)) return

// DEFENCE src/engine/expiry.ts
// - if (way.asking.get(place) === id) way.asking.delete(place)
// + way.asking.delete(place)

let plant: Plant
beforeEach(async () => {
  plant = await Plant.open()
})
afterEach(async () => {
  vi.useRealTimers()
  await plant.end()
})

it('what a client did not sign in time is said of that request alone, and only while it waits', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  await plant.bench.say('Foobot upgrade AcmeOps', { signs: true })
  const first = plant.waiting()
  await plant.bench.say(`Foobot cancel ${first.stated.code}`)
  vi.advanceTimersByTime(9_000)
  await plant.bench.say('Foobot upgrade AcmeOps', { signs: true })
  const second = plant.waiting()
  expect(second.id).not.toBe(first.id)
  const said = plant.texts.length
  vi.advanceTimersByTime(2_000)
  await new Promise((resolve) => setImmediate(resolve))
  expect(plant.texts).toHaveLength(said)
  await plant.present('jhand')
  vi.advanceTimersByTime(20_000)
  vi.useRealTimers()
  expect(await plant.ended(second.id)).toBe('done')
  expect(plant.texts.join('\n')).not.toContain('requires two-factor')
  expect(plant.runner.ran).toEqual([second.stated.code])
})

it('a request that expires takes no other with it, whatever word, resource or text they share', async () => {
  await plant.bench.say('Foobot rebuild svr-1827')
  const old = plant.waiting()
  plant.advance(3_000_000)
  await plant.bench.say('Foobot rebuild svr-1827', {
    conversation: { platform: 'native', tenant: 'acme', room: 'everyone' },
  })
  const young = plant.bench.way.live.all().find(({ id }) => id !== old.id)
  if (!young?.stated) throw new Error('nothing waits')
  plant.advance(700_000)
  await plant.bench.engine.tick()
  expect([await plant.stateOf(old.id), await plant.stateOf(young.id)]).toEqual(['expired', 'pending'])
  await plant.present('jhand', {}, young.stated.statement)
  await plant.present('bianca', asBackend, young.stated.statement)
  expect(await plant.ended(young.id)).toBe('done')
})

it('a question whose time is over does not take the question that came in its place', async () => {
  await plant.bench.say('Foobot wish')
  const [old] = plant.bench.way.live.all()
  plant.advance(60_000)
  await plant.bench.say('Foobot wish')
  plant.advance(90_000)
  if (old) plant.bench.way.live.put(old)
  await plant.bench.engine.tick()
  plant.target = { type: 'System', id: 'git', facts: {} }
  await plant.bench.say('EpicGames more colours')
  await expect.poll(() => plant.runner.runs).toBe(1)
})
