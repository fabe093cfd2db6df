import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Requirement } from '#core/policy/decision.ts'
import { strengths } from '#core/policy/key-class.ts'
import { type Given, missing, stillOwed } from './missing.ts'

const because = 'tier dangerous'
const approval = (group: string, count: number, key: Given['strength'] = 'software'): Requirement => ({
  kind: 'approval',
  group,
  count,
  key,
  because,
})
const says = (person: string, group: string, strength: Given['strength'] = 'software'): Given => ({
  as: 'approver',
  person,
  group,
  strength,
})
const asks = (person: string, strength: Given['strength']): Given => ({ as: 'requester', person, strength })

test('takes away what was given, and only that', () => {
  const owes = [approval('Backend', 2), approval('DBA', 1)]
  expect(missing(owes, [], 'mansel')).toEqual(owes)
  expect(missing(owes, [says('bianca', 'Backend')], 'mansel')).toEqual([approval('Backend', 1), approval('DBA', 1)])
  expect(missing(owes, [says('bianca', 'Backend'), says('dora', 'Backend'), says('dean', 'DBA')], 'mansel')).toEqual([])
})

test('counts each person once, for the group they spoke for first', () => {
  const owes = [approval('Backend', 2), approval('DBA', 1)]
  const twice = [says('dora', 'Backend'), says('dora', 'Backend', 'verified'), says('dora', 'DBA')]
  expect(missing(owes, twice, 'mansel')).toEqual([approval('Backend', 1), approval('DBA', 1)])
})

test('never takes the requester for an approver, nor an approver for the requester', () => {
  expect(missing([approval('Backend', 1)], [says('dora', 'Backend')], 'dora')).toHaveLength(1)
  const signature: Requirement = { kind: 'signature', key: 'software', because }
  expect(missing([signature], [says('dora', 'Backend', 'hardware')], 'mansel')).toEqual([signature])
  expect(missing([signature], [asks('dora', 'hardware')], 'mansel')).toEqual([signature])
  expect(missing([signature], [asks('dora', 'hardware')], undefined)).toEqual([signature])
})

test('a weaker yes is no yes; a service may give a second factor and never a signature', () => {
  const signature: Requirement = { kind: 'signature', key: 'verified', because }
  const factor: Requirement = { kind: 'second-factor', key: 'software', because }
  expect(missing([signature, factor], [asks('mansel', 'attested')], 'mansel')).toEqual([signature])
  expect(missing([signature, factor], [asks('mansel', 'software')], 'mansel')).toEqual([signature])
  expect(missing([signature, factor], [asks('mansel', 'hardware')], 'mansel')).toEqual([])
  expect(missing([approval('Ops', 1)], [says('dora', 'Ops', 'attested')], 'mansel')).toHaveLength(1)
  expect(missing([approval('Ops', 1, 'attested')], [says('dora', 'Ops', 'attested')], 'mansel')).toEqual([])
})

test('what is allowed owes nothing', () => {
  expect(stillOwed({ outcome: 'allow', because: [] }, [], 'mansel')).toEqual([])
  const owes = [approval('Backend', 2)]
  const decision = { outcome: 'owes', owes, because: [] } as const
  expect(stillOwed(decision, [says('bianca', 'Backend')], 'mansel')).toEqual([approval('Backend', 1)])
})

test('a reason is no consent', () => {
  expect(missing([{ kind: 'reason', because }], [asks('mansel', 'hardware')], 'mansel')).toHaveLength(1)
})

const person = fc.constantFrom('mansel', 'bianca', 'dora', 'dean')
const group = fc.constantFrom('Backend', 'DBA', 'Ops')
const strength = fc.constantFrom(...strengths)
const given: fc.Arbitrary<Given> = fc.oneof(
  fc.record({ as: fc.constant('approver' as const), person, group, strength }),
  fc.record({ as: fc.constant('requester' as const), person, strength }),
)
const owed: fc.Arbitrary<Requirement> = fc.oneof(
  fc.record({
    kind: fc.constant('approval' as const),
    group,
    count: fc.integer({ min: 1, max: 3 }),
    key: strength,
    because: fc.constant(because),
  }),
  fc.record({
    kind: fc.constantFrom('signature' as const, 'second-factor' as const),
    key: fc.constantFrom('software' as const, 'verified' as const, 'hardware' as const),
    because: fc.constant(because),
  }),
)
const owesList = fc.uniqueArray(owed, {
  maxLength: 5,
  selector: (one) => (one.kind === 'approval' ? one.group : one.kind),
})
const size = (owes: readonly Requirement[]): number =>
  owes.reduce((sum, one) => sum + (one.kind === 'approval' ? one.count : 1), 0)
const place = (one: Requirement): string => (one.kind === 'approval' ? one.group : one.kind)

test('one more consent never makes more missing', () => {
  fc.assert(
    fc.property(owesList, fc.array(given, { maxLength: 8 }), given, (owes, before, more) => {
      const less = missing(owes, [...before, more], 'mansel')
      const was = missing(owes, before, 'mansel')
      expect(size(less)).toBeLessThanOrEqual(size(was))
      expect(was.map(place)).toEqual(expect.arrayContaining(less.map(place)))
    }),
    { numRuns: 500 },
  )
})

test('nothing is missing only where enough different people said yes', () => {
  fc.assert(
    fc.property(owesList, fc.array(given, { maxLength: 12 }), (owes, consents) => {
      fc.pre(missing(owes, consents, 'mansel').length === 0)
      const needed = owes.reduce((sum, one) => sum + (one.kind === 'approval' ? one.count : 0), 0)
      const approvers = consents.filter(({ as, person: who }) => as === 'approver' && who !== 'mansel')
      expect(new Set(approvers.map(({ person: who }) => who)).size).toBeGreaterThanOrEqual(needed)
    }),
    { numRuns: 300, maxSkipsPerRun: 10_000 },
  )
})
