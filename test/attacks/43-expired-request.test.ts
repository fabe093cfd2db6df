import { afterEach, beforeEach, expect, it } from 'vitest'
import { asBackend, Plant } from './plant.fixture.ts'

/** An approval that came too late, or that somebody kept, is taken for one in time: by a server that was down meanwhile. */

// DEFENCE src/engine/present.ts
// - if (stated.stated.exp <= toSeconds(way.clock())) return { accepted: false, say: 'It has expired: say it again.' }
// AND src/core/warrant/verify.ts
// - if (statement.exp <= facts.now) refuse('time', 'It has expired.')

// DEFENCE src/engine/expiry.ts
// - if (state === 'pending') return `${stated.code} has expired: ${lacked(way, request)}. It was not run.`

// DEFENCE src/engine/take-up.ts
// - if (!stated || stated.exp <= toSeconds(way.clock()))
// + if (!stated)

let plant: Plant
beforeEach(async () => {
  plant = await Plant.open()
  await plant.bench.say('Foobot rebuild svr-1827')
  await plant.present('jhand')
})
afterEach(() => plant.end())

const hour = 3_600_000

it.each([
  ['at once', false],
  ['after a restart', true],
])(
  'a yes from in time that comes after the end counts for nothing, %s, before anybody has looked at the clock',
  async (_, restart) => {
    const { id } = plant.waiting()
    const kept = await plant.yes('bianca', asBackend)
    plant.advance(hour + 1000)
    if (restart) await plant.restartServer()
    expect(await plant.bench.engine.doors.present(kept)).toEqual({
      accepted: false,
      say: 'It has expired: say it again.',
    })
    await plant.bench.engine.tick()
    expect(await plant.stateOf(id)).toBe('expired')
    expect(plant.last).toMatch(/has expired: it still needed approval from someone in Backend\. It was not run\.$/)
    expect(await plant.bench.engine.doors.present(kept)).toMatchObject({ accepted: false })
    expect(plant.runner.runs).toBe(0)
  },
)

it('a warrant that its runner was away for expires, and is not sent when the runner is back', async () => {
  const { id } = plant.waiting()
  plant.link?.leave()
  await plant.present('bianca', asBackend)
  expect(plant.last).toContain('It runs when delivery is back, unless it expires before.')
  plant.advance(hour + 1000)
  await plant.restartServer()
  expect(await plant.stateOf(id)).toBe('expired')
  expect(plant.runner.runs).toBe(0)
  expect(plant.link?.orders).toEqual([])
})

it('the end is the one that was signed: setting the server’s clock back makes it no later for the runner', async () => {
  const { id } = plant.waiting()
  const kept = await plant.yes('bianca', asBackend)
  plant.runner.clock += hour + 1000
  await plant.bench.engine.doors.present(kept)
  expect(await plant.ended(id)).toBe('failed')
  expect(plant.last).toContain('delivery refused: It has expired.')
  expect(plant.runner.runs).toBe(0)
})
