import { afterAll, beforeAll, expect, it } from 'vitest'
import { enough, ofTier, sorted } from '#core/warrant/warrant.fixture.ts'
import { Server } from '#runner/server.fixture.ts'
import { ActingRunner } from './acting-runner.ts'
import { CanaryCompany } from './canary-company.fixture.ts'
import { type Intruder, post } from './intruder.fixture.ts'
import { Plant } from './plant.fixture.ts'

/** One execution was approved, and is taken for leave to do it as often as one likes. */

// DEFENCE src/core/consent/check.ts
// - { name: 'names', check: names },

// DEFENCE src/engine/present.ts
// - const request = way.live.ofDigest(statement)
// + const request = way.live.ofDigest(statement) ?? way.live.all()[0]
// AND src/core/consent/check.ts
// - { name: 'names', check: names },

let company: CanaryCompany
let jhand: Intruder
beforeAll(async () => {
  company = await CanaryCompany.open()
  jhand = await company.dial('jhand')
})
afterAll(() => company.end())

it('the same command again is asked again, and no yes to the first counts', async () => {
  const command = 'Foobot rebuild svr-1827 role=web'
  const first = await jhand.say(command)
  const bytes = await jhand.fetch(first.code)
  const yeses = [
    await company.yes(bytes, {}),
    await company.yes(bytes, { person: 'bianca', as: 'approver', group: 'Backend' }),
  ]
  for (const yes of yeses) expect(await jhand.present(yes)).toMatchObject({ accepted: true })
  await jhand.ended(first.id)
  expect(company.sung).toEqual(['rebuild svr-1827 role=web'])
  // At once it is taken for the same one, and answered with what came of that.
  expect(await jhand.say(command)).toMatchObject({ state: 'done', text: expect.stringContaining('Rebuilt.') })
  const second = await jhand.say(command, 'ops')
  expect(second.state).toBe('pending')
  expect(second.code).not.toBe(first.code)
  for (const yes of yeses) {
    expect(await jhand.present(yes)).toMatchObject({ accepted: false })
    expect(await post(company.url, yes)).toMatchObject({ accepted: false })
  }
  expect(jhand.answered(second.id).state).toBe('pending')
  expect(company.sung).toHaveLength(1)
  expect(await company.warrants()).toBe(1)
})

it('a minute later it is a new request in the same room too', async () => {
  const plant = await Plant.open()
  await plant.bench.say('Foobot upgrade AcmeOps')
  const { id, stated } = plant.waiting()
  const yes = await plant.yes('jhand')
  await plant.bench.engine.doors.present(yes)
  await plant.ended(id)
  plant.advance(61_000)
  await plant.bench.say('Foobot upgrade AcmeOps')
  expect(plant.waiting().stated.digest).not.toBe(stated.digest)
  expect(await plant.bench.engine.doors.present(yes)).toMatchObject({ accepted: false })
  expect(plant.waiting().state).toBe('pending')
  expect(plant.runner.runs).toBe(1)
  await plant.end()
})

it('a runner that a server sends them to with the same command takes them no more than once', async () => {
  const runner = new ActingRunner()
  await runner.start()
  const server = new Server()
  let kept: ReturnType<typeof sorted> = []
  const first = server.consented(ofTier.dangerous, (digest) => {
    kept = sorted(enough(digest))
    return kept
  })
  expect((await runner.execute(first.execute))?.outcome).toBe('done')
  for (const id of ['1', '2']) {
    const again = server.consented({ ...ofTier.dangerous, id: id.repeat(32) }, () => kept)
    expect(await runner.execute(again.execute)).toMatchObject({
      outcome: 'refused',
      refusal: { step: 'consents', say: 'It is a yes to another statement.' },
    })
  }
  expect(runner.runs).toBe(1)
  await runner.end()
})
