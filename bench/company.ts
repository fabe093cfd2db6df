import { generateKeyPairSync, sign } from 'node:crypto'
import type { Bundle } from '../src/core/bundle/company.ts'
import type { ListedCommand } from '../src/core/command/manifest.ts'
import type { NoteSigner } from '../src/core/log/make-note.ts'
import { ed25519Key } from '../src/core/signature/ed25519.ts'

/** A company with as many commands as a question needs, in memory. */

const verbs = ['add', 'ack', 'build', 'close', 'count', 'drain', 'find', 'graph', 'list', 'move']
const forms = [
  { rest: '<target:word>', said: (i: number) => `target-${i}` },
  { rest: '<customer:text> to <plan:Free|Pro|Enterprise>', said: (i: number) => `"Acme Ops ${i}" to Pro` },
  { rest: '-<which:next|last>', said: (i: number) => (i % 2 ? '-next' : '-last') },
  { rest: '<what:text...>', said: (i: number) => `bug (${i}) is fixed` },
] as const

const nameOf = (i: number): string => `system-${Math.floor(i / verbs.length)} ${verbs[i % verbs.length]}`
const formOf = (i: number) => forms[i % forms.length] ?? forms[0]

/** A line that says command number `i`, without Foobot's name; lines of other numbers have other arguments. */
export const lineOf = (i: number, number = i): string => `${nameOf(i)} ${formOf(i).said(number)}`

const listed = (i: number): ListedCommand => ({
  runner: 'zone',
  tier: 'member',
  manifest: {
    plugin: `system-${Math.floor(i / verbs.length)}`,
    command: nameOf(i),
    template: `${nameOf(i)} ${formOf(i).rest}`,
    summary: `Do number ${i}`,
    tier: 'member',
    inspects: true,
    exclusive: false,
    cancellable: false,
    timeLimit: 60,
  },
})

const pair = (): NoteSigner => {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  const key = ed25519Key(publicKey.export({ format: 'der', type: 'spki' }).subarray(-32))
  return { key, sign: (bytes) => sign(null, bytes, privateKey) }
}

export const logKey = pair()

export const deployment = 'bench'
export const room = 'room'

export const people: readonly string[] = Array.from({ length: 128 }, (_, i) => `person-${i}`)

/**
 * @param policies Cedar, one policy each. Default: everybody may say everything
 */
export const bundleOf = (
  commands: number,
  policies: readonly string[] = ['permit (principal in Group::"Everybody", action, resource);'],
): Bundle => ({
  version: 1,
  digest: '0'.repeat(64),
  iat: 0,
  exp: Number.MAX_SAFE_INTEGER,
  company: {
    deployment,
    name: 'Bench',
    zone: 'Etc/UTC',
    dateOrder: 'month-first',
    root: { administrators: [], threshold: 1 },
    log: { key: logKey.key },
    platforms: new Map(),
    attesting: new Map(),
    witnesses: new Map(),
    runners: new Map([['zone', { key: pair().key, zone: 'nothing' }]]),
    webhooks: new Map(),
    desks: new Map(),
    owners: new Map(),
    accepted: new Map(),
    attested: { factors: new Map(), words: [] },
    limits: { tiers: new Map() },
    people: new Map(people.map((id) => [id, { id, name: id, accounts: [], keys: [], hardware: new Set() }])),
    groups: new Map([['Everybody', new Set(people)]]),
    rooms: new Map([[room, { name: room, groups: [], places: [] }]]),
    commands: Array.from({ length: commands }, (_, i) => listed(i)),
    plugins: new Map(),
    policies: new Map(policies.map((text, i) => [`policy/bench.cedar#${i + 1}`, text])),
  },
})
