import fc from 'fast-check'
import { expect, it } from 'vitest'
import { type Given, missing } from '#core/consent/missing.ts'
import { policyOf } from '#core/policy/decide.ts'
import { strengths } from '#core/policy/key-class.ts'
import { bundleOf, commandOf, companyWith, question } from '#core/policy/small-company.fixture.ts'
import { CanaryCompany } from './canary-company.fixture.ts'

// DEFENCE src/core/consent/check.ts
// - { name: 'group', check: group },

// DEFENCE src/core/consent/missing.ts
// - const counting = approvals.filter(({ group, strength }) => group === owed.group && isAsStrong(strength, owed.key))
// + const counting = approvals.filter(({ strength }) => isAsStrong(strength, owed.key))

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

it('whoever is in the room signs an approval: it is refused, said so, and stands in the log', async () => {
  const company = await CanaryCompany.open()
  const jhand = await company.dial('jhand')
  const asked = await jhand.say('Foobot rebuild svr-1827 role=web')
  const bytes = await jhand.fetch(asked.code)
  await jhand.present(await company.yes(bytes, {}))
  for (const person of ['steve', 'eve', 'mansel', 'root']) {
    const someone = await company.dial(person)
    expect(await someone.declined(asked.code)).toBe(`Nothing waits for your yes under "${asked.code}".`)
    for (const group of ['Backend', 'Support', 'Devs']) {
      const yes = await company.yes(bytes, { person, as: 'approver', group })
      const { accepted, say } = await someone.present(yes)
      // Who speaks for a group of their own says yes for nothing that this owes.
      if (!accepted) expect(say).toBe(`${person} is not in ${group}.`)
    }
  }
  expect(jhand.answered(asked.id).state).toBe('pending')
  expect(company.sung).toEqual([])
  const refused = (await company.events()).filter(({ what }) => what === 'consent-refused')
  expect(refused.map(({ why }) => why)).toContain('eve: eve is not in Backend.')
  await company.end()
})
