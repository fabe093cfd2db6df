import { generateKeyPairSync, randomBytes, sign } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Signer, signEnvelope, sshSigner } from '#client/signer.ts'
import type { Bundle, Company } from '#core/bundle/company.ts'
import type { keyAddKind } from '#core/bundle/key-change.ts'
import { KeyChanges } from '#core/bundle/key-changes.ts'
import type { ListedCommand } from '#core/command/manifest.ts'
import { type Consent, consentKind } from '#core/consent/consent.ts'
import { logOrigin } from '#core/log/checkpoint.ts'
import { leafHash } from '#core/log/hash.ts'
import { makeNote } from '#core/log/make-note.ts'
import type { Reply } from '#core/reply/reply.ts'
import { ed25519Key } from '#core/signature/ed25519.ts'
import { type Key, keyid, parseKey } from '#core/signature/key.ts'
import { sshString } from '#core/signature/ssh-wire.ts'
import { sealEnvelope } from '#core/statement/envelope.ts'
import type { Envelope } from '#core/statement/fields.ts'
import { codeOf, type Resource, statementKind } from '#core/statement/statement.ts'
import { type Receipt, receiptsKind } from '#core/warrant/receipts.ts'
import { warrantKind } from '#core/warrant/warrant.ts'
import { Accounts } from '#engine/accounts.ts'
import { Awaited } from '#engine/awaited.ts'
import { type Engine, makeEngine } from '#engine/engine.ts'
import { Group } from '#engine/group.ts'
import { KeyLine } from '#engine/key-line.ts'
import type { About, Account, Conversation, Message, Platform, Progress, ToSign } from '#engine/platform.ts'
import { Refusals } from '#engine/refusals.ts'
import { Live } from '#engine/request/live.ts'
import { rulesOf } from '#engine/rules.ts'
import type { RunnerConnection } from '#engine/runner-link.ts'
import { Runners } from '#engine/runners.ts'
import { Told } from '#engine/told.ts'
import { Wakes } from '#engine/wakes.ts'
import type { Way } from '#engine/way.ts'
import { openStorage, type Storage } from '#storage/open.ts'
import type { Announce, Execute, WebhookVerdict } from '#wire/runner.ts'

/** The engine with its real store, a platform that remembers what it was told, and a runner that the test plays. */

const pair = (): { key: ReturnType<typeof ed25519Key>; sign: (bytes: Uint8Array) => Uint8Array } => {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  const key = ed25519Key(publicKey.export({ format: 'der', type: 'spki' }).subarray(-32))
  return { key, sign: (bytes) => sign(null, bytes, privateKey) }
}

export const logKey = pair()
export const runnerKey = pair()
export const otherRunnerKey = pair()

const listed = (command: string, template: string, more: Partial<ListedCommand['manifest']> = {}): ListedCommand => ({
  runner: 'delivery',
  tier: more.tier ?? 'member',
  manifest: {
    plugin: 'git',
    command,
    template,
    summary: `It does ${command}`,
    tier: 'member',
    inspects: true,
    exclusive: false,
    cancellable: false,
    timeLimit: 60,
    ...more,
  },
})

/** A person's SSH key, made once for each. */
const sshKeys = new Map<string, ReturnType<typeof makeSshKey>>()
const makeSshKey = () => {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  const raw = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32)
  const type = 'ssh-ed25519'
  const key = parseKey(`${type} ${Buffer.concat([sshString(type), sshString(raw)]).toString('base64')}`)
  const signBytes = (bytes: Uint8Array): Promise<Uint8Array> =>
    Promise.resolve(Buffer.concat([sshString(type), sshString(sign(null, bytes, privateKey))]))
  return sshSigner(key, 'test', signBytes)
}
export const keyOf = (id: string) => {
  const made = sshKeys.get(id) ?? makeSshKey()
  sshKeys.set(id, made)
  return made
}

export const person = (id: string) => ({
  id,
  name: `${id} Doe`,
  accounts: [],
  keys: [keyOf(id).key],
  hardware: new Set<never>(),
})

/** A person's yes to a statement. */
export const consentOf = (id: string, statement: Uint8Array, role: Partial<Consent>, by = id): Promise<Envelope> => {
  const { deployment } = statementKind.decode(statement)
  const digest = statementKind.digest(statement)
  const iat = Math.floor(Date.now() / 1000)
  const body = consentKind.encode({ v: 2, deployment, statement: digest, person: id, as: 'requester', iat, ...role })
  return signEnvelope(keyOf(by), consentKind, body)
}

