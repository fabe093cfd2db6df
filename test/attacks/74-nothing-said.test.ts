import { describe, expect, it } from 'vitest'
import type { Company } from '#core/bundle/company.ts'
import { policyOf } from '#core/policy/decide.ts'
import { bundleOf, commands, companyWith, question } from '#core/policy/small-company.fixture.ts'
import { toldPolicyOf } from '#core/policy/told.ts'

// DEFENCE src/core/policy/decide.ts
// - if (rule.asks === 'permit' && permits.length === 0) return deny(`No policy permits ${who} to say "${command}".`)

// DEFENCE src/core/policy/decide.ts
// - if (rule.asks === 'permit' && requester === undefined) return deny(`"${command}" is for people that I know.`)

const guarded = commands.filter(({ tier }) => tier !== 'open')
const outcomes = (company: Company, requester: string | undefined = 'mansel') => {
  const policy = policyOf(bundleOf(company))
  return guarded.map((listed) => {
    const { requester: _, ...asked } = question(listed.manifest.command)
    return policy.decide(requester === undefined ? asked : { ...asked, requester }, listed).outcome
  })
}
const denied = guarded.map(() => 'deny')
const ofOps = 'permit (principal in Group::"Ops", action, resource);'

it('with every piece there, nothing is denied', () => {
  expect(outcomes(companyWith(ofOps))).not.toContain('deny')
})

describe('one piece missing', () => {
  it.each<[string, Company]>([
    ['no policy at all', companyWith('')],
    ['forbids and owing rules only', companyWith('@owes("signature") forbid (principal, action, resource);')],
    ['a permit for other commands only', companyWith('permit (principal, action == Action::"none", resource);')],
    ['the permitted group is empty', companyWith(ofOps, { groups: new Map([['Ops', new Set<string>()]]) })],
    ['the permitted group is gone', companyWith(ofOps, { groups: new Map() })],
    ['the person is gone', companyWith(ofOps, { people: new Map() })],
    [
      'an action that only looks the same',
      companyWith('permit (principal, action == Other::Action::"push", resource);'),
    ],
    ['a group that only looks the same', companyWith('permit (principal in Other::Group::"Ops", action, resource);')],
  ])('%s: denied', (_, company) => {
    expect(outcomes(company)).toEqual(denied)
    expect([...toldPolicyOf(bundleOf(company)).mayEver('mansel')]).toEqual(['mustache-me'])
  })
})

it('nobody is denied all but open commands, even where a permit says anybody', () => {
  const anybody = companyWith('permit (principal, action, resource);')
  const policy = toldPolicyOf(bundleOf(anybody))
  for (const listed of guarded) {
    const { requester: _, ...asked } = question(listed.manifest.command)
    expect(policy.decide(asked, listed).outcome).toBe('deny')
  }
  expect([...policy.mayEver(undefined)]).toEqual(['mustache-me'])
})

it('a group that policy asks for and that nobody is in approves nothing', () => {
  const company = companyWith(`${ofOps} @owes("approval Nobody") forbid (principal, action, resource);`)
  expect(outcomes(company)).toEqual(denied)
})
