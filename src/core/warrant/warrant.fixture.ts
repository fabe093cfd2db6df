import { generateKeyPairSync, sign } from 'node:crypto'
import type { Bundle, Company } from '#core/bundle/company.ts'
import { KeyChanges } from '#core/bundle/key-changes.ts'
import type { ListedCommand } from '#core/command/manifest.ts'
import { readConsent } from '#core/consent/check.ts'
import { type Consent, consentKind } from '#core/consent/consent.ts'
import { keys, peopleAndPlaces } from '#core/consent/people.fixture.ts'
import { logOrigin } from '#core/log/checkpoint.ts'
import { edgeRoot, emptyEdge, grow } from '#core/log/edge.ts'
import { emptyRoot, leafHash } from '#core/log/hash.ts'
import { makeNote } from '#core/log/make-note.ts'
import { inclusionProof, type LogReader } from '#core/log/proofs.ts'
import { policyOf } from '#core/policy/decide.ts'
import { ed25519Key } from '#core/signature/ed25519.ts'
import { signedBy, type TestSigner } from '#core/signature/signer.fixture.ts'
import type { Envelope } from '#core/statement/fields.ts'
import { type Resource, type Statement, statementKind } from '#core/statement/statement.ts'
import type { Facts, Order } from './case.ts'
import { type Warrant, warrantKind } from './warrant.ts'

/** A small company with one runner and a few commands, and a forger who holds the log's key. */

export const now = 1_800_000_000

const logPair = generateKeyPairSync('ed25519')
const rawLogKey = logPair.publicKey.export({ format: 'der', type: 'spki' }).subarray(-32)
export const logKey = ed25519Key(rawLogKey)
export const strangerPair = generateKeyPairSync('ed25519')

const listed = (command: string, template: string, tier: Statement['tier'], inspects = true): ListedCommand => ({
  runner: 'delivery',
  tier,
  manifest: {
    plugin: 'git',
    command,
    template,
    summary: 'x',
    tier: tier === 'sensitive' ? 'member' : tier,
    inspects,
    exclusive: false,
    cancellable: false,
    timeLimit: 60,
  },
})

export const company: Company = {
  deployment: 'acme',
  name: 'Acme',
  zone: 'Etc/UTC',
  dateOrder: 'month-first',
  root: { administrators: [], threshold: 1 },
  log: { key: logKey },
  platforms: new Map(),
  witnesses: new Map(),
  runners: new Map([['delivery', { key: logKey, zone: 'delivery' }]]),
  webhooks: new Map(),
  accepted: new Map(),
  limits: { tiers: new Map() },
  ...peopleAndPlaces,
  rooms: new Map([['devs', { name: 'devs', groups: ['Devs'], places: [] }]]),
  commands: [
    listed('commit', 'commit -am <message:text...>', 'member'),
    listed('push', 'push', 'member'),
    listed('upgrade', 'upgrade <customer:text> to <plan:Free|Pro>', 'sensitive'),
    listed('rebuild', 'rebuild <server:word> role=<role:word>', 'dangerous'),
    listed('acl add', 'acl add <who:person> <right:word>', 'critical'),
  ],
  plugins: new Map(),
  policies: new Map(
    ['commit', 'push', 'upgrade', 'rebuild', 'acl add'].map((command, i) => [
      `policy/devs.cedar#${i + 1}`,
      `permit (principal in Group::"Devs", action == Action::"${command}", resource);`,
    ]),
  ),
}

export const bundle: Bundle = { version: 3, digest: 'b'.repeat(64), iat: now - 100, exp: now + 86_400, company }

export const resource: Resource = { type: 'WorkingCopy', id: 'devs', facts: { branch: 'main' } }

/** What each command of the company acts on. */
export const resourceOf = (command: string): Resource =>
  command === 'rebuild' || command === 'acl add'
    ? { type: 'Server', id: 'svr-1827', owner: 'backend', facts: { role: 'backend' } }
    : resource

export const definition = 'd'.repeat(64)

export const facts: Facts = {
  me: { deployment: 'acme', runner: 'delivery' },
  now,
  bundle,
  policy: policyOf(bundle),
  keyChanges: KeyChanges.none,
  last: { size: 0, root: emptyRoot },
  loaded: (command) => {
    const entry = company.commands.find(({ manifest }) => manifest.command === command)
    return entry && { definition, manifest: entry.manifest }
  },
  inspect: ({ command }) => Promise.resolve(resourceOf(command)),
}

