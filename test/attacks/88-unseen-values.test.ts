import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ListedCommand } from '#core/command/manifest.ts'
import { check } from '#core/policy/check.ts'
import { policyOf } from '#core/policy/decide.ts'
import type { Question } from '#core/policy/decision.ts'
import { lint } from '#core/policy/lint.ts'
import { bundleOf, commands, companyWith, listed, question } from '#core/policy/small-company.fixture.ts'
import { checkPapers, checkWorld } from '#core/warrant/verify.ts'
import * as f from '#core/warrant/warrant.fixture.ts'
import { CanaryCompany } from './canary-company.fixture.ts'

/** Somebody says an amount that policy cannot hold, so that the rule which guards large amounts does not see it. */

// DEFENCE src/core/policy/decide.ts
// - if (unheld !== undefined) return { unheld }

// DEFENCE src/core/policy/decide.ts
// - if (answer.reads.owner && ownerGroup === undefined && resource.owner !== undefined) {
// + if (answer.reads.owner && ownerGroup === 'unlisted') {

// DEFENCE src/core/policy/held.ts
// - const fact = firstIn(facts, (_, value) => !isHeld(value))
// + const fact = firstIn(facts, (_, value) => value === undefined)

// DEFENCE src/core/policy/held.ts
// - return other && `the fact ${other} of ${id}, which is not of the type that they compare it with`
// + return other === '' ? id : undefined

// DEFENCE src/core/policy/lint.ts
// - ...matching.flatMap((rule) => readsFraction(listed, rule)),

// DEFENCE src/core/policy/question.ts
// - const isText = (value: unknown): value is string => typeof value === 'string' && value !== '' && isHeld(value)
// + const isText = (value: unknown): value is string => typeof value === 'string' && value !== ''

const pay = listed('pay', 'member', 'pay <amount:number> [<currency:EUR|USD>] [<tags:word+>]')
const permit = 'permit (principal, action, resource);'
const companyThat = (...policies: readonly string[]) =>
  companyWith([permit, ...policies].join('\n'), { commands: [...commands, pay] })
const deciding = (...policies: readonly string[]) => {
  const policy = policyOf(bundleOf(companyThat(...policies)))
  return (change: Partial<Question>) => policy.decide(question('pay', change), pay)
}

/** Heads that can match `pay`. */
const heads = [
  'principal, action == Action::"pay", resource',
  'principal, action in [Action::"push", Action::"pay"], resource',
  'principal, action in Action::"pay", resource',
  'principal, action, resource',
]
/** Conditions that would not hold, were the amount absent, and so would forbid nothing. */
const guards = [
  'when { context.args has amount && context.args.amount > 1000 }',
  'when { context has args.amount && context.args.amount > 1000 }',
  'unless { !(context.args has amount) || context.args.amount <= 1000 }',
  'when { (if context.args has amount then context.args.amount else 0) > 1000 }',
  'when { context["args"] has amount }',
  'when { {a: context.args}.a has amount }',
  'when { {a: context}.a.args has amount }',
  'when { [context.args].contains({amount: 2000}) }',
  'when { context.args == {amount: 2000} }',
  'when { context == {room: "ops", platform: "native", args: {amount: 2000}} }',
  'when { context.args has currency && context.args.currency == "USD" }',
]
/** What Cedar cannot hold as it is. */
const unheld: readonly [string, number | string | readonly string[] | readonly number[]][] = [
  ['a fraction', 1000.5],
  ['a fraction that is nearly whole', 1000.0000000001],
  ['a tiny number', 1e-7],
  ['the smallest number', Number.MIN_VALUE],
  ['beyond what is exact', 2 ** 53],
  ['beyond 64 bits', 2 ** 64],
  ['a huge number', 1e300],
  ['a negative fraction', -0.5],
  ['a list with one fraction', [1, 2, 2.5]],
  ['half a character', 'USD\ud800'],
  ['the other half', '\udc00'],
  ['a list with half a character', ['a', '\ud800b']],
]

it('what Cedar can hold is decided by the rule', () => {
  const decide = deciding(`forbid (${heads[0]}) ${guards[0]};`)
  expect(decide({ args: { amount: 1000 } }).outcome).toBe('allow')
  expect(decide({ args: { amount: -0 } }).outcome).toBe('allow')
  expect(decide({ args: { amount: Number.MAX_SAFE_INTEGER } })).toMatchObject({ because: ['company.cedar#2'] })
  expect(decide({ args: {} }).outcome).toBe('allow')
  expect(decide({ args: { tags: [] } }).outcome).toBe('allow')
})

