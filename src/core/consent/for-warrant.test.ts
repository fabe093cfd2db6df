import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Requirement } from '#core/policy/decision.ts'
import { strengths } from '#core/policy/key-class.ts'
import { signedBy } from '#core/signature/signer.fixture.ts'
import { readConsent } from './check.ts'
import { consentKind } from './consent.ts'
import { forWarrant } from './for-warrant.ts'
import { type Given, missing } from './missing.ts'
import { keys } from './people.fixture.ts'

const counting = (given: Given, n: number) => {
  const { strength: _, ...said } = given
  const value = { v: 2, deployment: 'acme', statement: 'a'.repeat(64), iat: n, ...said } as const
  return { given, envelope: signedBy(consentKind, value, keys.stranger) }
}

test('one of each person stands in a warrant, the strongest, sorted by digest', () => {
  const all = [
    { as: 'requester', person: 'jhand', strength: 'attested' },
    { as: 'requester', person: 'jhand', strength: 'verified' },
    { as: 'approver', person: 'dora', group: 'Backend', strength: 'software' },
    { as: 'approver', person: 'dora', group: 'DBA', strength: 'hardware' },
    { as: 'approver', person: 'bianca', group: 'Backend', strength: 'verified' },
    { as: 'approver', person: 'bianca', group: 'Backend', strength: 'software' },
  ] satisfies Given[]
  const letters = forWarrant(all.map(counting)).map(readConsent)
  expect(letters.map(({ value: { iat } }) => iat).sort()).toEqual([1, 2, 4])
  const digests = letters.map(({ digest }) => digest)
  expect(digests).toEqual([...digests].sort())
})

const person = fc.constantFrom('mansel', 'bianca', 'dora')
const strength = fc.constantFrom(...strengths)
const given: fc.Arbitrary<Given> = fc.oneof(
  fc.record({ as: fc.constant('approver' as const), person, group: fc.constantFrom('Backend', 'DBA'), strength }),
  fc.record({ as: fc.constant('requester' as const), person: fc.constant('jhand'), strength }),
)
const owes: readonly Requirement[] = [
  { kind: 'signature', key: 'verified', because: '' },
  { kind: 'approval', group: 'Backend', count: 2, key: 'verified', because: '' },
  { kind: 'approval', group: 'DBA', count: 1, key: 'software', because: '' },
]

test('what is left out is not missed', () => {
  fc.assert(
    fc.property(fc.array(given, { maxLength: 8 }), (all) => {
      const made = all.map(counting)
      const kept = forWarrant(made).map((envelope) => made.find((one) => one.envelope === envelope)?.given)
      const left = kept.filter((one) => one !== undefined)
      expect(missing(owes, left, 'jhand')).toEqual(missing(owes, all, 'jhand'))
      expect(new Set(left.map((one) => one.person)).size).toBe(left.length)
    }),
    { numRuns: 200 },
  )
})
