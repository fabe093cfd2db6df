import { expect, it } from 'vitest'
import { readCompany } from '#config/company.ts'
import type { Administrator } from '#core/bundle/administrator.fixture.ts'
import { acceptBundle } from '#core/bundle/bundle.ts'
import { type Given, missing } from '#core/consent/missing.ts'
import { policyOf } from '#core/policy/decide.ts'
import { strengths } from '#core/policy/key-class.ts'
import { bundleOf, commandOf, companyWith, question } from '#core/policy/small-company.fixture.ts'
import { bundleOf as harnessBundle, company as small } from '../contract/engine.harness.ts'
import { ann, annAgain, bob, folder, rootOf, signed, trust } from './company-folder.fixture.ts'
import { asBackend, Plant } from './plant.fixture.ts'

// DEFENCE src/core/bundle/bundle.ts
// - return new Set(proofs.flatMap(({ key }) => people.get(key) ?? []))
// + return new Set(proofs.map(({ key }) => key))

// DEFENCE src/core/consent/missing.ts
// - const count = owed.count - new Set(counting.map(({ person }) => person)).size
// + const count = owed.count - counting.length

// DEFENCE src/core/consent/missing.ts
// - return approvals.filter(({ person, group }) => group !== undefined && groups.get(person) === group)
// + return approvals

const company = companyWith(`
  permit (principal in Group::"Ops", action == Action::"rebuild", resource);
  @owes("approval resource.owner 2") forbid (principal, action == Action::"rebuild", resource);
  @owes("approval DBA") forbid (principal, action == Action::"rebuild", resource);`)
const decision = policyOf(bundleOf(company)).decide(question('rebuild'), commandOf(company, 'rebuild'))
const owes = decision.outcome === 'owes' ? decision.owes : []
const requester: Given = { as: 'requester', person: 'mansel', strength: 'software' }
const left = (given: readonly Given[]) =>
  missing(owes, [requester, ...given], 'mansel').map((one) =>
    one.kind === 'approval' ? `${one.count} ${one.group}` : one.kind,
  )

it('three different people are needed, and suffice', () => {
  expect(left([])).toEqual(['2 Backend', '1 DBA'])
  const approver = (person: string, group: string): Given => ({ as: 'approver', person, group, strength: 'software' })
  expect(left([approver('bianca', 'Backend'), approver('dora', 'Backend'), approver('dean', 'DBA')])).toEqual([])
})

it('one person with a thousand signatures, by every class of key and for every group, counts as one', () => {
  const padding = Array.from(
    { length: 1000 },
    (_, n): Given => ({
      as: 'approver',
      person: 'dora',
      group: n % 2 === 0 ? 'Backend' : 'DBA',
      strength: strengths[n % strengths.length] ?? 'software',
    }),
  )
  expect(left(padding)).toEqual(['1 Backend', '1 DBA'])
})

it('the requester adds nothing to the approvals, in whatever role', () => {
  const own = (as: 'requester' | 'approver', group: string): Given => ({
    as,
    person: 'mansel',
    group,
    strength: 'hardware',
  })
  const all = [own('approver', 'Backend'), own('approver', 'DBA'), own('requester', 'Backend'), own('requester', 'DBA')]
  expect(left(all)).toEqual(['2 Backend', '1 DBA'])
})

it('an administrator with two root keys is one', () => {
  const root = rootOf(2, ['ann', ann], ['ann', annAgain], ['bob', bob])
  const take = (...signers: readonly Administrator[]) =>
    acceptBundle(signed(folder({}, root), signers), readCompany, { ...trust, root })
  expect(() => take(ann, annAgain)).toThrow('1 of the 2 administrators')
  expect(take(ann, bob).version).toBe(1)
})

it('one approver who hands in one yes after the other does not end the waiting, and another person does', async () => {
  const { policies } = small()
  const two = '@owes("approval resource.owner 2")\nforbid (principal, action == Action::"rebuild", resource);'
  const plant = await Plant.open(harnessBundle(1, { policies: new Map([...policies, ['two#1', two]]) }))
  await plant.bench.say('Foobot rebuild svr-1827')
  const { id } = plant.waiting()
  await plant.present('jhand')
  const iat = Math.floor(plant.bench.now / 1000)
  for (const later of [0, 1, 2, 3]) await plant.present('dora', { ...asBackend, iat: iat + later })
  expect(await plant.stateOf(id)).toBe('pending')
  expect(plant.runner.runs).toBe(0)
  await plant.present('bianca', asBackend)
  expect(await plant.ended(id)).toBe('done')
  expect(plant.runner.runs).toBe(1)
  await plant.end()
})