describe.each(unheld)('%s', (_, amount) => {
  it.each(heads.flatMap((head) => guards.map((guard) => [head, guard] as const)))(
    'is denied by forbid (%s) %s',
    (head, guard) => {
      const decision = deciding(`forbid (${head}) ${guard};`)({ args: { amount } })
      expect(decision).toMatchObject({ outcome: 'deny', say: expect.stringContaining('<amount>') })
    },
  )

  it('is denied where it is a fact that policies read', () => {
    const resource = { type: 'Account', id: 'main', facts: { limit: amount as never } }
    for (const guard of [
      'when { resource.facts has limit && resource.facts.limit > 1000 }',
      'when { resource has facts.limit }',
      'when { resource.facts == {limit: 2000} }',
      'when { {r: resource}.r.facts has limit }',
    ]) {
      const decision = deciding(`forbid (principal, action, resource) ${guard};`)({ resource })
      expect(decision).toMatchObject({ outcome: 'deny', say: expect.stringContaining('the fact limit of main') })
    }
  })

  it('changes nothing where no policy reads any argument', () => {
    const guard = 'when { context.room == "everyone" || resource == Server::"other" || principal in Group::"Sales" }'
    expect(deciding(`forbid (principal, action, resource) ${guard};`)({ args: { amount } }).outcome).toBe('allow')
  })

  it('is never answered from what was kept for another value, nor the other way round', () => {
    const decide = deciding(`forbid (principal, action, resource) ${guards[0]};`)
    const outcomes = [1, amount, 1, 2000, amount, {}].map(
      (one) =>
        decide({ args: typeof one === 'object' && !Array.isArray(one) ? {} : { amount: one as number } }).outcome,
    )
    expect(outcomes).toEqual(['allow', 'deny', 'allow', 'deny', 'deny', 'allow'])
  })
})

it.each([
  ['no number', Number.NaN],
  ['beyond all numbers', Number.POSITIVE_INFINITY],
  ['a number of another kind', 5n],
  ['nothing', undefined],
  ['null', null],
  ['a list with a hole', Array(2)],
  ['a list in a list', [[1]]],
  ['a record', { amount: 1 }],
])('%s is denied, whether policies read it or not', (_, amount) => {
  expect(deciding()({ args: { amount: amount as never } }).outcome).toBe('deny')
})

it.each([
  ['the target', { resource: { type: 'Server', id: 'svr\ud800', facts: {} } }],
  ['the owner', { resource: { type: 'Server', id: 'svr', owner: 'backend\ud800', facts: {} } }],
  ['the room', { room: 'ops\ud800' }],
  ['the platform', { platform: 'native\ud800' }],
])('half a character in the name of %s is denied', (_, change) => {
  const why = expect.stringMatching(/missing|no name/)
  expect(deciding()(change)).toMatchObject({ outcome: 'deny', why })
})

it('an owner whom the company does not list is not taken for no owner', () => {
  const decide = deciding(
    'forbid (principal, action, resource) when { resource has owner && resource.owner == Group::"DBA" };',
  )
  const of = (owner: string) => decide({ resource: { type: 'Account', id: 'main', owner, facts: {} } }).outcome
  expect(['backend', 'dba', 'dba ', 'DBA', 'nobody'].map(of)).toEqual(['allow', 'deny', 'deny', 'deny', 'deny'])
})

it.each([
  ['critical', 'when { resource.facts has critical && resource.facts.critical == true }', true, 'true'],
  ['critical', 'when { resource.facts has critical && resource.facts.critical == true }', true, ['true']],
  ['seats', 'when { resource.facts has seats && [1000, 2000].contains(resource.facts.seats) }', 2000, '2000'],
  ['role', 'when { resource.facts has role && resource.facts.role == "1" }', '1', 1],
  ['role', 'unless { !(resource.facts has role) || resource.facts.role != "1" }', '1', true],
])('the fact %s, guarded by %s, is denied as %j and as %j, which is of another type', (fact, guard, right, wrong) => {
  const decide = deciding(`forbid (principal, action, resource) ${guard};`)
  const withFact = (value: unknown) =>
    decide({ resource: { type: 'A', id: 'main', facts: { [fact]: value as never } } })
  expect(withFact(right)).toMatchObject({ outcome: 'deny', because: ['company.cedar#2'] })
  expect(withFact(wrong)).toMatchObject({ outcome: 'deny', say: expect.stringContaining(`the fact ${fact} of main`) })
  const free = deciding(`forbid (principal, action, resource) when { resource.facts has ${fact} && false };`)
  expect(free({ resource: { type: 'A', id: 'main', facts: { [fact]: wrong as never } } }).outcome).toBe('allow')
})

