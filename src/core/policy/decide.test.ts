import { expect, test } from 'vitest'
import type { Company } from '#core/bundle/company.ts'
import type { Tier } from '#core/tier.ts'
import { policyOf } from './decide.ts'
import type { Question } from './decision.ts'
import { bundleOf, commandOf, commands, companyWith, listed, question } from './small-company.fixture.ts'
import { toldPolicyOf } from './told.ts'

const everything = 'permit (principal, action, resource);'

const deciding = (policies: string, change: Partial<Company> = {}) => {
  const company = companyWith(policies, change)
  const policy = policyOf(bundleOf(company))
  return (command: string, changed: Partial<Question> = {}) =>
    policy.decide(question(command, changed), commandOf(company, command))
}

test('each tier owes what the table says, with every permit given', () => {
  const decide = deciding(everything)
  const because = ['company.cedar#1']
  expect(decide('mustache-me')).toEqual({ outcome: 'allow', because })
  expect(decide('push')).toEqual({ outcome: 'allow', because })
  expect(decide('upgrade')).toEqual({
    outcome: 'owes',
    because,
    owes: [{ kind: 'second-factor', key: 'software', because: 'tier sensitive' }],
  })
  expect(decide('rebuild')).toEqual({
    outcome: 'owes',
    because,
    owes: [
      { kind: 'second-factor', key: 'software', because: 'tier dangerous' },
      { kind: 'approval', group: 'Backend', count: 1, key: 'software', because: 'tier dangerous' },
    ],
  })
  expect(decide('acl add')).toEqual({
    outcome: 'owes',
    because,
    owes: [
      { kind: 'signature', key: 'verified', because: 'tier critical' },
      { kind: 'approval', group: 'Backend', count: 1, key: 'verified', because: 'tier critical' },
    ],
  })
})

test('only open commands run without a permit, and a forbid stops those too', () => {
  const decide = deciding(
    'forbid (principal, action == Action::"mustache-me", resource) when { context.room == "ops" };',
  )
  expect(decide('mustache-me', { room: 'everyone' })).toEqual({ outcome: 'allow', because: ['tier open'] })
  expect(decide('mustache-me')).toMatchObject({ outcome: 'deny', because: ['company.cedar#1'] })
  expect(decide('push')).toMatchObject({ outcome: 'deny', because: [] })
})

test('what several rules owe of one kind and group is owed once, at its strictest', () => {
  const decide = deciding(`
    ${everything}
    @owes("approval resource.owner 2")
    forbid (principal, action == Action::"rebuild", resource);
    @owes("approval Backend hardware")
    forbid (principal, action == Action::"rebuild", resource);
    @owes("approval DBA")
    forbid (principal, action == Action::"rebuild", resource);
    @owes("signature verified")
    forbid (principal, action == Action::"rebuild", resource);`)
  expect(decide('rebuild')).toMatchObject({
    outcome: 'owes',
    owes: [
      { kind: 'signature', key: 'verified', because: 'tier dangerous, company.cedar#5' },
      { kind: 'approval', group: 'Backend', count: 2, key: 'hardware' },
      { kind: 'approval', group: 'DBA', count: 1, key: 'software', because: 'company.cedar#4' },
    ],
  })
})

test('a target without an owner can be approved by nobody', () => {
  const decide = deciding(everything)
  const resource = { type: 'Server', id: 'svr-1827', facts: {} }
  const why = 'svr-1827 has no owner: ask an administrator.'
  const noOwner = { outcome: 'deny', why, say: why, because: ['tier dangerous'] }
  expect(decide('rebuild', { resource })).toEqual(noOwner)
  expect(decide('rebuild', { resource: { ...resource, owner: 'unlisted' } })).toEqual(noOwner)
  expect(decide('upgrade', { resource }).outcome).toBe('owes')
})

