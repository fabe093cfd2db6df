import fc from 'fast-check'
import { expect, it } from 'vitest'
import { policyOf } from '#core/policy/decide.ts'
import { bundleOf, commandOf, commands, companyWith, listed, question } from '#core/policy/small-company.fixture.ts'
import { toldPolicyOf } from '#core/policy/told.ts'

// DEFENCE src/core/policy/decide.ts
// - const key = keyOf(question, reads, groups, ownerGroup, tier)
// + const key = question.command

const company = companyWith(
  `
  permit (principal in Group::"Ops", action, resource);
  permit (principal in Group::"Backend", action == Action::"push", resource) when { context.args.force == false };
  forbid (principal == Person::"irishwarhammer", action, resource);
  @owes("approval DBA") forbid (principal in Group::"Ops", action == Action::"push", resource) when { context.room == "everyone" };`,
  {
    commands: [
      ...commands.filter(({ manifest }) => manifest.command !== 'push'),
      listed('push', 'member', 'push [-force]'),
    ],
  },
)

const asked = fc
  .record({
    command: fc.constantFrom('mustache-me', 'push', 'upgrade', 'rebuild'),
    requester: fc.constantFrom('mansel', 'irishwarhammer', 'dora', 'fiona', 'stranger', ''),
    room: fc.constantFrom('ops', 'everyone'),
    args: fc.constantFrom<Record<string, boolean | string>>(
      { force: true },
      { force: false },
      { force: 'rubbish' },
      {},
    ),
  })
  .map(({ command, ...change }) => question(command, change))

it('what others were answered, in whatever order, changes nobody’s answer', () => {
  const alone = (one: ReturnType<typeof question>) =>
    policyOf(bundleOf(company)).decide(one, commandOf(company, one.command))
  const shared = policyOf(bundleOf(company))
  fc.assert(
    fc.property(fc.array(asked, { minLength: 1, maxLength: 10 }), (questions) => {
      for (const one of questions) expect(shared.decide(one, commandOf(company, one.command))).toEqual(alone(one))
    }),
    { numRuns: 60 },
  )
})

it('a denial leaves the commands of all others as they were', () => {
  const policy = toldPolicyOf(bundleOf(company))
  const push = commandOf(company, 'push')
  const before = [...policy.mayEver('mansel')]
  expect(policy.decide(question('push', { requester: 'irishwarhammer', args: { force: false } }), push).outcome).toBe(
    'deny',
  )
  expect(policy.decide(question('push', { args: { force: false } }), push).outcome).toBe('allow')
  expect([...policy.mayEver('mansel')]).toEqual(before)
})
