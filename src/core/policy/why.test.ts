import { expect, test } from 'vitest'
import { policyOf } from './decide.ts'
import type { Question } from './decision.ts'
import { bundleOf, commandOf, companyWith, question } from './small-company.fixture.ts'
import { explain, explanationLines } from './why.ts'

const company = companyWith(`
  permit (principal in Group::"Ops", action == Action::"rebuild", resource);
  @owes("approval DBA 3") forbid (principal, action == Action::"rebuild", resource);
  permit (principal == Person::"steve", action == Action::"upgrade", resource) when { context.args.plan == "Pro" };
  permit (principal, action == Action::"push", resource);`)
const policy = policyOf(bundleOf(company))

const why = (command: string, change: Partial<Question> = {}) =>
  explanationLines(company, explain(company, policy, question(command, change), commandOf(company, command)))

test('what is owed, by which rule, and who could give it', () => {
  expect(why('rebuild')).toEqual([
    'It runs once what is owed is given. (company.cedar#1)',
    '"rebuild" is dangerous.',
    'Who asks is in Ops.',
    'Backend answers for the target.',
    'Owed: the consent of who asks, by second factor or software key (tier dangerous): mansel.',
    'Owed: 1 of Backend, by a software key or better (tier dangerous): bianca, dean, dora.',
    'Owed: 3 of DBA, by a software key or better (company.cedar#2): only dean, dora could give it: ask an administrator.',
    'Permits: Ops (company.cedar#1).',
  ])
})

test('a refusal says who is permitted', () => {
  expect(why('upgrade', { requester: 'fiona', args: { plan: 'Pro' } })).toEqual([
    'It is refused: No policy permits fiona to say "upgrade".',
    '"upgrade" is sensitive.',
    'Who asks is in Finance.',
    'Backend answers for the target.',
    'Permits: steve (company.cedar#3).',
  ])
  expect(why('db migrate').at(-1)).toBe('No policy permits it to anybody: ask an administrator.')
})

test('what runs, runs', () => {
  expect(why('push', { resource: { type: 'System', id: 'tools', facts: {} } })).toEqual([
    'It runs. (company.cedar#4)',
    '"push" is member.',
    'Who asks is in Ops.',
    'Permits: everybody (company.cedar#4).',
  ])
})
