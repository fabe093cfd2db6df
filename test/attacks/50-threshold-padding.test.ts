import { expect, it } from 'vitest'
import { type Given, missing } from '#core/consent/missing.ts'
import { policyOf } from '#core/policy/decide.ts'
import { strengths } from '#core/policy/key-class.ts'
import { bundleOf, commandOf, companyWith, question } from '#core/policy/small-company.fixture.ts'

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
