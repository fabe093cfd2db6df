import { expect, it } from 'vitest'
import type { Company } from '#core/bundle/company.ts'
import { keys } from '#core/consent/people.fixture.ts'
import { biancaSays, bundle as fixture, ofTier, sorted, yes } from '#core/warrant/warrant.fixture.ts'
import { Server } from '#runner/server.fixture.ts'
import { bundleOf, company } from '../contract/engine.harness.ts'
import { ActingRunner } from './acting-runner.ts'
import { asBackend, Plant } from './plant.fixture.ts'

/**
 * Somebody is put into a group for one approval and taken out again, or was taken out and approves all the same. It is the
 * bundle in force at the runner that counts, in both directions; what waits under an older one is asked anew.
 */

// DEFENCE src/core/consent/check.ts
// - { name: 'group', check: group },

// DEFENCE src/engine/activate.ts
// - await again(way, request)

const backend = (...members: readonly string[]): Partial<Company> => ({
  groups: new Map([...company().groups, ['Backend', new Set(members)]]),
})

it('who left the group since may approve no more: the runner looks at its own bundle', async () => {
  const runner = new ActingRunner({ groups: new Map([...fixture.company.groups, ['Backend', new Set(['dora'])]]) })
  await runner.start()
  const { execute } = new Server().consented(ofTier.dangerous, (digest) =>
    sorted([yes(digest), yes(digest, keys.bianca, biancaSays)]),
  )
  expect(await runner.execute(execute)).toMatchObject({
    outcome: 'refused',
    refusal: { step: 'consents', say: 'bianca is not in Backend.' },
  })
  expect(runner.runs).toBe(0)
  await runner.end()
})

it('an approval given before one left is gone with the bundle that it was given under', async () => {
  const plant = await Plant.open()
  await plant.bench.say('Foobot rebuild svr-1827')
  await plant.present('bianca', asBackend)
  const { id, stated } = plant.waiting()
  const own = await plant.yes('jhand')
  await plant.bench.engine.activate(bundleOf(2, backend('dora')))
  expect(plant.waiting().stated.digest).not.toBe(stated.digest)
  expect(await plant.bench.engine.doors.present(own)).toMatchObject({ accepted: false })
  expect(await plant.present('bianca', asBackend)).toEqual({ accepted: false, say: 'bianca is not in Backend.' })
  await plant.present('jhand')
  expect(await plant.stateOf(id)).toBe('pending')
  expect(plant.runner.runs).toBe(0)
  await plant.end()
})

it('who joined since may approve what is asked anew, and not what was asked before', async () => {
  const plant = await Plant.open()
  await plant.bench.say('Foobot rebuild svr-1827')
  const early = { as: 'approver', group: 'Backend' } as const
  expect(await plant.present('fiona', early)).toEqual({ accepted: false, say: 'fiona is not in Backend.' })
  const old = await plant.yes('fiona', early)
  await plant.bench.engine.activate(bundleOf(2, backend('dora', 'fiona')))
  expect(await plant.bench.engine.doors.present(old)).toMatchObject({ accepted: false })
  expect(await plant.present('fiona', early)).toMatchObject({ accepted: true })
  // The runner holds the older bundle still: nothing that was made under the newer one runs here.
  await plant.present('jhand')
  await expect.poll(() => plant.runner.receipts.at(-1)?.refusal?.step).toBe('bundle')
  expect(plant.runner.runs).toBe(0)
  await plant.end()
})
