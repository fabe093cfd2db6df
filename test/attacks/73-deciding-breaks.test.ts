import { describe, expect, it } from 'vitest'
import { policyOf } from '#core/policy/decide.ts'
import { bundleOf, commandOf, companyWith, listed, question } from '#core/policy/small-company.fixture.ts'
import { toldPolicyOf } from '#core/policy/told.ts'

// DEFENCE src/core/policy/decide.ts
// - return deny(`This could not be decided: ${error instanceof Error ? error.message : String(error)}`)
// + return { outcome: 'allow', because: [String(error)] }

const permit = 'permit (principal, action, resource);'
const good = companyWith(permit)
const push = commandOf(good, 'push')
const rubbish = (value: unknown): never => value as never
const fail = () => {
  throw new Error('no')
}
/** Whoever looks at it, or into it, is thrown at. */
const trap = new Proxy({}, { get: fail, has: fail, ownKeys: fail, getOwnPropertyDescriptor: fail })

it('the question as it should be is allowed', () => {
  expect(policyOf(bundleOf(good)).decide(question('push'), push).outcome).toBe('allow')
})

describe('a policy that breaks', () => {
  it.each([
    ['reads an argument that is not there', 'forbid (principal, action, resource) when { context.args.nope == "x" };'],
    ['reads a fact that is not there', 'forbid (principal, action, resource) when { resource.facts.nope == "x" };'],
    ['compares what cannot be compared', 'forbid (principal, action, resource) when { context.room < 3 };'],
    ['adds beyond all numbers', 'forbid (principal, action, resource) when { 9223372036854775807 + 1 == 0 };'],
    ['breaks while it owes', '@owes("signature") forbid (principal, action, resource) when { context.nope };'],
    ['breaks while it permits', 'permit (principal, action, resource) when { context.nope };'],
  ])('%s: denied, though another policy permits', (_, policy) => {
    const breaking = companyWith(`${permit}\n${policy}`)
    const decision = policyOf(bundleOf(breaking)).decide(question('push'), push)
    expect(decision).toMatchObject({ outcome: 'deny', why: expect.stringContaining('company.cedar#2') })
  })

  it.each([
    ['does not parse', 'forbid (principal, action'],
    ['is two', `${permit} ${permit}`],
    ['is nothing', ''],
    ['owes on a permit', '@owes("signature") permit (principal, action, resource);'],
    ['owes what there is not', '@owes("nothing") forbid (principal, action, resource);'],
    ['owes without saying what', '@owes forbid (principal, action, resource);'],
    ['says something else', '@advice("x") forbid (principal, action == Action::"upgrade", resource);'],
    ['is nested past all reading', `forbid (principal, action, resource) when { ${'!'.repeat(100_000)}true };`],
    ['is nested past all reading in brackets', `forbid (principal, action, resource) when { ${'('.repeat(50_000)} };`],
  ])('%s: everything is denied, to everybody', (_, policy) => {
    const policies = new Map([...good.policies, ['company.cedar#2', policy]])
    const broken = toldPolicyOf(bundleOf({ ...good, policies }))
    for (const { manifest } of good.commands) {
      expect(broken.decide(question(manifest.command), commandOf(good, manifest.command)).outcome).toBe('deny')
    }
    expect(broken.mayEver('mansel').size).toBe(0)
    expect(policyOf(bundleOf(good)).decide(question('push'), push).outcome).toBe('allow')
  })
})

describe('a question that is none', () => {
  const asked = question('push')
  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['a text', 'push'],
    ['one that throws', trap],
    ['no resource', { ...asked, resource: undefined }],
    ['a resource that throws', { ...asked, resource: trap }],
    ['arguments that throw', { ...asked, args: trap }],
    ['no arguments', { ...asked, args: null }],
    ['an argument that is an object', { ...asked, args: { a: { __entity: { type: 'Group', id: 'Ops' } } } }],
    ['an argument that is null', { ...asked, args: { a: null } }],
    ['an argument that is no number', { ...asked, args: { a: Number.NaN } }],
    ['a fact that is an entity', { ...asked, resource: { ...asked.resource, facts: { a: { __entity: {} } } } }],
    ['a requester who is a list', { ...asked, requester: ['mansel'] }],
    ['a requester who is nobody', { ...asked, requester: '-' }],
    ['an empty requester', { ...asked, requester: '' }],
    ['an owner who is an object', { ...asked, resource: { ...asked.resource, owner: { id: 'backend' } } }],
    ['no room', { ...asked, room: undefined }],
    ['a resource that is a person', { ...asked, resource: { ...asked.resource, type: 'Person', id: 'mansel' } }],
    ['a resource that is a group', { ...asked, resource: { ...asked.resource, type: 'Group', id: 'Ops' } }],
    ['a resource of no type', { ...asked, resource: { ...asked.resource, type: 'not a type' } }],
    ['another command', { ...asked, command: 'rebuild' }],
  ])('%s: denied', (_, wrong) => {
    expect(policyOf(bundleOf(good)).decide(rubbish(wrong), push).outcome).toBe('deny')
  })

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['no manifest', { runner: 'main', tier: 'member' }],
    ['a tier that there is not', { ...push, tier: 'harmless', manifest: { ...push.manifest, tier: 'harmless' } }],
    ['one that throws', trap],
  ])('listed as %s: denied', (_, listed) => {
    expect(policyOf(bundleOf(good)).decide(question('push'), rubbish(listed)).outcome).toBe('deny')
  })
})

it('a company that breaks while it is asked denies', () => {
  for (const part of ['people', 'owners', 'limits', 'groups'] as const) {
    let armed = false
    const breaking = new Proxy(good[part], {
      get: (target, name) => {
        if (armed) throw new Error('gone')
        const value: unknown = Reflect.get(target, name)
        return typeof value === 'function' ? value.bind(target) : value
      },
    })
    const company = { ...good, [part]: breaking }
    const policy = policyOf(bundleOf(company))
    const rebuild = commandOf(good, 'rebuild')
    expect(policy.decide(question('rebuild'), rebuild).outcome).toBe('owes')
    armed = true
    expect(policy.decide(question('rebuild'), rebuild).outcome).toBe('deny')
  }
})

it('no policy makes deciding hang: its work grows with what it reads, and no faster', () => {
  const note = listed('note', 'member', 'note <text:text...>')
  const company = companyWith(
    `${permit}
    forbid (principal, action, resource) when { context.args.text like "*a*a*a*a*a*a*a*a*a*a*b" };`,
    { commands: [note] },
  )
  const policy = policyOf(bundleOf(company))
  expect(policy.decide(question('note', { args: { text: 'a' } }), note).outcome).toBe('allow')
  const timeOf = (length: number): number => {
    const times = Array.from({ length: 7 }, (_, n) => {
      const start = process.hrtime.bigint()
      policy.decide(question('note', { args: { text: `${'a'.repeat(length)}${n}` } }), note)
      return Number(process.hrtime.bigint() - start)
    })
    return Math.min(...times)
  }
  timeOf(1000)
  expect(timeOf(64_000)).toBeLessThan(40 * timeOf(8_000))
})
