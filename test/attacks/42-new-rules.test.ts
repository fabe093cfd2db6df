import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Company } from '#core/bundle/company.ts'
import { enough, ofTier, sorted } from '#core/warrant/warrant.fixture.ts'
import { Server } from '#runner/server.fixture.ts'
import { bundleOf, company } from '../contract/engine.harness.ts'
import { ActingRunner } from './acting-runner.ts'
import { asBackend, Plant } from './plant.fixture.ts'

/** The rules change while a command waits for its last yes: what was said yes to under the old ones counts for nothing. */

// DEFENCE src/engine/activate.ts
// - await again(way, request)

// DEFENCE src/core/warrant/verify.ts
// - { number: 3, name: 'bundle', check: bundle },

// DEFENCE src/engine/again.ts
// - if (stated && stated.exp <= toSeconds(way.clock())) {
// + if (stated && stated.exp <= 0) {

const { policies, commands } = company()
const without = (word: string) => new Map([...policies].filter(([, text]) => !text.includes(word)))
const changes: readonly [string, Partial<Company>, 'pending' | 'refused' | 'done'][] = [
  ['the same again', {}, 'pending'],
  [
    'tightened',
    { policies: new Map([...policies, ['z#1', '@owes("approval DBA")\nforbid (principal, action, resource);']]) },
    'pending',
  ],
  ['withdrawn', { policies: without('Action::"rebuild"') }, 'refused'],
  ['forbidden', { policies: new Map([...policies, ['z#1', 'forbid (principal, action, resource);']]) }, 'refused'],
  ['of another owner', { owners: new Map([['backend', 'DBA']]) }, 'pending'],
  [
    'of a higher tier',
    {
      commands: commands.map((one) =>
        one.manifest.command === 'rebuild' ? { ...one, tier: 'critical' as const } : one,
      ),
    },
    'refused',
  ],
]

let plant: Plant
beforeEach(async () => {
  plant = await Plant.open()
  await plant.bench.say('Foobot rebuild svr-1827')
  await plant.present('jhand')
})
afterEach(() => plant.end())

it.each(changes)('%s: nothing runs, and what was given is asked anew or refused', async (_, change, state) => {
  const { id, stated } = plant.waiting()
  const late = await plant.yes('bianca', asBackend)
  await plant.bench.engine.activate(bundleOf(2, change))
  expect(await plant.bench.engine.doors.present(late)).toMatchObject({ accepted: false })
  expect(await plant.stateOf(id)).toBe(state)
  expect(plant.bench.way.live.get(id)?.stated?.digest).not.toBe(stated.digest)
  expect(plant.bench.way.live.get(id)?.consents ?? []).toEqual([])
  expect(plant.link?.orders).toEqual([])
  expect(plant.runner.runs).toBe(0)
})

it('loosened: it is looked at anew, and stated under the new rules before it runs', async () => {
  const { id, stated } = plant.waiting()
  const loose = commands.map((one) =>
    one.manifest.command === 'rebuild'
      ? { ...one, tier: 'member' as const, manifest: { ...one.manifest, tier: 'member' as const } }
      : one,
  )
  await plant.bench.engine.activate(bundleOf(2, { commands: loose }))
  expect(plant.bench.way.live.get(id)?.stated?.digest).not.toBe(stated.digest)
  // This runner holds the old rules still, and acts on no others.
  expect(plant.runner.runs).toBe(0)
})

describe('rules that become laxer a day later', () => {
  it('bring what had expired to no new life, also after the server was down meanwhile', async () => {
    const { id } = plant.waiting()
    plant.advance(86_400_000)
    await plant.restartServer()
    const loose = commands.map((one) => ({
      ...one,
      tier: 'member' as const,
      manifest: { ...one.manifest, tier: 'member' as const },
    }))
    await plant.bench.engine.activate(bundleOf(2, { commands: loose }))
    expect(await plant.stateOf(id)).toBe('expired')
    expect(plant.last).toMatch(/has expired, and was not run\.$/)
    expect(plant.link?.orders).toEqual([])
  })
})

it.each([
  ['an older one', 2],
  ['a newer one', 4],
])('a warrant made under %s is refused by the runner', async (_, version) => {
  const runner = new ActingRunner()
  await runner.start()
  const server = new Server({ version, digest: 'b'.repeat(64) })
  const { execute } = server.consented(ofTier.dangerous, (digest) => sorted(enough(digest)))
  expect(await runner.execute(execute)).toMatchObject({ outcome: 'refused', refusal: { step: 'bundle' } })
  expect(runner.runs).toBe(0)
  await runner.end()
})
