import fc from 'fast-check'
import { expect, it } from 'vitest'
import { type Given, missing } from '#core/consent/missing.ts'
import { policyOf } from '#core/policy/decide.ts'
import { strengths } from '#core/policy/key-class.ts'
import { bundleOf, commandOf, companyWith, question } from '#core/policy/small-company.fixture.ts'

const company = companyWith('permit (principal in Group::"Ops", action, resource);')
const decision = policyOf(bundleOf(company)).decide(question('rebuild'), commandOf(company, 'rebuild'))
const owes = decision.outcome === 'owes' ? decision.owes : []
const asked: Given = { as: 'requester', person: 'mansel', strength: 'hardware' }

it('only somebody who speaks for the owning group ends the waiting', () => {
  const approves = (group?: string): Given => ({
    as: 'approver',
    person: 'irishwarhammer',
    strength: 'hardware',
    ...(group !== undefined && { group }),
  })
  expect(missing(owes, [asked, approves()], 'mansel')).toHaveLength(1)
  expect(missing(owes, [asked, approves('Ops')], 'mansel')).toHaveLength(1)
  expect(missing(owes, [asked, approves('backend')], 'mansel')).toHaveLength(1)
  expect(missing(owes, [asked, approves('Backend')], 'mansel')).toEqual([])
})

it('no crowd of others does, however many they are and whatever they sign with', () => {
  const other: fc.Arbitrary<Given> = fc.record({
    as: fc.constantFrom('requester' as const, 'approver' as const),
    person: fc.constantFrom('irishwarhammer', 'fiona', 'steve', 'jhand', 'eve'),
    group: fc.constantFrom('Ops', 'Support', 'DBA', 'Devs', 'backend', ''),
    strength: fc.constantFrom(...strengths),
  })
  fc.assert(
    fc.property(fc.array(other, { maxLength: 40 }), (crowd) => {
      expect(missing(owes, [asked, ...crowd], 'mansel')).toMatchObject([
        { kind: 'approval', group: 'Backend', count: 1 },
      ])
    }),
    { numRuns: 300 },
  )
})

it('a room says nothing of who may approve', () => {
  const policy = policyOf(bundleOf(company))
  const groups = ['ops', 'everyone', 'backend'].map((room) => {
    const { outcome, ...rest } = policy.decide(question('rebuild', { room }), commandOf(company, 'rebuild'))
    return { outcome, ...rest }
  })
  expect(groups).toEqual([decision, decision, decision])
})