/** A key that a person gets or loses, signed by each of these. */
export const keyChangeOf = async (
  kind: typeof keyAddKind,
  person: string,
  key: Key,
  signers: readonly Signer[],
  at = Date.now(),
): Promise<Envelope> => {
  const body = kind.encode({ v: 2, deployment: 'acme', person, key, iat: Math.floor(at / 1000) })
  const signatures = await Promise.all(
    signers.map(async (signer) => ({
      keyid: keyid(signer.key),
      sig: Buffer.from(await signer.sign(kind, body), 'base64'),
    })),
  )
  return sealEnvelope(kind, body, signatures)
}

export const company = (more: Partial<Company> = {}): Company => ({
  deployment: 'acme',
  name: 'Acme',
  zone: 'Etc/UTC',
  dateOrder: 'month-first',
  root: { administrators: [], threshold: 1 },
  log: { number: 1, key: logKey.key },
  platforms: new Map([['other', { identity: 'lasting' }]]),
  attesting: new Map(),
  witnesses: new Map(),
  runners: new Map([['delivery', { key: runnerKey.key, zone: 'git' }]]),
  webhooks: new Map(),
  desks: new Map(),
  owners: new Map([['backend', 'Backend']]),
  accepted: new Map(),
  attested: { factors: new Map(), words: [] },
  limits: { tiers: new Map() },
  people: new Map(['jhand', 'fiona', 'bianca', 'dora'].map((id) => [id, person(id)])),
  groups: new Map([
    ['Devs', new Set(['jhand'])],
    ['Backend', new Set(['bianca', 'dora'])],
    ['DBA', new Set(['dora'])],
  ]),
  rooms: new Map([
    ['devs', { name: 'devs', groups: ['Devs', 'Backend'], places: [] }],
    ['everyone', { name: 'everyone', groups: [], places: [] }],
  ]),
  commands: [
    listed('commit', 'commit -am <message:text...>'),
    listed('push', 'push', { exclusive: true, cancellable: true }),
    listed('ping', 'ping', { tier: 'open', inspects: false }),
    listed('wish', 'wish <customer:text> <what:text...>', { inspects: false, ask: { customer: 'Tell me more.' } }),
    listed('upgrade', 'upgrade <customer:text>', { tier: 'sensitive' }),
    listed('migrate', 'migrate <branch:word>', { tier: 'sensitive' }),
    listed('rebuild', 'rebuild <server:word>', { tier: 'dangerous' }),
  ],
  plugins: new Map(),
  policies: new Map(
    [
      ...['commit', 'push', 'wish', 'upgrade', 'migrate', 'rebuild'].map(
        (command) => `permit (principal in Group::"Devs", action == Action::"${command}", resource);`,
      ),
      '@owes("signature")\nforbid (principal, action == Action::"migrate", resource);',
    ].map((policy, i): [string, string] => [`policy/devs.cedar#${i + 1}`, policy]),
  ),
  ...more,
})

export const bundleOf = (version: number, more: Partial<Company> = {}): Bundle => ({
  version,
  digest: String(version).padStart(64, '0'),
  iat: Math.floor(Date.now() / 1000),
  exp: 4_000_000_000,
  company: company(more),
})

export const resource: Resource = { type: 'WorkingCopy', id: 'devs', facts: { branch: 'main' } }

export const definition = 'd'.repeat(64)

/** What the room saw, and what the client was told, in order. */
export type Heard = { readonly to: Conversation; readonly reply: Reply; readonly about: About }

export type Bench = {
  readonly way: Way
  readonly engine: Engine
  readonly storage: Storage
  readonly replies: Heard[]
  /** Statements that clients were handed. */
  readonly shown: ({ readonly id: string } & ToSign)[]
  readonly progress: { readonly id: string; readonly progress: Progress }[]
  /** Whose phone was woken, with the secret that it was handed. */
  readonly woken: readonly { readonly person: string; readonly wake: string }[]
  /** What push services make of it. */
  pushes: 'sent' | 'gone' | 'unreachable'
  /** What is wrong with the clock. */
  clockWrong: string | undefined
  /** Moves the clock, in milliseconds. */
  now: number
  say(text: string, more?: Said): Promise<void>
  /** A runner dials. */
  link(more?: Partial<Announce>): Promise<Runner>
  /** Another engine on the same folder, as after a kill. */
  restart(): Promise<Bench>
  close(): Promise<void>
}

/** What a message has of its own; an account is one of its conversation's tenant where only its id is given. */
export type Said = Partial<Omit<Message, 'account'>> & { readonly account?: string | Account }

