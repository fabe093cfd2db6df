import { expect, test } from 'vitest'
import type { Company } from '#core/bundle/company.ts'
import { lint } from './lint.ts'
import { commands, companyWith, listed } from './small-company.fixture.ts'

const said = (policies: string, change: Partial<Company> = {}) =>
  lint(companyWith(policies, change)).map(({ policy, say, weight }) => `${policy} ${weight}: ${say}`)

test('good policies are left alone', () => {
  expect(
    said(`
      permit (principal in Group::"Support", action == Action::"upgrade", resource)
      when { context.args.plan != "Enterprise" || (resource.facts has seats && resource.facts.seats < 100) };
      permit (principal, action in [Action::"push", Action::"mustache-me"], resource) when { context.room == "ops" };
      permit (principal in Group::"DBA", action == Action::"db migrate", resource) when { context.args.dryRun };
      @owes("approval resource.owner 2 verified")
      forbid (principal, action == Action::"rebuild", resource is Server)
      when { resource.facts has critical && resource.facts.critical };
      @owes("reason")
      forbid (principal, action == Action::"acl add", resource);
      forbid (principal, action, resource) when { context has args.plan && context.args.plan == "Free" };
      forbid (principal == Person::"-", action == Action::"mustache-me", resource);`),
  ).toEqual([])
})

test.each([
  ['@id("x") permit (principal, action, resource);', /@id means nothing here/],
  ['@owes("signature") permit (principal, action, resource);', /stands on a permit: write "forbid"/],
  ['@owes forbid (principal, action, resource);', /@owes\(""\) is none of the forms/],
  ['@owes("approval Nobody") forbid (principal, action == Action::"push", resource);', /Group::"Nobody"/],
  ['@owes("reason") forbid (principal, action == Action::"push", resource);', /"push" takes none/],
  ['permit (principal in Group::"Nobody", action == Action::"push", resource);', /Group::"Nobody"/],
  ['permit (principal == Person::"eve", action == Action::"push", resource);', /Person::"eve"/],
  ['permit (principal, action == Action::"push", resource) when { principal in Group::"Nope" };', /Group::"Nope"/],
  ['permit (principal, action in [Action::"push", Action::"pull"], resource);', /Action::"pull"/],
  ['permit (principal, action == Action::"pull", resource);', /names no command/],
  ['permit (principal, action == Action::"push", resource) when { false };', /can never hold/],
  ['permit (principal == Group::"Ops", action == Action::"push", resource);', /can never hold/],
  ['permit (principal, action, resource) when { context.args has plam };', /can never hold/],
  ['permit (principal, action == Action::"upgrade", resource) when { context.args.plam == "Pro" };', /plam/],
  ['permit (principal, action == Action::"upgrade", resource) when { context.args.plan == 3 };', /not compatible/],
  ['permit (principal, action, resource) when { context.args.plan == "Pro" };', /For "push"/],
  ['permit (principal, action == Action::"upgrade", resource) when { context.room == "ops" };', /by room or platform/],
  ['permit (principal, action, resource) unless { context.platform == "irc" };', /permits "upgrade" by room/],
  ['permit (principal, action == Action::"push", resource) when { resource.facts.branch == "main" };', /presence/],
  ['permit (principal, action == Action::"push", resource) when { resource.owner == Group::"Ops" };', /presence/],
])('%s', (policy, complaint) => {
  const complaints = said(policy)
  expect(complaints.join('\n')).toMatch(complaint)
  expect(complaints.every((one) => one.startsWith('company.cedar#1 refused: '))).toBe(true)
})

test('an argument of many values is slow, not refused', () => {
  expect(
    said(`permit (principal, action == Action::"rebuild", resource) when { context.args.server like "svr-*" };
      permit (principal, action == Action::"upgrade", resource) when { context.args.plan == "Pro" };`),
  ).toEqual([expect.stringMatching(/^company.cedar#1 slow: It reads <server> of "rebuild"/)])
})

test('what one command’s target is not, another’s may be', () => {
  const all = [...commands, listed('scale', 'member', 'scale <by:int>')]
  expect(
    said('permit (principal, action in [Action::"scale", Action::"push"], resource) when { context.args has by };', {
      commands: all,
    }),
  ).toEqual([expect.stringContaining('slow')])
})

test('a room is taken for given, unless policies ask whether there is one', () => {
  const guard = (condition: string) => `forbid (principal, action == Action::"push", resource) ${condition};`
  expect(said(guard('when { context.room == "everyone" }'))).toEqual([])
  expect(said(guard('when { context has room && context.room == "everyone" }'))).toEqual([])
  expect(said(guard('unless { context has room }'))).toEqual([])
  expect(said(`${guard('unless { context has room }')} ${guard('when { context.room == "everyone" }')}`)).toEqual([
    expect.stringMatching(/^company.cedar#2 refused: For "push": .*room/),
  ])
  expect(
    said(`forbid (principal, action == Action::"upgrade", resource) when { context.room == "everyone" };
      forbid (principal, action == Action::"upgrade", resource) unless { context has room && context.room == "ops" };`),
  ).toEqual([])
})

test('a name that does not exist is told once, with the one that is probably meant', () => {
  expect(
    said(`forbid (principal in Group::"Opps", action == Action::"rebuild", resource)
      when { principal in Group::"Opps" || context.args.role == "x" || context.room == "a\u{1b}[31m" };`),
  ).toEqual([
    'company.cedar#1 refused: It names Group::"Opps", which does not exist: did you mean Group::"Ops"?',
    'company.cedar#1 refused: It names the room "a\ufffd[31m", which does not exist: correct the name, or add it.',
    expect.stringMatching(/^company.cedar#1 slow: /),
  ])
})

test('names may stand in patterns and sets, and types in comparisons with the target', () => {
  expect(
    said(`
      forbid (principal, action, resource) when { context.room like "e*y*" || ["ops", "everyone"].contains(context.room) };
      forbid (principal, action == Action::"rebuild", resource) when { [Server::"a", Server::"b"].contains(resource) };
      forbid (principal, action == Action::"rebuild", resource) when { resource is Server && resource != Server::"a" };
      forbid (principal, action == Action::"rebuild", resource) when { resource has owner && principal in [Group::"Ops", resource.owner] };
      forbid (principal, action == Action::"mustache-me", resource) when { resource == System::"tools" };
      forbid (principal, action, resource) when { principal == Person::"-" && context.room like "*" };`),
  ).toEqual([])
  expect(said('forbid (principal, action, resource) when { context.room like "ops-*" };')).toEqual([
    'company.cedar#1 refused: It names the room "ops-*", which does not exist: correct the name, or add it.',
  ])
})