describe('a policy that reads a number', () => {
  const saying = (policy: string) =>
    lint(companyThat(policy)).flatMap(({ policy: id, say, weight }) => (weight === 'refused' ? [`${id}: ${say}`] : []))

  it.each([
    ...guards.slice(0, -1).map((guard) => `forbid (principal, action == Action::"pay", resource) ${guard};`),
    'forbid (principal, action == Action::"pay", resource) when { decimal(context.args.amount).greaterThan(decimal("1000.0")) };',
    'permit (principal, action == Action::"pay", resource) when { context.args.amount < 10 };',
    'permit (principal, action, resource) when { context.args has amount && context.args.amount < 10 };',
    '@owes("approval Finance") forbid (principal, action == Action::"pay", resource) when { context.args.amount > 10 };',
  ])('is refused before anybody signs: %s', (policy) => {
    expect(saying(policy)).toContain(
      'company.cedar#2: It reads <amount> of "pay", which is a number: policy counts in whole numbers and cannot hold a fraction. Declare it as an int instead, an amount of money in cents.',
    )
  })

  it('that reads another argument is told that fractions are refused then', () => {
    const { complaints, notes } = check(companyThat(`forbid (${heads[0]}) ${guards.at(-1)};`))
    expect(complaints).toEqual([])
    expect(notes).toContain(
      '"pay" is refused where <amount> is a fraction: policy reads its arguments, and counts in whole numbers.',
    )
  })
})

describe('at the running system, under a bundle that was signed with other tools', () => {
  let company: CanaryCompany
  beforeAll(async () => {
    company = await CanaryCompany.open({
      policy: [
        'permit (principal in Group::"Devs", action in [Action::"pay", Action::"note"], resource);',
        'forbid (principal, action, resource) when { context.args has amount && context.args.amount > 1000 };',
      ],
    })
  })
  afterAll(() => company.end())

  it('no fraction is paid, and what is whole is', async () => {
    const jhand = await company.dial('jhand')
    for (const amount of ['1000.5', '999999.25', '0.5', '1000.0000000001', '9007199254740992'])
      expect(await jhand.say(`Foobot pay ${amount}`)).toMatchObject({
        state: 'refused',
        text: expect.stringContaining('Ask an administrator'),
      })
    expect((await jhand.say('Foobot pay 2000')).state).toBe('refused')
    expect(company.sung).toEqual([])
    expect((await jhand.say('Foobot pay 1000')).state).toBe('done')
    expect((await jhand.say('Foobot note it')).state).toBe('done')
    expect(company.sung).toEqual(['pay 1000', 'note it'])
  })
})

describe('at the runner, to which the server lies', () => {
  const manifest: ListedCommand = {
    ...(f.company.commands[0] as ListedCommand),
    manifest: { ...(f.company.commands[0] as ListedCommand).manifest, command: 'pay', template: 'pay <amount:number>' },
  }
  const policies = [
    'permit (principal, action, resource);',
    'forbid (principal, action == Action::"pay", resource) when { context.args has amount && context.args.amount > 1000 };',
  ].map((text, n) => [`policy/pay.cedar#${n + 1}`, text] as const)
  const company = { ...f.company, commands: [manifest], policies: new Map(policies) }
  const bundle = { ...f.bundle, company }
  const loaded = { definition: f.definition, manifest: manifest.manifest }
  const facts = { ...f.facts, bundle, policy: policyOf(bundle), loaded: () => loaded }
  const order = (text: string) => f.order({ statement: { command: 'pay', text } })
  const carriedOut = (text: string) => checkWorld(checkPapers(order(text), facts))

  it('an order to pay a fraction is refused', async () => {
    await expect(carriedOut('pay 1000')).resolves.toBeUndefined()
    await expect(carriedOut('pay 2000')).rejects.toMatchObject({ step: 'may' })
    await expect(carriedOut('pay 1000.5')).rejects.toMatchObject({
      step: 'may',
      message: expect.stringContaining('<amount>'),
    })
  })
})