/** A runner as the test plays it. */
export type Runner = {
  readonly connection: RunnerConnection
  readonly orders: Execute[]
  readonly cancels: string[]
  readonly recorded: string[]
  readonly bundles: number[]
  readonly keyChanges: Envelope[]
  /** Orders and key changes, in the order in which they were sent. */
  readonly sent: ('execute' | 'key-change')[]
  closed?: string
  /** What it answers to an inspection; default: the resource. */
  inspects: (command: string) => Resource | string | Promise<Resource>
  /** Told of each order, and of each cancel, as it comes. */
  ordered: (order: Execute) => void
  cancelled: (request: string, by: string) => void
  /** What it answers to a webhook; default: it takes it. */
  hears: (path: string) => WebhookVerdict
  claim(order: Execute): void
  say(order: Execute, text: string, final?: boolean): void
  receipt(order: Execute, outcome: Receipt['outcome'], refusal?: Receipt['refusal']): void
  leave(): void
}

export const statementOf = (order: Execute) => {
  const warrant = warrantKind.decode(Buffer.from(order.warrant, 'base64'))
  const body = Buffer.from(warrant.statement, 'base64')
  const statement = statementKind.decode(body)
  const digest = statementKind.digest(body)
  return { statement, digest, code: codeOf(digest), warrant }
}

/** Waits, a turn of the event loop at a time, until something is so. */
export const until = async (so: () => boolean, what: string): Promise<void> => {
  for (let turn = 0; turn < 2000; turn++) {
    if (so()) return
    await new Promise((resolve) => setImmediate(resolve))
  }
  throw new Error(`never came: ${what}`)
}

export const makeBench = async (bundle: Bundle = bundleOf(1), at?: string): Promise<Bench> => {
  const data = at ?? mkdtempSync(join(tmpdir(), 'foobot-engine-'))
  mkdirSync(join(data, 'server'), { recursive: true })
  const storage = await openStorage(data, (error) => {
    throw error
  })
  const replies: Heard[] = []
  const progress: Bench['progress'] = []
  const shown: Bench['shown'] = []
  const nothing = (): void => undefined
  const platform = (name: string): Platform => ({
    name,
    send: (to, reply, about) => {
      replies.push({ to, reply, about })
      return Promise.resolve()
    },
    follow: ({ id }, told) => void progress.push({ id, progress: told }),
    show: ({ id }, toSign) => void shown.push({ id, ...toSign }),
    alone: ({ id }) => ({ platform: 'native', tenant: 'acme', room: `@${id}`, direct: true }),
    recheck: nothing,
    health: () => ({ ok: true }),
  })
  const notary = (size: number, root: Uint8Array): string => makeNote(logOrigin('acme'), size, root, logKey)
  const newId = (): string => randomBytes(16).toString('hex')
  const woken: Bench['woken'][number][] = []
  const bench: Pick<Bench, 'pushes' | 'now' | 'clockWrong'> = { now: Date.now(), clockWrong: undefined, pushes: 'sent' }
  const way: Way = {
    clock: () => bench.now,
    clockWrong: () => bench.clockWrong,
    newId,
    log: { info: nothing, warn: nothing, error: nothing },
    name: 'Foobot',
    records: storage.records,
    tree: storage.log,
    storeIds: storage.storeIds,
    // Another platform beside our own: what is linked there, and said.
    platforms: new Map(['native', 'other'].map((name) => [name, platform(name)])),
    group: new Group(storage.records, notary, await storage.records.seal()),
    runners: new Runners(newId),
    live: new Live(),
    counters: { heard: nothing, forUs: nothing, ended: nothing, took: nothing, factor: nothing, posted: nothing },
    random: Math.random,
    resting: new Map(),
    unsent: new Set(),
    asking: new Map(),
    refusals: new Refusals(),
    keyChanges: KeyChanges.of(await storage.records.keyChanges()),
    told: new Told(() => bench.now),
    keyLine: new KeyLine(),
    accountStore: storage.accounts,
    accounts: new Accounts(() => bench.now, await storage.accounts.all()),
    devices: storage.devices,
    waker: {
      key: 'test',
      refuses: () => undefined,
      wake: ({ person }, wake) => {
        woken.push({ person, wake })
        return Promise.resolve(bench.pushes)
      },
    },
    wakes: new Wakes(() => bench.now),
    factors: {},
    rules: rulesOf(bundle),
    packsAfter: () => [{ envelope: sealEnvelope(receiptsKind, new Uint8Array(), []), files: {} }],
    awaited: new Awaited(storage.awaitedRunners, await storage.awaitedRunners.all()),
    keepBundle: () => undefined,
  }
  const engine = makeEngine(way)
  await engine.restore()
  let closed = false
  const close = async (): Promise<void> => {
    if (closed) return
    closed = true
    await way.group.drain()
    await storage.close()
  }
  let message = 0
  return Object.assign(bench, {
    way,
    engine,
    storage,
    replies,
    progress,
    shown,
    woken,
    say: (text: string, { account = 'jhand', ...more }: Said = {}) => {
      const conversation = more.conversation ?? { platform: 'native', tenant: 'acme', room: 'devs' }
      return engine.receive({
        conversation,
        account: typeof account === 'string' ? { tenant: conversation.tenant, id: account } : account,
        id: `m${++message}-${randomBytes(3).toString('hex')}`,
        at: bench.now,
        text,
        fresh: true,
        signs: false,
        ...more,
      })
    },
    link: (more: Partial<Announce> = {}) => play(engine, way, more),
    restart: async () => {
      await close()
      return makeBench(way.rules.bundle, data)
    },
    close: async () => {
      await close()
      rmSync(data, { recursive: true, force: true })
    },
  })
}

