import { expect, it } from 'vitest'
import { missing } from '#core/consent/missing.ts'
import { policyOf } from '#core/policy/decide.ts'
import { bundleOf, commandOf, companyWith, question } from '#core/policy/small-company.fixture.ts'

// DEFENCE src/core/policy/decide.ts
// - label === undefined ? undefined : owners.get(label)
// + label === undefined ? undefined : (owners.get(label) ?? 'Backend')

const company = companyWith(`
  permit (principal in Group::"Ops", action, resource);
  @owes("approval resource.owner") forbid (principal, action == Action::"push", resource);`)
const policy = policyOf(bundleOf(company))
const deciding = (command: string, owner: string | undefined) => {
  const resource = { type: 'Server', id: 'svr-1827', facts: {}, ...(owner !== undefined && { owner }) }
  return policy.decide(question(command, { resource }), commandOf(company, command))
}

it.each([
  undefined,
  'unlisted',
  'Backend',
  'backend ',
  'BACKEND',
  'Finance',
  'constructor',
  '__proto__',
  'resource.owner',
])('the label %j is nobody’s, and nothing that needs an owner runs', (owner) => {
  for (const command of ['rebuild', 'acl add', 'push']) {
    expect(deciding(command, owner)).toMatchObject({
      outcome: 'deny',
      why: 'svr-1827 has no owner: ask an administrator.',
    })
  }
})

it('an empty label is no label either', () => {
  expect(deciding('rebuild', '').outcome).toBe('deny')
})

it('a label whose group is gone from the company owns nothing', () => {
  const groups = new Map([...company.groups].filter(([name]) => name !== 'Backend'))
  const decision = policyOf(bundleOf({ ...company, groups })).decide(question('rebuild'), commandOf(company, 'rebuild'))
  expect(decision).toMatchObject({
    outcome: 'deny',
    why: 'There is no group Backend to approve this: ask an administrator.',
  })
})

it('another owner’s people approve nothing', () => {
  const decision = deciding('rebuild', 'backend')
  const owes = decision.outcome === 'owes' ? decision.owes : []
  const steve = { as: 'approver', person: 'steve', group: 'Support', strength: 'hardware' } as const
  const own = { as: 'requester', person: 'mansel', strength: 'software' } as const
  expect(missing(owes, [own, steve], 'mansel')).toMatchObject([{ kind: 'approval', group: 'Backend', count: 1 }])
})

it('a relabelled target is decided anew, not from a kept answer', () => {
  const group = (owner: string) => {
    const decision = deciding('rebuild', owner)
    return decision.outcome === 'owes' ? decision.owes.flatMap((one) => (one.kind === 'approval' ? one.group : [])) : []
  }
  expect(['backend', 'support', 'backend', 'dba'].map(group)).toEqual([['Backend'], ['Support'], ['Backend'], ['DBA']])
})
