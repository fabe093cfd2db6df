import { generateKeyPairSync } from 'node:crypto'
import { expect, test } from 'vitest'
import type { Company } from '#core/bundle/company.ts'
import type { Key } from '#core/signature/key.ts'
import { check } from './check.ts'
import { commands, companyWith, groups, listed } from './small-company.fixture.ts'

const checking = (policies: string, change: Partial<Company> = {}) => check(companyWith(policies, change))

const accepted = new Map([
  ['one administrator', 'trying out'],
  ['software keys', 'trying out'],
])

const passkey = (): Key => {
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  return `webauthn ${publicKey.export({ type: 'spki', format: 'der' }).toString('base64')}` as Key
}

const policies = `
  permit (principal in Group::"Support", action == Action::"upgrade", resource) when { context.args.plan == "Pro" };
  permit (principal in Group::"Ops", action == Action::"rebuild", resource);
  @owes("approval DBA") forbid (principal in Group::"Ops", action == Action::"rebuild", resource);
  @owes("signature") forbid (principal, action == Action::"upgrade", resource) when { context.args.plan == "Enterprise" };`

test('says who could run what with whose consent, conditions read as boldly as can be', () => {
  const { possibilities } = checking(policies)
  const rows = possibilities.map(({ command, owner, people, owes }) => {
    const owed = owes.map((one) => (one.kind === 'approval' ? `${one.count} of ${one.group}` : one.kind))
    return `${command}${owner ? ` (${owner})` : ''}: ${people.join(' ')}${owed.length > 0 ? ` with ${owed.join(', ')}` : ''}`
  })
  expect(rows).toEqual([
    `mustache-me: ${[...new Set(Object.values(groups).flat())].join(' ')}`,
    'upgrade (backend): steve with second-factor',
    'upgrade (support): steve with second-factor',
    'upgrade (dba): steve with second-factor',
    'upgrade: steve with second-factor',
    'rebuild (backend): mansel irishwarhammer with second-factor, 1 of Backend, 1 of DBA',
    'rebuild (support): mansel irishwarhammer with second-factor, 1 of Support, 1 of DBA',
    'rebuild (dba): mansel irishwarhammer with second-factor, 1 of DBA',
  ])
})

test('says of each single party what it could run alone', () => {
  const { parties } = checking('permit (principal, action, resource);', {
    root: { administrators: [], threshold: 2 },
    runners: new Map(),
  })
  const rows = parties.map(({ party, upTo, tiers }) => [
    party,
    upTo ?? 'nothing',
    ...tiers.map(({ reached, commands }) => `${reached.length}/${commands}`),
  ])
  expect(rows).toEqual([
    ['one chat account', 'member', '1/1', '1/1', '0/2', '0/1', '0/1'],
    ['the chat platform', 'member', '1/1', '1/1', '0/2', '0/1', '0/1'],
    ['the server', 'member', '1/1', '1/1', '0/2', '0/1', '0/1'],
    ['one administrator', 'nothing', '0/1', '0/1', '0/2', '0/1', '0/1'],
    ['one stolen software key', 'sensitive', '1/1', '1/1', '2/2', '0/1', '0/1'],
    ['one stolen verified key', 'sensitive', '0/1', '0/1', '0/2', '0/1', '0/1'],
    ['one stolen hardware key', 'sensitive', '0/1', '0/1', '0/2', '0/1', '0/1'],
    ['the network between', 'nothing', '0/1', '0/1', '0/2', '0/1', '0/1'],
  ])
})

test('a runner that is taken over reaches its own zone, whatever it takes, and no other', () => {
  const key = 'ed25519 x' as Key
  const { parties } = checking(policies, {
    runners: new Map(['main', 'other'].map((name) => [name, { key, zone: name }])),
  })
  const reachedBy = (name: string) =>
    parties.find(({ party }) => party === name)?.tiers.flatMap(({ reached }) => reached)
  expect(reachedBy('the runner main')).toEqual(['mustache-me', 'upgrade', 'rebuild'])
  expect(reachedBy('the runner other')).toEqual([])
})

