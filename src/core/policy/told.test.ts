import { expect, test } from 'vitest'
import { policyOf } from './decide.ts'
import { bundleOf, commandOf, companyWith, listed, question } from './small-company.fixture.ts'
import { toldPolicyOf } from './told.ts'

const resource = { type: 'Server', id: 'svr-1827', owner: 'unlisted', facts: {} }
const denials: readonly (readonly [string, string, object])[] = [
  ['a rule names nothing', 'forbid (principal in Group::"Dvs", action == Action::"push", resource);', {}],
  [
    'a rule cannot check a value',
    'forbid (principal, action == Action::"push", resource) when { context.args.n > 3 };',
    { args: { n: 0.5 } },
  ],
  [
    'a label stands for no group',
    'forbid (principal, action == Action::"push", resource) when { resource has owner };',
    { resource },
  ],
]

test.each(denials)('where %s, only somebody who may know of the command is told', (_, rule, asked) => {
  const commands = [listed('push', 'member', 'push [<n:number>]')]
  const permit = 'permit (principal in Group::"Ops", action == Action::"push", resource);'
  const company = companyWith(`${permit} ${rule}`, { commands })
  const push = commandOf(company, 'push')
  const [told, plain] = [toldPolicyOf(bundleOf(company)), policyOf(bundleOf(company))]
  const known = question('push', { ...asked, requester: 'mansel' })
  const stranger = question('push', { ...asked, requester: 'fiona' })
  expect(told.decide(known, push)).toEqual(plain.decide(known, push))
  expect(told.decide(known, push)).toMatchObject({ outcome: 'deny', say: expect.stringContaining('dministrator') })
  expect(told.decide(stranger, push)).toMatchObject({ outcome: 'deny', why: expect.any(String) })
  expect(told.decide(stranger, push)).not.toHaveProperty('say')
})