test('a reason is owed until it stands in the arguments', () => {
  const decide = deciding(`${everything} @owes("reason") forbid (principal, action == Action::"push", resource);`)
  expect(decide('push')).toMatchObject({ outcome: 'owes', owes: [{ kind: 'reason' }] })
  expect(decide('push', { args: { reason: ' ' } }).outcome).toBe('owes')
  expect(decide('push', { args: { reason: 'disk full' } }).outcome).toBe('allow')
})

test('below dangerous an approval may be attested, unless a class is named', () => {
  const decide = deciding(`${everything}
    @owes("approval Ops") forbid (principal, action == Action::"push", resource);
    @owes("approval DBA verified") forbid (principal, action == Action::"push", resource);`)
  expect(decide('push')).toMatchObject({
    owes: [
      { group: 'Ops', key: 'attested' },
      { group: 'DBA', key: 'verified' },
    ],
  })
})

test('the bundle can raise a key class and shorten nothing of what is owed', () => {
  const tiers = new Map<Tier, { key: 'hardware' }>([['dangerous', { key: 'hardware' }]])
  const decide = deciding(everything, { limits: { tiers } })
  expect(decide('rebuild')).toMatchObject({ owes: [{ key: 'hardware' }, { key: 'hardware' }] })
})

test('a bundle may raise a tier over its manifest, and a manifest over its bundle', () => {
  const company = companyWith(everything)
  const policy = policyOf(bundleOf(company))
  const push = commandOf(company, 'push')
  expect(policy.decide(question('push'), { ...push, tier: 'sensitive' }).outcome).toBe('owes')
  const manifest = { ...push.manifest, tier: 'dangerous' as const }
  expect(policy.decide(question('push'), { ...push, manifest })).toMatchObject({ owes: [{}, { kind: 'approval' }] })
})

test('an error in any policy that could match denies, permits or not', () => {
  const decide = deciding(
    `${everything}
    forbid (principal, action == Action::"ship", resource) when { context.args.environment == "prod" };`,
    { commands: [...commands, listed('ship', 'member', 'ship [<environment:word>]')] },
  )
  expect(decide('ship', { args: { environment: 'dev' } }).outcome).toBe('allow')
  expect(decide('ship', { args: { environment: 'prod' } }).outcome).toBe('deny')
  expect(decide('ship')).toMatchObject({ outcome: 'deny', why: expect.stringContaining('company.cedar#2') })
  expect(decide('upgrade').outcome).toBe('owes')
})

test('from sensitive up, where something is said permits nothing', () => {
  const byRoom = 'permit (principal, action, resource) when { context.room == "ops" };'
  const decide = deciding(byRoom)
  expect(decide('push').outcome).toBe('allow')
  expect(decide('upgrade').outcome).toBe('deny')
  const forbids = deciding(`${everything} forbid (principal, action, resource) when { context.room == "ops" };`)
  expect(forbids('upgrade').outcome).toBe('deny')
  expect(forbids('upgrade', { room: 'everyone' }).outcome).toBe('owes')
})

test('policies see groups, arguments, facts, the id and the owner as a group', () => {
  const decide = deciding(
    `
    permit (principal in Group::"Ops", action == Action::"scale", resource is Server)
    when { principal in [Group::"Ops"] && context.args.force == false && resource.facts.role == "web" &&
      resource.id like "svr-*" && resource has owner && resource.owner == Group::"Backend" && context.args.n < 3 };`,
    { commands: [...commands, listed('scale', 'member', 'scale [-force] <n:int> [<ratio:number>]')] },
  )
  const args = { force: false, n: 2 }
  const resource = { type: 'Server', id: 'svr-1827', owner: 'backend', facts: { role: 'web' } }
  expect(decide('scale', { args, resource }).outcome).toBe('allow')
  expect(decide('scale', { args, resource, requester: 'fiona' }).outcome).toBe('deny')
  expect(decide('scale', { args: { ...args, force: true }, resource }).outcome).toBe('deny')
  expect(decide('scale', { args, resource: { ...resource, facts: { role: 'db' } } }).outcome).toBe('deny')
  expect(decide('scale', { args, resource: { ...resource, id: 'x' } }).outcome).toBe('deny')
  expect(decide('scale', { args, resource: { ...resource, owner: 'dba' } }).outcome).toBe('deny')
  expect(decide('scale', { args, resource: { ...resource, type: 'Customer' } }).outcome).toBe('deny')
  expect(decide('scale', { args: { ...args, n: 3 }, resource }).outcome).toBe('deny')
})

