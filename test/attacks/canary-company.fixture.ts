import { randomBytes } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { vi } from 'vitest'
import { stringify } from 'yaml'
import { readKeyFile } from '#client/key-file.ts'
import { makeKeyFile } from '#client/make-key.ts'
import { type Signer, signEnvelope } from '#client/signer.ts'
import { makeMachineKey, readMachineKey } from '#config/machine-key.ts'
import { readRunnerConfig } from '#config/runner.ts'
import type { Root } from '#core/bundle/company.ts'
import { type Consent, consentKind } from '#core/consent/consent.ts'
import type { FoobotError } from '#core/errors.ts'
import { eventKind, type LogEvent } from '#core/log/event.ts'
import type { Key } from '#core/signature/key.ts'
import type { Envelope } from '#core/statement/fields.ts'
import { statementKind } from '#core/statement/statement.ts'
import { startServer } from '#processes/server.ts'
import { signBundle } from '#processes/sign-bundle.ts'
import { type StartedRunner, startRunner } from '#runner/runner.ts'
import { entriesOf, openLog, ownerOf } from '../../src/cli/log-folder.ts'
import { metricsOf, readinessOf } from '../operator.fixture.ts'
import type { Target } from './canary/commands.ts'
import { Intruder } from './intruder.fixture.ts'

/** Who is in which group. Eve is an employee without any right; root only signs bundles. */
const groups = {
  Devs: ['jhand', 'mansel'],
  Backend: ['bianca', 'dora'],
  DBA: ['dora'],
  Support: ['steve'],
} as const

const people = ['jhand', 'mansel', 'bianca', 'dora', 'steve', 'eve', 'root'] as const

const rooms = { devs: { groups: 'everybody' }, backend: { groups: ['Backend'] }, ops: { groups: ['Devs', 'Backend'] } }

const permits = ['note', 'upgrade', 'migrate', 'rebuild', 'grant']
  .map((command) => `permit (principal in Group::"Devs", action == Action::"${command}", resource);`)
  .concat('@owes("signature")\nforbid (principal, action == Action::"migrate", resource);')

type Changes = {
  readonly policy?: readonly string[]
  readonly groups?: Readonly<Record<string, readonly string[]>>
  /** Rooms beside the usual ones. */
  readonly rooms?: Readonly<Record<string, object>>
  /** More keys of a person, beside the one in their file. */
  readonly keys?: Readonly<Record<string, readonly Key[]>>
  /** More accounts of a person. */
  readonly accounts?: Readonly<Record<string, readonly object[]>>
  /** More of server.yaml. */
  readonly server?: Readonly<Record<string, unknown>>
  /** More of company.yaml. */
  readonly company?: Readonly<Record<string, unknown>>
  /** Changes the canary's folder before its code is listed. */
  readonly plugin?: (folder: string) => void
  /** Makes the canary's folder another version, whose code the bundle lists beside the first, which runs. */
  readonly update?: (folder: string) => void
}

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined }

/**
 * A company with a real server and a real runner in this process, and a canary that sings where a command was run. Its
 * doors are the product's own: whoever attacks it dials them.
 */
export class CanaryCompany {
  readonly data = mkdtempSync(join(tmpdir(), 'foobot-canary-'))
  url = ''
  #server: Awaited<ReturnType<typeof startServer>> | undefined
  #runner: StartedRunner | undefined
  readonly #intruders: Intruder[] = []

  static async open(changes: Changes = {}): Promise<CanaryCompany> {
    const company = new CanaryCompany()
    company.#write(changes)
    await company.sign()
    if (changes.update) {
      changes.update(company.plugin)
      await company.sign()
      company.restorePlugin()
    }
    await company.start()
    return company
  }

  /**
   * Signs the next bundle, where the plugin is other code than before: the code before stays listed. Its policies are not
   * looked at, as with other tools than ours.
   */
  async sign(): Promise<void> {
    const by = { person: 'root', keyFile: this.keyFile('bundle') }
    await signBundle(this.data, Date.now(), by, () => undefined)
  }

  /** The canary is again what it was at first. */
  restorePlugin(): void {
    rmSync(this.plugin, { recursive: true, force: true })
    cpSync(new URL('canary', import.meta.url), this.plugin, { recursive: true })
  }

  keyFile(person: string): string {
    return join(this.data, 'keys', person)
  }

  /** Whom this company's parts trust to sign bundles. */
  get root(): Root {
    return readRunnerConfig(join(this.data, 'runners', 'tested', 'runner.yaml')).root
  }

  /** The canary's own folder, as this company's runner loads it. */
  get plugin(): string {
    return join(this.data, 'canary')
  }

  async start(): Promise<void> {
    this.#server = await startServer({ data: this.data, port: 0 }, quiet)
    this.url = this.#server.url
    await this.startRunner()
  }

  async startRunner(): Promise<void> {
    const config = readRunnerConfig(join(this.data, 'runners', 'tested', 'runner.yaml'))
    this.#runner = await startRunner({ config, clock: Date.now, monotonic: () => performance.now(), log: quiet })
    await vi.waitFor(async () => {
      const { parts } = await readinessOf(this.data)
      const runner = parts.find(({ part }) => part === 'runner tested')
      // One that has not loaded its plugin says so, and is linked.
      if (!runner?.ok && !runner?.why?.startsWith('it says: ')) throw new Error('no runner is linked')
    }, 10_000)
  }