test('each runner reaches the commands of its zone alone, and counts for nothing in all others', () => {
  const key = 'ed25519 x' as Key
  const zones = { git: 'delivery', mirror: 'delivery', billing: 'money', idle: 'nothing yet' }
  const { parties, softSpots } = checking('permit (principal, action, resource);', {
    root: { administrators: [], threshold: 2 },
    accepted,
    runners: new Map(Object.entries(zones).map(([name, zone]) => [name, { key, zone }])),
    commands: [
      listed('push', 'member', 'push', 'git'),
      listed('rebuild', 'dangerous', 'rebuild <server:word>', 'mirror'),
      listed('grant', 'critical', 'grant <right:word>', 'mirror'),
      listed('upgrade', 'sensitive', 'upgrade <customer:text>', 'billing'),
    ],
  })
  const reached = Object.keys(zones).map((name) =>
    parties.find(({ party }) => party === `the runner ${name}`)?.tiers.flatMap((tier) => tier.reached),
  )
  expect(reached).toEqual([['push', 'rebuild', 'grant'], ['push', 'rebuild', 'grant'], ['upgrade'], []])
  expect(softSpots.map(({ name }) => name)).toEqual(['software keys'])
})

test('one administrator who is enough reaches everything', () => {
  const { parties } = checking(policies)
  const one = parties.find(({ party }) => party === 'one administrator')
  expect(one?.tiers.flatMap(({ reached }) => reached)).toEqual(['mustache-me', 'upgrade', 'rebuild'])
})

test('each soft spot must be accepted by its name', () => {
  const { softSpots, passed } = checking(policies)
  expect(softSpots.map(({ name }) => name)).toEqual(['one administrator', 'software keys'])
  expect(passed).toBe(false)
  expect(checking(policies, { accepted }).passed).toBe(true)
  expect(checking(policies, { accepted: new Map([...accepted].slice(1)) }).passed).toBe(false)
})

test('a policy that lint refuses fails the check', () => {
  const report = checking('permit (principal in Group::"Nobody", action, resource);', { accepted })
  expect(report).toMatchObject({ passed: false, possibilities: [], complaints: [{ weight: 'refused' }] })
})

test('a desk below the highest tier is a soft spot where passkeys of its visitors would suffice', () => {
  const company = companyWith('permit (principal, action, resource);', { accepted })
  const people = new Map([...company.people].map(([id, person]) => [id, { ...person, keys: [passkey()] }]))
  const desk = (tier: 'dangerous' | 'critical') => new Map([['https://desk.acme.example', { tier, files: new Map() }]])
  const at = (tier: 'dangerous' | 'critical') =>
    check({ ...company, people, desks: desk(tier) }).softSpots.map(({ name }) => name)
  expect(at('dangerous')).toEqual(['the desk https://desk.acme.example reaches acl add', 'one administrator'])
  expect(at('critical')).toEqual(['one administrator'])
})

test('nobody alone reaches further than their tier, in any group and with any permit', () => {
  const { possibilities, softSpots } = checking('permit (principal, action, resource);', {
    root: { administrators: [], threshold: 2 },
    accepted,
  })
  expect(possibilities.some(({ tier }) => tier === 'critical')).toBe(true)
  expect(softSpots.map(({ name }) => name)).toEqual(['software keys'])
})

test('a word in chat that counts as consent is a soft spot', () => {
  const attested = { factors: new Map(), words: ['upgrade'] }
  expect(checking(policies, { accepted, attested }).softSpots.map(({ name }) => name)).toContain('chat words')
})

test('says where too few people could give what is owed, and what never runs', () => {
  const alone = new Map([['Ops', new Set(['mansel'])]])
  const company = companyWith('permit (principal in Group::"Ops", action == Action::"rebuild", resource);', {
    owners: new Map([['ops', 'Ops']]),
    commands: [
      ...commands,
      { ...listed('drop', 'dangerous'), manifest: { ...listed('drop', 'dangerous').manifest, inspects: false } },
    ],
    accepted,
  })
  const { notes, passed } = check({ ...company, groups: alone })
  expect(notes).toEqual([
    '"drop" never runs: its target has no owner, because it does not inspect it.',
    'mansel cannot run "rebuild" on what ops owns: too few could give approvals of 1 in Ops.',
  ])
  expect(passed).toBe(true)
})