/** The company with more policies. */
export const withPolicies = (...texts: readonly string[]): Facts => {
  const more = texts.map((text, n) => [`policy/more.cedar#${n + 1}`, text] as const)
  const other = { ...bundle, company: { ...company, policies: new Map([...company.policies, ...more]) } }
  return { ...facts, bundle: other, policy: policyOf(other) }
}

export const statement: Statement = {
  v: 2,
  id: '0'.repeat(32),
  deployment: 'acme',
  bundle: 3,
  runner: 'delivery',
  command: 'commit',
  definition,
  tier: 'member',
  text: 'commit -am bug (5563) fixed',
  resource,
  requester: 'jhand',
  via: { platform: 'native', tenant: 'acme', account: 'jhand', room: 'devs', message: 'm1' },
  iat: now,
  exp: now + 300,
}

export type Forgery = {
  readonly statement?: Partial<Statement>
  readonly warrant?: Partial<Warrant>
  /** Instead of the log's own key. */
  readonly signer?: typeof logPair
  readonly order?: Partial<Order>
  /** Other leaves that stand before. */
  readonly before?: readonly Uint8Array[]
  /** Consents to the statement, sorted by digest. */
  readonly consents?: (digest: string) => readonly Envelope[]
}

/** A statement of a tier, with what its command is. */
export const ofTier = {
  sensitive: { command: 'upgrade', tier: 'sensitive', text: 'upgrade AcmeOps to Pro' },
  dangerous: {
    command: 'rebuild',
    tier: 'dangerous',
    text: 'rebuild svr-1827 role=web',
    resource: resourceOf('rebuild'),
    exp: now + 3600,
  },
  critical: {
    command: 'acl add',
    tier: 'critical',
    text: 'acl add fiona admin',
    resource: resourceOf('acl add'),
    exp: now + 3600,
  },
} as const satisfies Readonly<Record<string, Partial<Statement>>>

/** A yes to a statement, by default the requester's own. */
export const yes = (digest: string, signer: TestSigner = keys.jhand, change: Partial<Consent> = {}): Envelope =>
  signedBy(
    consentKind,
    { v: 2, deployment: 'acme', statement: digest, person: 'jhand', as: 'requester', iat: now, ...change },
    signer,
  )

export const biancaSays = { person: 'bianca', as: 'approver', group: 'Backend' } as const
export const doraSays = { person: 'dora', as: 'approver', group: 'Backend' } as const

/** All that a dangerous command owes. */
export const enough = (digest: string): readonly Envelope[] => [yes(digest), yes(digest, keys.bianca, biancaSays)]

const digestOf = (envelope: Envelope): string => readConsent(envelope).digest

export const sorted = (envelopes: readonly Envelope[]): Envelope[] =>
  [...envelopes].sort((a, b) => (digestOf(a) < digestOf(b) ? -1 : 1))

/** An order that is right in all that is not forged. */
export const order = (forgery: Forgery = {}): Order => {
  const body = statementKind.encode({ ...statement, ...forgery.statement })
  const warrant = warrantKind.encode({
    v: 2,
    deployment: 'acme',
    runner: 'delivery',
    bundle: { version: bundle.version, digest: bundle.digest },
    statement: Buffer.from(body).toString('base64'),
    consents: [...(forgery.consents?.(statementKind.digest(body)) ?? [])],
    iat: now,
    ...forgery.warrant,
  })
  return sealedOrder(warrant, forgery)
}

/** Puts a warrant's bytes into a log and signs its end. */
export const sealedOrder = (warrant: Uint8Array, { before = [], signer = logPair, order: other }: Forgery): Order => {
  const leaves = [...before, leafHash(warrantKind.pae(warrant))]
  const root = edgeRoot(grow(emptyEdge, leaves))
  return {
    warrant,
    index: leaves.length - 1,
    path: inclusionProof(leaves.length - 1, leaves.length, readerOf(leaves)),
    checkpoint: makeNote(logOrigin('acme'), leaves.length, root, {
      key: logKey,
      sign: (bytes) => sign(null, bytes, signer.privateKey),
    }),
    consistency: [],
    ...other,
  }
}

/** A log of so few leaves that each subtree is hashed anew. */
export const readerOf = (leaves: readonly Uint8Array[]): LogReader => ({
  size: leaves.length,
  node: (level, index) => {
    const width = 2 ** level
    return edgeRoot(grow(emptyEdge, leaves.slice(index * width, (index + 1) * width)))
  },
})

export const logPrivateKey = logPair.privateKey
