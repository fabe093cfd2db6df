import { randomBytes } from 'node:crypto'
import { setTimeout as after } from 'node:timers/promises'
import { type MachineKey, readMachineKey } from '#config/machine-key.ts'
import type { RunnerConfig } from '#config/runner.ts'
import { carriesUntil, tooOldText } from '#core/bundle/life.ts'
import { listedOf } from '#core/bundle/listing.ts'
import { type Clock, mostSkew, skewText, toSeconds } from '#core/clock.ts'
import { tierOf } from '#core/command/manifest.ts'
import { parseText } from '#core/command/parse.ts'
import { templateOf } from '#core/command/template.ts'
import { FoobotError } from '#core/errors.ts'
import { fromBase64 } from '#core/statement/base64.ts'
import type { Envelope } from '#core/statement/fields.ts'
import { cut } from '#core/text/cut.ts'
import { shortFault } from '#core/text/short-fault.ts'
import type { Tier } from '#core/tier.ts'
import { type FromRunner, type FromServer, mostKeyChanges } from '#wire/runner.ts'
import { Claims } from './claims.ts'
import { entryOf } from './code.ts'
import { HandedOver } from './handed-over.ts'
import { HandingIn } from './handing-in.ts'
import { HeldBundle } from './held-bundle.ts'
import { HeldKeys } from './held-keys.ts'
import { Inbox } from './inbox.ts'
import { inspect, LookLimit } from './inspect.ts'
import { type KeepPaper, KeptPapers } from './kept-papers.ts'
import { LastWords } from './last-words.ts'
import { Link } from './link.ts'
import { seenOf } from './log-seen.ts'
import type { RunnerLogger } from './logger.ts'
import { loginOf } from './login.ts'
import { Orders, requesterOf } from './orders.ts'
import { Plugins } from './plugins.ts'
import { ReceiptBook, signReceipts } from './receipts.ts'
import { RecordedReceipts } from './recorded.ts'
import { sentenceOf } from './sentence.ts'
import { Time } from './time.ts'
import { Troubles } from './troubles.ts'
import { Webhooks } from './webhooks.ts'

export type RunnerOptions = {
  readonly config: RunnerConfig
  readonly clock: Clock
  /** Milliseconds that pass whatever somebody sets the clock to. */
  readonly monotonic: Clock
  readonly log: RunnerLogger
}

/** Milliseconds between two looks at clocks and state. */
const beat = 1000
/** Looks between two notes of how late it is. */
const noted = 60
/** Looks between two at the room on the disk, and two times that receipts are handed over which nobody has recorded. */
const seldom = 10
/** Milliseconds that a runner which ends after a failed write waits until its receipts are recorded. */
const farewell = 15_000

export type StartedRunner = {
  /** Resolves with the reason when the runner cannot go on as it is: stop it, and start it again. */
  readonly failed: Promise<FoobotError>
  stop(): Promise<void>
}

/**
 * Starts a runner: opens its claims and its bundle, then looks at its plugins, loads those that may run, and dials. It runs
 * until it is stopped, whether the server is there or not.
 * @throws FoobotError `machine-key`, `plugin-refused`, `claims-damaged`, `runner-folder-in-use`, `disk-trouble`, `not-writable`
 */
export const startRunner = async (options: RunnerOptions): Promise<StartedRunner> => {
  const { config, clock, log } = options
  const key = readMachineKey(config.key)
  for (const { path } of config.plugins) entryOf(path)
  const claims = await Claims.open(config.folder, toSeconds(clock()), () => randomBytes(16).toString('hex'))
  try {
    const { deployment, name, root, lowest, folder } = config
    const held = new HeldBundle({ deployment, root, lowest, folder, claims, log })
    const plugins = await Plugins.open({ plugins: config.plugins, runner: name, held, log })
    // A new file believes statements from the next second on: until then nothing could be run.
    await after(Math.min(1000, Math.max(0, claims.created * 1000 - clock())))
    const runner = new Runner(options, key, claims, held, plugins)
    return { failed: runner.failed, stop: () => runner.stop() }
  } catch (error) {
    await claims.close()
    throw error
  }
}