const play = async (engine: Engine, way: Way, more: Partial<Announce>): Promise<Runner> => {
  const ears = engine.runnerEars
  const announced: Announce = {
    type: 'announce',
    store: 'a'.repeat(32),
    bundle: { version: way.rules.bundle.version, digest: way.rules.bundle.digest },
    commands: way.rules.company.commands.map(({ manifest }) => ({ manifest, definition })),
    keyChanges: [],
    claims: [],
    at: Math.floor(Date.now() / 1000),
    ...more,
  }
  const orders: Execute[] = []
  const bundles: number[] = []
  const keyChanges: Envelope[] = []
  const sent: Runner['sent'] = []
  const cancels: string[] = []
  const recorded: string[] = []
  /** The statements of each object of receipts that was handed over. */
  const statementsOf = new Map<string, readonly string[]>()
  const connection: RunnerConnection = {
    runner: 'delivery',
    announced,
    execute: (some) => {
      orders.push(...some)
      sent.push('execute')
      for (const order of some) runner.ordered(order)
    },
    inspect: async ({ call, command }) => {
      const seen = await runner.inspects(command)
      ears.heard(
        connection,
        typeof seen === 'string'
          ? { type: 'inspected', call, problem: seen }
          : { type: 'inspected', call, resource: seen },
      )
    },
    webhook: ({ call, path }) => ears.heard(connection, { type: 'heard', call, verdict: runner.hears(path) }),
    cancel: (request, by) => {
      cancels.push(request)
      runner.cancelled(request, by)
    },
    recorded: ({ receipts }) => void recorded.push(...receipts.flatMap(({ digest }) => statementsOf.get(digest) ?? [])),
    handIn: () => undefined,
    handedIn: () => undefined,
    bundle: () => void bundles.push(1),
    keyChange: (envelope) => {
      keyChanges.push(envelope)
      sent.push('key-change')
    },
    close: (why) => {
      runner.closed = why
    },
  }
  const runner: Runner = {
    connection,
    orders,
    cancels,
    recorded,
    bundles,
    keyChanges,
    sent,
    inspects: () => resource,
    ordered: () => undefined,
    cancelled: () => undefined,
    hears: () => 'taken',
    claim: (order) =>
      ears.heard(connection, {
        type: 'claimed',
        request: statementOf(order).statement.id,
        at: Math.floor(way.clock() / 1000),
      }),
    say: (order, text, final = true) =>
      ears.heard(connection, {
        type: 'say',
        request: statementOf(order).statement.id,
        blocks: [{ type: 'code', text }],
        final,
      }),
    receipt: (order, outcome, refusal) => {
      const receipt: Receipt = {
        statement: statementOf(order).digest,
        warrant: Buffer.from(leafHash(warrantKind.pae(Buffer.from(order.warrant, 'base64')))).toString('hex'),
        start: 1,
        end: 2,
        outcome,
        outputSha256: '0'.repeat(64),
        outputBytes: 0,
        checkpoint: 1,
        ...(refusal && { refusal }),
      }
      const body = receiptsKind.encode({
        v: 2,
        deployment: 'acme',
        runner: 'delivery',
        store: announced.store,
        receipts: [receipt],
      })
      const envelope = sealEnvelope(receiptsKind, body, [{ keyid: 'x', sig: runnerKey.sign(receiptsKind.pae(body)) }])
      statementsOf.set(receiptsKind.digest(body), [receipt.statement])
      ears.heard(connection, { type: 'receipts', envelope })
    },
    leave: () => ears.left(connection, 'the test says so'),
  }
  await ears.admitted(connection)
  return runner
}
