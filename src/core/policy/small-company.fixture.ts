import type { Bundle, Company } from '#core/bundle/company.ts'
import type { ListedCommand } from '#core/command/manifest.ts'
import type { Key } from '#core/signature/key.ts'
import type { Tier } from '#core/tier.ts'
import { splitPolicies } from './cedar-text.ts'
import type { Question } from './decision.ts'

/** A small company for tests of policy. */

const key = (name: string) => `ed25519 ${Buffer.from(name.padEnd(32, '.')).toString('base64')}` as Key

export const groups: Readonly<Record<string, readonly string[]>> = {
  Devs: ['jhand'],
  Ops: ['mansel', 'irishwarhammer'],
  Support: ['steve'],
  Backend: ['bianca', 'dora', 'dean'],
  DBA: ['dora', 'dean'],
  Finance: ['fiona'],
  Sales: ['sam'],
}

export const listed = (command: string, tier: Tier, template = command, runner = 'main'): ListedCommand => ({
  runner,
  tier,
  manifest: {
    plugin: 'tools',
    command,
    template,
    summary: `Does ${command}`,
    tier,
    inspects: tier !== 'open',
    exclusive: false,
    cancellable: false,
    timeLimit: 60,
  },
})

export const commands: readonly ListedCommand[] = [
  listed('mustache-me', 'open', 'mustache-me <who:person...>'),
  listed('push', 'member'),
  listed('upgrade', 'sensitive', 'upgrade <customer:text> to <plan:Free|Pro|Enterprise>'),
  listed('db migrate', 'sensitive', 'db migrate <environment:word> <branch:word> [-dry-run]'),
  listed('rebuild', 'dangerous', 'rebuild <server:word> role=<role:word>'),
  listed('acl add', 'critical', 'acl add <who:person> <right:word>'),
]

/** @param policies the text of one policy file, `company.cedar` */
export const companyWith = (policies: string, change: Partial<Company> = {}): Company => {
  const people = [...new Set(Object.values(groups).flat())]
  return {
    deployment: 'acme',
    name: 'Acme',
    zone: 'Europe/Berlin',
    dateOrder: 'month-first',
    root: { administrators: [{ person: 'mansel', key: key('root') }], threshold: 1 },
    log: { key: key('log') },
    platforms: new Map([['irc', { identity: 'lasting' as const }]]),
    attesting: new Map(),
    witnesses: new Map(),
    runners: new Map([['main', { key: key('main'), zone: 'main' }]]),
    webhooks: new Map(),
    desks: new Map(),
    owners: new Map([
      ['backend', 'Backend'],
      ['support', 'Support'],
      ['dba', 'DBA'],
    ]),
    accepted: new Map(),
    attested: { factors: new Map(), words: [] },
    limits: { tiers: new Map() },
    people: new Map(
      people.map((id) => {
        const accounts = [{ platform: 'irc', tenant: 'acme', id }]
        return [id, { id, name: id, accounts, keys: [key(id)], hardware: new Set<Key>() }]
      }),
    ),
    groups: new Map(Object.entries(groups).map(([name, members]) => [name, new Set(members)])),
    rooms: new Map([
      ['ops', { name: 'ops', groups: ['Ops', 'Backend', 'DBA'], places: [] }],
      ['everyone', { name: 'everyone', groups: [], places: [] }],
    ]),
    commands,
    plugins: new Map(),
    policies: splitPolicies('company.cedar', policies),
    ...change,
  }
}

export const bundleOf = (company: Company): Bundle => ({
  version: 1,
  digest: '0'.repeat(64),
  iat: 0,
  exp: 2_000_000_000,
  company,
})

export const commandOf = (company: Company, command: string): ListedCommand => {
  const found = company.commands.find(({ manifest }) => manifest.command === command)
  if (!found) throw new Error(`the test's company has no command "${command}"`)
  return found
}

/** A question by mansel in ops about a server of Backend, with changes. */
export const question = (command: string, change: Partial<Question> = {}): Question => ({
  requester: 'mansel',
  command,
  args: {},
  resource: { type: 'Server', id: 'svr-1827', owner: 'backend', facts: {} },
  room: 'ops',
  platform: 'native',
  ...change,
})
