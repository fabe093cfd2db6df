import { expect, it } from 'vitest'
import { policyOf } from '#core/policy/decide.ts'
import { giversOf } from '#core/policy/givers.ts'
import { bundleOf, commandOf, companyWith, question } from '#core/policy/small-company.fixture.ts'
import { toldPolicyOf } from '#core/policy/told.ts'

// DEFENCE src/core/policy/givers.ts
// - return [...(company.groups.get(owed.group) ?? [])].filter((id) => id !== requester && able(id, owed.key)).sort()
// + return [...company.people.keys()].filter((id) => id !== requester && able(id, owed.key)).sort()

const before = companyWith('permit (principal in Group::"Ops", action == Action::"rebuild", resource);')
const withGroup = (group: string, members: readonly string[]) => ({
  ...before,
  groups: new Map([...before.groups, [group, new Set(members)]]),
})
const rebuild = commandOf(before, 'rebuild')
const approvalOf = (company: typeof before) => {
  const decision = policyOf(bundleOf(company)).decide(question('rebuild'), rebuild)
  const approval = decision.outcome === 'owes' ? decision.owes.find(({ kind }) => kind === 'approval') : undefined
  return approval ? giversOf(company, approval, 'mansel') : undefined
}

it('who left the group since may ask for nothing, and who joined may, from the new bundle on', () => {
  const old = policyOf(bundleOf(before))
  expect(old.decide(question('rebuild'), rebuild).outcome).toBe('owes')
  const now = toldPolicyOf(bundleOf(withGroup('Ops', ['fiona'])))
  expect(now.decide(question('rebuild'), rebuild).outcome).toBe('deny')
  expect(now.mayEver('mansel').has('rebuild')).toBe(false)
  expect(now.decide(question('rebuild', { requester: 'fiona' }), rebuild).outcome).toBe('owes')
  expect(old.decide(question('rebuild', { requester: 'fiona' }), rebuild).outcome).toBe('deny')
})

it('an answer kept under one bundle serves no other, in both directions', () => {
  const old = policyOf(bundleOf(before))
  const now = policyOf(
    bundleOf({ ...before, policies: new Map([['a#1', 'permit (principal in Group::"DBA", action, resource);']]) }),
  )
  for (let round = 0; round < 3; round += 1) {
    expect(old.decide(question('rebuild'), rebuild).outcome).toBe('owes')
    expect(now.decide(question('rebuild'), rebuild).outcome).toBe('deny')
    expect(now.decide(question('rebuild', { requester: 'dora' }), rebuild).outcome).toBe('owes')
    expect(old.decide(question('rebuild', { requester: 'dora' }), rebuild).outcome).toBe('deny')
  }
})

it('approvers are the group as the bundle in force has it', () => {
  expect(approvalOf(before)).toEqual(['bianca', 'dean', 'dora'])
  expect(approvalOf(withGroup('Backend', ['fiona', 'dora']))).toEqual(['dora', 'fiona'])
  expect(approvalOf(withGroup('Backend', []))).toEqual([])
})