class Runner {
  /** Resolves with the reason when it must be started again: what it had begun has ended by then. */
  readonly failed: Promise<FoobotError>
  readonly #time: Time
  readonly #broken = Promise.withResolvers<Error>()
  /** Receipts that nobody had recorded at the last look. */
  #late: ReadonlySet<Envelope> = new Set()
  readonly #troubles: Troubles
  #beats = 0
  readonly #options: RunnerOptions
  readonly #key: MachineKey
  readonly #plugins: Plugins
  readonly #claims: Claims
  readonly #held: HeldBundle
  readonly #keys: HeldKeys
  readonly #handed: HandedOver
  readonly #inbox: Inbox
  readonly #looks: LookLimit
  readonly #papers: KeptPapers
  readonly #handingIn: HandingIn
  readonly #receipts: ReceiptBook
  readonly #recorded: RecordedReceipts
  readonly #orders: Orders
  readonly #webhooks: Webhooks
  readonly #link: Link
  readonly #ticking: NodeJS.Timeout
  #stopped: Promise<void> | undefined
  /** The last words of requests whose receipt is not recorded yet, by request. */
  readonly #lastWords = new LastWords()

  constructor(options: RunnerOptions, key: MachineKey, claims: Claims, held: HeldBundle, plugins: Plugins) {
    const { config, clock, monotonic, log } = options
    const { deployment, name: runner, folder } = config
    this.#options = options
    this.#time = new Time({ wall: clock, monotonic }, claims, log)
    const clockWrong = (): string | undefined => this.#time.wrong()
    this.#key = key
    this.#plugins = plugins
    this.#claims = claims
    this.#looks = new LookLimit(clock)
    this.#held = held
    this.#keys = new HeldKeys(claims)
    this.#handed = new HandedOver({
      clock,
      log,
      held: this.#held,
      keys: this.#keys,
      taken: () => this.#follow(),
      send: (message) => this.#send(message),
      broken: (why) => this.#broken.resolve(why),
      problem: (error) => this.#problem(error),
    })
    const papers = new KeptPapers(folder, log)
    const keepPaper: KeepPaper = (paper) =>
      papers.keep({ ...paper, log: held.inForce?.bundle.company.log.number ?? 1 }, toSeconds(clock()))
    this.#papers = papers
    const settled = (requests: readonly string[]): void => this.#lastWords.forget(requests)
    this.#handingIn = new HandingIn({
      deployment,
      folder,
      claims,
      held,
      papers,
      log,
      sign: ({ payload }) => signReceipts(key, fromBase64(payload)),
      settled,
      done: () => this.#handOver(),
      send: (message) => this.#send(message),
    })
    this.#receipts = new ReceiptBook({
      deployment,
      runner,
      key,
      claims,
      log,
      keepPaper,
      send: (envelope) => this.#send({ type: 'receipts', envelope }),
    })
    this.#recorded = new RecordedReceipts({
      claims,
      held: this.#held,
      log,
      keepPaper,
      settled,
      send: (message) => this.#send(message),
    })
    this.#orders = new Orders({
      me: { deployment, runner },
      clock,
      clockWrong,
      log,
      claims,
      held: this.#held,
      keys: this.#keys,
      get commands() {
        return plugins.commands
      },
      get redactor() {
        return plugins.redactor
      },
      send: (message) => this.#say(message),
      keepPaper,
      receipt: (receipt) => this.#receipts.add(receipt),
    })
    this.#webhooks = new Webhooks({
      clock,
      clockWrong,
      log,
      claims,
      get webhooks() {
        return plugins.webhooks
      },
      runs: () => this.#carries('open'),
      get redactor() {
        return plugins.redactor
      },
      send: (message) => this.#send(message),
      problem: (error) => this.#problem(error),
    })
    // Before anything that goes on by itself: where its folder cannot be made, nothing was begun.
    this.#inbox = new Inbox({ folder, log, take: (what) => this.#handed.take(what) })
    this.#ticking = setInterval(() => this.#tick(), beat)
    this.#link = new Link({
      server: config.server,
      deployment,
      log,
      login: (nonce, at) => this.#login(nonce, at),
      announce: () => this.#announce(),
      hear: (messages) => {
        for (const message of messages) this.#hear(message)
      },
      admitted: () => this.#handOver(),
    })
    const send = (message: FromRunner): void => this.#send(message)
    this.#troubles = new Troubles({ folder, time: this.#time, plugins, link: this.#link, send })
    const broken = Promise.race([claims.failed, this.#broken.promise]).then((why) => this.#endAfter(why))
    this.failed = Promise.race([plugins.failed, broken])
  }

  /** Something could not be written: nothing more is begun, what was begun ends, and its receipts are handed over. */
  async #endAfter(why: Error): Promise<FoobotError> {
    const { log } = this.#options
    const say = sentenceOf(why)
    log.error({ why: why.message }, `${say} I take no order more, let what runs come to its end, and end then`)
    this.#orders.takeNone()
    this.#troubles.broke(say)
    await Promise.all([this.#orders.ended(), this.#webhooks.ended()])
    this.#receipts.flush()
    for (let left = farewell; left > 0 && this.#claims.unrecorded().length > 0; left -= 100) await after(100)
    return why instanceof FoobotError ? why : new FoobotError('disk-trouble', why.message, say)
  }

  /** Tells handlers to end, hands over what it can, and lets everything go. */
  stop(): Promise<void> {
    this.#stopped ??= this.#stop()
    return this.#stopped
  }

  async #stop(): Promise<void> {
    clearInterval(this.#ticking)
    await this.#inbox.stop()
    await this.#webhooks.stop()
    await this.#orders.stop()
    this.#receipts.flush()
    await this.#link.stop()
    await this.#papers.flush()
    await this.#claims.close()
  }

  #login(nonce: string, at: number): Envelope {
    const { config, clock, log } = this.#options
    const seconds = at - toSeconds(clock())
    if (Math.abs(seconds) > mostSkew)
      log.warn({ seconds }, `the server's clock is ${skewText(seconds)}: set the one that is wrong`)
    return loginOf(config, this.#key, nonce, toSeconds(clock()))
  }

  #announce(): FromRunner {
    const bundle = this.#held.inForce?.bundle
    const { note } = this.#claims
    if (bundle) this.#webhooks.compare(bundle.company.webhooks, this.#options.config.name)
    return {
      type: 'announce',
      store: this.#claims.store,
      ...(bundle && { bundle: { version: bundle.version, digest: bundle.digest } }),
      commands: [...this.#plugins.commands.values()].map(({ manifest, definition }) => ({ manifest, definition })),
      ...(note !== undefined && { checkpoint: note }),
      claims: this.#claims.announced((request) => this.#orders.isAlive(request)),
      keyChanges: this.#keys.changes.digests.slice(-mostKeyChanges),
      at: toSeconds(this.#options.clock()),
    }
  }

  /** Loads what a bundle that was just taken permits. What a runner can do is announced on a link of its own. */
  async #follow(): Promise<void> {
    const before = definitionsIn(this.#plugins)
    await this.#plugins.follow()
    if (definitionsIn(this.#plugins) !== before) this.#link.redial()
  }

  #hear(message: FromServer): void {
    switch (message.type) {
      case 'execute':
        this.#orders.take(message)
        break
      case 'inspect':
        void this.#inspect(message)
        break
      case 'cancel':
        this.#orders.cancel(message.request, message.by)
        break
      case 'webhook':
        void this.#webhooks.hear(message)
        break
      case 'recorded':
        this.#recorded.take(message)
        break
      case 'bundle':
        void this.#handed.bundle(message.pack)
        break
      case 'key-change':
        void this.#handed.keyChange(message.envelope)
        break
      case 'hand-in':
      case 'handed-in':
        this.#handingIn.hear(message)
        break
      case 'challenge':
      case 'welcome':
      case 'refused':
        break
    }
  }

  async #inspect({ call, ...about }: Extract<FromServer, { type: 'inspect' }>): Promise<void> {
    const { epoch } = this.#link
    const answer = await this.#look(about).catch((error: unknown) => ({ problem: this.#problem(error) }))
    if (this.#link.epoch === epoch) this.#send({ type: 'inspected', call, ...answer })
  }

  async #look({ command, text, requester: id, room }: Omit<Extract<FromServer, { type: 'inspect' }>, 'type' | 'call'>) {
    const bundle = this.#held.inForce?.bundle
    const loaded = this.#plugins.commands.get(command)
    const listed = bundle && listedOf(bundle.company.commands, command)
    if (!bundle || !loaded || !listed)
      throw new FoobotError('internal', `no bundle, or no ${command}`, 'This runner does not know that command.')
    const tier = tierOf(listed)
    if (!this.#carries(tier))
      throw new FoobotError('bundle-expired', `a look for ${command}, ${tier}`, tooOldText(bundle, tier))
    const requester = requesterOf(bundle, id)
    this.#looks.take(requester?.id)
    const args = parseText(templateOf(listed), text)
    return inspect(
      loaded,
      { args, ...(room !== undefined && { room }), ...(requester && { requester }) },
      this.#plugins.redactor,
    )
  }

  /** Whether the bundle held is young enough for commands of a tier: step 3 of the checks asks the same of orders. */
  #carries(tier: Tier): boolean {
    const bundle = this.#held.inForce?.bundle
    return bundle !== undefined && carriesUntil(bundle, tier) > toSeconds(this.#options.clock())
  }

  #problem(error: unknown): string {
    return cut(this.#plugins.redactor.text(sentenceOf(error)), 2048) || 'It could not be done.'
  }

  /** What a handler said last is kept with its receipt, and said again with it where the link broke in between. */
  #say(message: FromRunner): void {
    const isLast = message.type === 'say' && message.final
    if (isLast) this.#lastWords.keep(message.request, message)
    if (!isLast || this.#link.admitted) this.#send(message)
  }

  #handOver(): void {
    this.#troubles.tellAnew()
    // What belongs to the log before is handed in, where it is asked for.
    const company = this.#held.inForce?.bundle.company
    if (company && !seenOf(this.#claims, company)) return
    for (const message of this.#lastWords.all()) this.#send(message)
    for (const envelope of this.#claims.unrecorded()) this.#send({ type: 'receipts', envelope })
  }

  #send(message: FromRunner): void {
    this.#link.send(message)
  }

  #tick(): void {
    this.#beats += 1
    if (this.#beats % seldom === 0) {
      this.#troubles.lookForRoom()
      this.#handOverLate()
    }
    this.#troubles.look()
    if (this.#beats % noted > 0 || this.#troubles.hasBroken) return
    this.#claims.tick().catch((error: unknown) => {
      this.#options.log.error({ error: shortFault(error) }, 'the time could not be written down')
    })
  }

  /** A server whose disk was full for a moment has recorded no receipts, and asks for none. */
  #handOverLate(): void {
    const unrecorded = this.#claims.unrecorded()
    for (const envelope of unrecorded) if (this.#late.has(envelope)) this.#send({ type: 'receipts', envelope })
    this.#late = new Set(unrecorded)
  }
}

const definitionsIn = ({ commands }: Pick<Plugins, 'commands'>): string =>
  [...commands.values()].map(({ definition }) => definition).join()