  /** Resolves when the runner cannot go on as it is. */
  get failed(): Promise<FoobotError> {
    if (!this.#runner) throw new Error('there is no runner')
    return this.#runner.failed
  }

  async stopRunner(): Promise<void> {
    await this.#runner?.stop()
    this.#runner = undefined
  }

  async stop(): Promise<void> {
    for (const intruder of this.#intruders.splice(0)) intruder.close()
    await this.stopRunner()
    await this.#server?.stop()
  }

  async end(): Promise<void> {
    await this.stop()
    rmSync(this.data, { recursive: true })
  }

  /** Each execution, in order. */
  get sung(): readonly string[] {
    const file = join(this.data, 'sung')
    return existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : []
  }

  /** What `rebuild` and `grant` act on becomes another. */
  target(target: Target): void {
    writeFileSync(join(this.data, 'target.json'), JSON.stringify(target))
  }

  /** Somebody at the people's door, signed in. */
  async dial(person: string): Promise<Intruder> {
    const intruder = await Intruder.dial(this.url, person, this.signerOf(person))
    this.#intruders.push(intruder)
    return intruder
  }

  signerOf(person: string): Signer {
    const { signer } = readKeyFile(this.keyFile(person))
    if (!signer) throw new Error(`${person} has no key`)
    return signer
  }

  /** Keys of machines: `server/log.key`, `runners/tested/runner.key`. */
  machineKey(path: string): ReturnType<typeof readMachineKey> {
    return readMachineKey(join(this.data, path))
  }

  /** A yes to a statement, as this person's client makes it. */
  yes(statement: Uint8Array, change: Partial<Consent>, signer?: Signer): Promise<Envelope> {
    const person = change.person ?? 'jhand'
    const body = consentKind.encode({
      v: 2,
      deployment: 'canary',
      statement: statementKind.digest(statement),
      person,
      as: 'requester',
      iat: Math.floor(Date.now() / 1000),
      ...change,
    })
    return signEnvelope(signer ?? this.signerOf(person), consentKind, body)
  }

  /** What the log tells of beside warrants and receipts. */
  async events(): Promise<readonly LogEvent[]> {
    return (await this.#leaves('event')).map((body) => eventKind.decode(body))
  }

  /** How many orders to act are in the log. */
  async warrants(): Promise<number> {
    return (await this.#leaves('warrant')).length
  }

  /** The leaves of a kind, once the files, which are written a little later, hold all that there are. */
  async #leaves(kind: string): Promise<readonly Uint8Array[]> {
    const metrics = await metricsOf(this.data)
    const size = Number(/^foobot_log_leaves (\d+)/m.exec(metrics)?.[1])
    return vi.waitFor(() => {
      const log = openLog(this.data, ownerOf(this.data, undefined))
      if (log.head.size < size) throw new Error(`the files have ${log.head.size} of ${size} leaves`)
      return [...entriesOf(log)].filter((leaf) => leaf.kind === kind).map(({ body }) => body)
    }, 5000)
  }

  #write({
    policy = permits,
    keys = {},
    accounts = {},
    company = {},
    server = {},
    groups: other = groups,
    rooms: more = {},
    plugin,
  }: Changes): void {
    for (const folder of ['keys', 'server', 'runners/tested', 'company/people', 'company/policy'])
      mkdirSync(join(this.data, folder), { recursive: true, mode: 0o700 })
    this.restorePlugin()
    plugin?.(this.plugin)
    this.target({ role: 'backend', owner: 'backend' })
    const write = (file: string, what: unknown): void => writeFileSync(join(this.data, file), stringify(what))
    const keyOf = new Map(people.map((id) => [id, makeKeyFile(this.keyFile(id), id)]))
    const root = {
      administrators: [{ person: 'root', key: makeKeyFile(this.keyFile('bundle'), 'bundle') }],
      threshold: 1,
    }
    write('company/company.yaml', {
      deployment: 'canary',
      name: 'Canary',
      zone: 'Etc/UTC',
      dateOrder: 'month-first',
      root,
      log: { key: makeMachineKey(join(this.data, 'server', 'log.key')) },
      runners: { tested: { key: makeMachineKey(join(this.data, 'runners/tested/runner.key')), zone: 'canary' } },
      owners: { backend: 'Backend', dba: 'DBA' },
      ...company,
    })
    for (const id of people)
      write(`company/people/${id}.yaml`, {
        name: id,
        keys: [keyOf.get(id), ...(keys[id] ?? [])],
        ...(accounts[id] && { accounts: accounts[id] }),
      })
    write('company/groups.yaml', other)
    write('company/rooms.yaml', { ...rooms, ...more })
    for (const file of ['commands.json', 'plugins.json']) writeFileSync(join(this.data, 'company', file), '[]')
    writeFileSync(join(this.data, 'company/policy/canary.cedar'), policy.join('\n'))
    write('server/server.yaml', { deployment: 'canary', root, lowest: 1, ...server })
    write('runners/tested/runner.yaml', {
      deployment: 'canary',
      name: 'tested',
      server: '../../server/runners.sock',
      root,
      lowest: 1,
      plugins: [
        {
          path: this.plugin,
          config: { sings: join(this.data, 'sung'), target: join(this.data, 'target.json') },
        },
      ],
    })
  }
}

/** A fresh id for a line. */
export const newId = (): string => randomBytes(12).toString('hex')
