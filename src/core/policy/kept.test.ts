import fc from 'fast-check'
import { expect, test } from 'vitest'
import { policyOf } from './decide.ts'
import type { Question } from './decision.ts'
import { keep } from './kept.ts'
import { bundleOf, companyWith, listed, question } from './small-company.fixture.ts'

test('keeps so many answers, the least asked for going first', () => {
  const kept = keep<string>(2)
  const made: string[] = []
  const ask = (key: string) =>
    kept.get(key, () => {
      made.push(key)
      return key.toUpperCase()
    })
  expect(['a', 'b', 'a', 'c', 'a', 'b'].map(ask)).toEqual(['A', 'B', 'A', 'C', 'A', 'B'])
  expect(made).toEqual(['a', 'b', 'c', 'b'])
  expect([kept.asked, kept.missed]).toEqual([6, 4])
})

test('what throws is not kept', () => {
  const kept = keep<number>(2)
  expect(() =>
    kept.get('a', () => {
      throw new Error('now')
    }),
  ).toThrow('now')
  expect(kept.get('a', () => 1)).toBe(1)
})

const conditions = [
  'context.args.role == "web"',
  'context has args.role && context.args.role like "w*"',
  'context.args has force && context.args.force',
  'context.room == "ops"',
  'context has room && context.room == "ops"',
  'context.args has amount && context.args.amount > 1',
  'context["platform"] == "native"',
  'context == {room: "ops", platform: "native", args: {role: "web"}}',
  'context.args == {role: "web"}',
  'context.args.tags.contains("a")',
  'resource.facts.role == "web"',
  'resource has facts.role && resource.facts.role == "web"',
  'resource.facts == {role: "db"}',
  'resource.id == "a"',
  'resource == Server::"a"',
  'resource in Server::"a"',
  'resource in [Server::"a", Server::"b"]',
  'resource is Server',
  'resource is Server in Server::"b"',
  'resource has owner && resource.owner == Group::"Backend"',
  'resource has owner && principal in resource.owner',
  'principal in Group::"Ops"',
  'principal in [Group::"Ops", Person::"steve"]',
  'principal == Person::"mansel"',
  '(if context.room == "ops" then principal else Person::"steve") == Person::"steve"',
  '{a: context.args}.a has role',
  '{Var: context.room}.Var == "ops"',
  '[context.room, "x"].contains("ops")',
  'action == Action::"push"',
]
const principals = [
  'principal',
  'principal == Person::"mansel"',
  'principal in Group::"Ops"',
  'principal in Person::"steve"',
  'principal is Person in Person::"steve"',
]
const resources = [
  'resource',
  'resource == Server::"a"',
  'resource in Server::"a"',
  'resource is Server',
  'resource is Server in Server::"b"',
]
const effects = ['permit', 'forbid', '@owes("signature") forbid', '@owes("approval resource.owner") forbid']

const rule = fc
  .tuple(
    fc.constantFrom(...effects),
    fc.constantFrom(...principals),
    fc.constantFrom(...resources),
    fc.constantFrom(...conditions),
  )
  .map(
    ([effect, principal, resource, condition]) =>
      `${effect} (${principal}, action, ${resource}) when { ${condition} };`,
  )

const asked: fc.Arbitrary<Question> = fc
  .record({
    requester: fc.constantFrom('mansel', 'irishwarhammer', 'steve'),
    room: fc.constantFrom('ops', 'everyone'),
    platform: fc.constantFrom('native', 'irc'),
    args: fc.record(
      {
        role: fc.constantFrom('web', 'db'),
        force: fc.boolean(),
        tags: fc.constantFrom(['a'], ['b']),
        amount: fc.constantFrom(1, 2, 1.5, 2.5),
      },
      { requiredKeys: ['role'] },
    ),
    resource: fc.record(
      {
        type: fc.constantFrom('Server', 'Customer'),
        id: fc.constantFrom('a', 'b'),
        owner: fc.constantFrom('backend', 'dba', 'unlisted'),
        facts: fc.record({ role: fc.constantFrom('web', 'db', 1.5, 2.5) }, { requiredKeys: [] }),
      },
      { requiredKeys: ['type', 'id', 'facts'] },
    ),
  })
  .map((change) => question('push', change))
  .chain((one) => {
    const { room: _room, ...roomless } = one
    return fc.constantFrom(one, roomless)
  })

/** With the arguments that the conditions read, so that none of them names what does not exist. */
const push = listed('push', 'member', 'push role=<role:word> [-force] [<amount:number>] [<tags:word+>]')

test('a kept answer is the answer that policies would give anew', () => {
  fc.assert(
    fc.property(
      fc.array(rule, { minLength: 1, maxLength: 4 }),
      fc.array(asked, { minLength: 2, maxLength: 12 }),
      (rules, questions) => {
        const company = companyWith(`permit (principal, action, resource);\n${rules.join('\n')}`, { commands: [push] })
        const keeping = policyOf(bundleOf(company))
        expect(keeping.faulty).toEqual([])
        for (const one of questions) {
          expect(keeping.decide(one, push)).toEqual(policyOf(bundleOf(company)).decide(one, push))
        }
      },
    ),
    { numRuns: 150 },
  )
})
