import { describe, expect, it } from 'vitest'
import { ed25519Key } from '#core/signature/ed25519.ts'
import { makeAdministrator } from './administrator.fixture.ts'
import type { Company } from './company.ts'
import { difference, differenceText } from './difference.ts'

const machine = (n: number) => ed25519Key(Buffer.alloc(32, n))
const [ann, bob] = [makeAdministrator().key, makeAdministrator().key]

/** Something of everything that a company can say. */
const company: Company = {
  deployment: 'acme',
  name: 'Acme',
  zone: 'UTC',
  dateOrder: 'month-first',
  root: { threshold: 2, administrators: [{ person: 'ann', key: ann }] },
  log: { key: machine(1), checkpoint: 'acme/log\n7\n' },
  platforms: new Map([['slack', { identity: 'lasting' as const }]]),
  attesting: new Map([['totp', machine(2)]]),
  witnesses: new Map([['w', { key: machine(3), tiers: ['critical'] as const }]]),
  runners: new Map([['delivery', { key: machine(4), zone: 'git' }]]),
  webhooks: new Map([['on-call', { runner: 'delivery', room: 'devs' }]]),
  desks: new Map([
    ['https://desk.acme.example', { tier: 'dangerous' as const, files: new Map([['a.js', 'd'.repeat(64)]]) }],
  ]),
  owners: new Map([['backend', 'Backend']]),
  accepted: new Map([['software keys', 'for now']]),
  attested: { factors: new Map([['totp', 'sensitive' as const]]), words: ['push'] },
  limits: { tiers: new Map([['sensitive' as const, { key: 'verified' as const, life: 60 }]]), freshness: 30 * 86_400 },
  people: new Map([
    [
      'ann',
      {
        id: 'ann',
        name: 'Ann',
        accounts: [{ platform: 'slack', tenant: 'T', id: 'U' }],
        keys: [bob],
        hardware: new Set([bob]),
        picture: {
          file: 'pictures/ann.png',
          mediaType: 'image/png',
          bytes: Uint8Array.of(1, 2, 3),
          face: { x: 1, y: 2, width: 3, tilt: 4 },
        },
      },
    ],
  ]),
  groups: new Map([['Backend', new Set(['ann'])]]),
  rooms: new Map([
    ['devs', { name: 'devs', groups: ['Backend'], places: [{ platform: 'irc', tenant: 'n', id: '#d' }] }],
  ]),
  commands: [
    {
      runner: 'delivery',
      tier: 'dangerous',
      manifest: {
        plugin: 'git',
        command: 'push',
        template: 'push [<where:word>]',
        summary: 'Push',
        tier: 'member',
        inspects: true,
        exclusive: false,
        cancellable: false,
        timeLimit: 60,
        ask: { where: 'Where to?' },
        example: 'push home',
      },
    },
  ],
  plugins: new Map([['git', ['c'.repeat(64)]]]),
  policies: new Map([['policy/a.cedar#1', 'permit (principal, action, resource);']]),
}

/** Every company that differs from this one in one single value. */
const changedSomewhere = (value: unknown, path = ''): readonly (readonly [string, unknown])[] => {
  const inside = (part: unknown, name: string, put: (changed: unknown) => unknown) =>
    changedSomewhere(part, `${path}.${name}`).map(([where, changed]) => [where, put(changed)] as const)
  if (value instanceof Map) {
    return [
      [`${path} emptied`, new Map()],
      ...[...value].flatMap(([name, part]) => inside(part, name, (changed) => new Map(value).set(name, changed))),
    ]
  }
  if (value instanceof Set) return [[`${path} emptied`, new Set()]]
  if (value instanceof Uint8Array) return [[path, Uint8Array.of(...value, 0)]]
  if (Array.isArray(value)) {
    const put = (index: number) => (changed: unknown) => value.with(index, changed)
    return [[`${path} emptied`, []], ...value.flatMap((part, index) => inside(part, String(index), put(index)))]
  }
  if (typeof value === 'object' && value !== null) {
    return Object.entries(value).flatMap(([name, part]) =>
      inside(part, name, (changed) => ({ ...value, [name]: changed })),
    )
  }
  if (typeof value === 'boolean') return [[path, !value]]
  return [[path, typeof value === 'number' ? value + 1 : `${value}x`]]
}

/** Names that a company keeps in two places, of which the other one is shown. */
const keptTwice = ['.people.ann.id', '.rooms.devs.name']

describe('the difference between two companies', () => {
  it('is none between equals', () => {
    expect(difference(company, structuredClone(company))).toEqual([])
  })

  it('shows all of the first one', () => {
    const text = differenceText(difference(undefined, company))
    expect(text).toContain(`root\n  + threshold: 2\n  + administrator ann ${ann}\n`)
    expect(text).toContain(`keys\n  + ann ${bob}: hardware\n`)
    expect(text).toContain('groups\n  + Backend\n  + Backend: ann\n')
    expect(text).toContain('policies\n  + policy/a.cedar\n      | permit (principal, action, resource);\n')
    expect(text).not.toMatch(/^ {2}[^+ ]/m)
  })

  const changes = changedSomewhere(company).filter(([path]) => !keptTwice.includes(path))

  it.each(changes)('shows a change at %s', (_, changed) => {
    expect(difference(company, changed as Company)).not.toEqual([])
  })

  it('covers every value of a company', () => {
    expect(changes.length).toBeGreaterThan(60)
  })

  const command = company.commands.slice(0, 1)

  it('marks a lower tier, a lower threshold, and a bundle that is fresh for longer', () => {
    const lower: Company = {
      ...company,
      root: { ...company.root, threshold: 1 },
      limits: { tiers: company.limits.tiers },
      commands: command.map((entry) => ({ ...entry, tier: 'member' })),
    }
    expect(differenceText(difference(company, lower))).toBe(
      'root\n  ! threshold: 2 -> 1\nlimits\n  ! freshness: 30 days -> 90 days\ntiers\n  ! push: dangerous -> member\n',
    )
    expect(differenceText(difference(lower, company))).toBe(
      'root\n  ~ threshold: 1 -> 2\nlimits\n  ~ freshness: 90 days -> 30 days\ntiers\n  ~ push: member -> dangerous\n',
    )
  })

  it('tells a policy by its text, wherever it stands', () => {
    const policies = new Map([
      ['policy/a.cedar#1', 'forbid (principal, action, resource);'],
      ['policy/a.cedar#2', 'permit (principal, action, resource);'],
    ])
    expect(differenceText(difference(company, { ...company, policies }))).toBe(
      'policies\n  + policy/a.cedar\n      | forbid (principal, action, resource);\n',
    )
  })

  it('lets nothing hide', () => {
    const policies = new Map([['policy/a.cedar#1', 'permit (principal, action, resource); // \u001b[2K\u202e\r']])
    const text = differenceText(difference(company, { ...company, name: 'Acm\u0435', policies }))
    expect(text).toMatch(/^[\n -~]*$/)
    expect(text).toContain('// \\u001b[2K\\u202e')
    expect(text).toContain('name: Acme -> Acm\\u0435')
  })
})