test('answers are kept by what policies look at, and counted', () => {
  const company = companyWith('permit (principal in Group::"Ops", action == Action::"push", resource);')
  const policy = policyOf(bundleOf(company))
  const push = commandOf(company, 'push')
  for (const requester of ['mansel', 'irishwarhammer']) {
    for (const id of ['a', 'b']) {
      const asked = question('push', { requester, args: { n: id }, resource: { type: 'Server', id, facts: { id } } })
      expect(policy.decide(asked, push).outcome).toBe('allow')
    }
  }
  expect(policy.counts).toMatchObject({ asked: 4, missed: 1 })
  expect(policy.decide(question('push', { requester: 'fiona' }), push).outcome).toBe('deny')
  expect(policy.counts.missed).toBe(2)
})

test('a command may ever be said by whom some permit names', () => {
  const company = companyWith(`
    permit (principal in Group::"Ops", action in [Action::"push", Action::"rebuild"], resource) when { false };
    permit (principal == Person::"fiona", action == Action::"upgrade", resource);
    permit (principal is Person in Group::"DBA", action == Action::"db migrate", resource);
    permit (principal in Group::"Finance", action == Action::"acl add", resource) when { context.room == "ops" };
    forbid (principal, action == Action::"push", resource);`)
  const { mayEver } = toldPolicyOf(bundleOf(company))
  expect([...mayEver('mansel')].sort()).toEqual(['mustache-me', 'push', 'rebuild'])
  expect([...mayEver('fiona')].sort()).toEqual(['mustache-me', 'upgrade'])
  expect([...mayEver('dora')].sort()).toEqual(['db migrate', 'mustache-me'])
  expect([...mayEver(undefined)]).toEqual(['mustache-me'])
  expect([...mayEver('stranger')]).toEqual(['mustache-me'])
})

test('where a conversation is no room, a policy that reads the room denies, unless it asks first', () => {
  const { room: _room, ...roomless } = question('push')
  const of = (condition: string) => {
    const company = companyWith(`${everything} forbid (principal, action == Action::"push", resource) ${condition};`)
    return policyOf(bundleOf(company)).decide(roomless, commandOf(company, 'push'))
  }
  expect(of('when { false }').outcome).toBe('allow')
  expect(of('when { context.room == "everyone" }')).toMatchObject({
    outcome: 'deny',
    why: expect.stringContaining('company.cedar#2'),
  })
  expect(of('when { context has room && context.room == "everyone" }').outcome).toBe('allow')
  expect(of('unless { context has room && context.room == "everyone" }').outcome).toBe('deny')
  expect(of('unless { context has room }').outcome).toBe('deny')
})

test('a label that stands for no group is not taken for no owner, where policies ask', () => {
  const resource = { type: 'Server', id: 'svr-1827', owner: 'unlisted', facts: {} }
  const { owner: _owner, ...ownerless } = resource
  for (const condition of [
    'when { resource has owner && resource.owner == Group::"DBA" }',
    'unless { !(resource has owner) || principal in resource.owner }',
    'when { resource has owner && [Group::"DBA"].contains(resource.owner) }',
    'when { resource has owner && principal in [Group::"Sales", resource.owner] }',
  ]) {
    const decide = deciding(`${everything} forbid (principal, action == Action::"push", resource) ${condition};`)
    expect(decide('push', { resource: ownerless }).outcome).toBe('allow')
    expect(decide('push', { resource })).toMatchObject({
      outcome: 'deny',
      say: expect.stringMatching(/^svr-1827 belongs to "unlisted", .* Ask an administrator\.$/),
    })
  }
  expect(deciding(everything)('push', { resource }).outcome).toBe('allow')
})
