import { randomBytes, randomInt } from 'node:crypto'
import { join } from 'node:path'
import { complain } from '#cli/tell.ts'
import { readMachineKey } from '#config/machine-key.ts'
import { readServerConfig } from '#config/server.ts'
import type { Bundle } from '#core/bundle/company.ts'
import { KeyChanges } from '#core/bundle/key-changes.ts'
import { carriesUntil } from '#core/bundle/life.ts'
import { ClockWatch } from '#core/clock-watch.ts'
import { FoobotError } from '#core/errors.ts'
import { logOrigin } from '#core/log/checkpoint.ts'
import { makeNote } from '#core/log/make-note.ts'
import { Accounts } from '#engine/accounts.ts'
import { Awaited } from '#engine/awaited.ts'
import { type Engine, makeEngine } from '#engine/engine.ts'
import { Group } from '#engine/group.ts'
import { KeyLine } from '#engine/key-line.ts'
import type { Logger } from '#engine/logger.ts'
import { Refusals } from '#engine/refusals.ts'
import { Live } from '#engine/request/live.ts'
import { rulesOf } from '#engine/rules.ts'
import type { RunnerEars } from '#engine/runner-link.ts'
import { Runners } from '#engine/runners.ts'
import { Told } from '#engine/told.ts'
import { viewsOf } from '#engine/views.ts'
import { Wakes } from '#engine/wakes.ts'
import type { Way } from '#engine/way.ts'
import { WebPush } from '#factors/push/web-push.ts'
import { makeControl } from '#http/control.ts'
import { type Health, makeOperator } from '#http/operator.ts'
import { makeRunnerDoor } from '#http/runner-door.ts'
import { makeHttp } from '#http/server.ts'
import { mostRunnerFrame, RunnerLink } from '#links/ws/runner-link.ts'
import { listenOn } from '#links/ws/socket-file.ts'
import { Native } from '#platforms/native/native.ts'
import { openStorage } from '#storage/open.ts'
import type { TilesWriter } from '#storage/tiles-writer.ts'
import { controlSocket } from '#wire/control.ts'
import { type BegunLog, checkBegun } from './begun-log.ts'
import { Bundles } from './bundles.ts'
import { Copies } from './copy.ts'
import { factorsOf } from './factors.ts'
import { historyOf } from './history.ts'
import { startOrTell, stopWith, tellParent } from './lifecycle.ts'
import { listenAt } from './listen-at.ts'
import { makeLog } from './log.ts'
import { logBefore } from './log-before.ts'
import { makeMetrics } from './metrics.ts'
import { startWaiting } from './start-waiting.ts'
import { WaitingRoom } from './waiting-room.ts'

export type ServerOptions = {
  /** The data folder. */
  readonly data: string
  /** 0 takes a free one; absent, the configuration's. */
  readonly port?: number
}

/** Milliseconds between two looks at what has expired, and at bundles that were activated. */
const beat = 1000
/** Milliseconds between two proofs that the database can be written. */
const proofEvery = 5000
/** Milliseconds between two looks at the log's files. */
const filesEvery = 10_000

export type RunningServer = {
  /** What people dial. */
  readonly url: string
  /** Stops listening, writes what waits, and lets go of the data folder. */
  stop(): Promise<void>
  /** Resolves where the server must not go on, with the reason. */
  readonly doomed: Promise<FoobotError>
}

/** `foobot start`: the server as a process of its own. */
export const main = async (options: ServerOptions): Promise<void> => {
  const log = makeLog('server')
  const failed = (error: unknown): void => log.error({ error: String(error) }, 'the server did not stop cleanly')
  const room = new WaitingRoom(log)
  const stopped = new AbortController()
  let stop = (): Promise<void> => room.close()
  const release = stopWith(async () => {
    stopped.abort()
    await stop()
  }, failed)
  const start = (): Promise<RunningServer> => startServer(options, log, () => room.close())
  const waiting = {
    stopped: stopped.signal,
    waits: (why: FoobotError) => {
      log.error({ why: why.message }, `${why.say} I wait until I can write, and try again`)
      const config = readServerConfig(configOf(options.data))
      return room.open(config, options.port ?? config.port, why.say)
    },
  }
  const started = await startOrTell(() => startWaiting(start, waiting), release)
  if (!started) return
  const { url, doomed } = started
  stop = started.stop
  tellParent({ type: 'ready', url })
  doomed.then(async ({ say }) => {
    complain(say)
    await stop().catch(failed)
    process.exit(1)
  }, failed)
}

const configOf = (data: string): string => join(data, 'server', 'server.yaml')

/**
 * The server: listens, decides and records. It holds no credential of any system that commands act on, starts no runner
 * and reads no runner's configuration.
 * @param listens called just before it does; until then its address may be another's
 * @throws FoobotError where a part is not configured, broken, or in use by another server; `disk-trouble` where it cannot write
 */
export const startServer = async (
  { data, port }: ServerOptions,
  log: Logger,
  listens: () => Promise<void> = async () => undefined,
): Promise<RunningServer> => {
  // Where one part does not start, those that did are let go.
  await using parts = new AsyncDisposableStack()
  const clock = (): number => Date.now()
  const watch = new ClockWatch({ wall: clock, monotonic: () => performance.now() })
  const newId = (): string => randomBytes(16).toString('hex')
  const config = readServerConfig(configOf(data))
  const logKey = readMachineKey(config.logKey)
  const bundles = new Bundles(data, config, clock)
  const bundle = bundles.held
  const storage = await openStorage(
    data,
    (error) => log.error({ error: String(error) }, 'the log files could not be written'),
    (files) =>
      log.warn({ files: files.length, first: files[0] }, 'files of the log were empty or cut: they are written again'),
  )
  parts.defer(() => storage.close())
  await storage.records.prove()
  checkBegun(storage, bundle)
  if (bundle.company.log.key !== logKey.key) {
    throw new FoobotError('log-key', `${config.logKey} is not the key that bundle ${bundle.version} names`)
  }
  const before = logBefore(storage, bundles)
  const metrics = makeMetrics({
    bundleEnd: () => carriesUntil(bundles.held, 'open'),
    bundleFresh: () => carriesUntil(bundles.held, 'sensitive'),
    logLeaves: () => storage.log.size,
  })
  const platforms = new Map()
  let url = ''
  const waker = new WebPush({ ...config.push, server: () => url, log })
  const notary = (size: number, root: Uint8Array): string =>
    makeNote(logOrigin(config.deployment, storage.number), size, root, logKey)
  const way: Way = {
    clock,
    clockWrong: () => watch.wrong(),
    newId,
    log,
    name: 'Foobot',
    records: storage.records,
    tree: storage.log,
    ...(before && { before }),
    awaited: new Awaited(storage.awaitedRunners, await storage.awaitedRunners.all()),
    storeIds: storage.storeIds,
    platforms,
    group: new Group(storage.records, notary, await storage.records.seal()),
    runners: new Runners(newId),
    live: new Live(),
    counters: metrics,
    random: () => randomInt(2 ** 32) / 2 ** 32,
    resting: new Map(),
    unsent: new Set(),
    asking: new Map(),
    accountStore: storage.accounts,
    accounts: new Accounts(clock, await storage.accounts.all()),
    devices: storage.devices,
    waker,
    wakes: new Wakes(clock),
    factors: factorsOf(config, bundle.company, clock),
    refusals: new Refusals(),
    keyChanges: KeyChanges.of(await storage.records.keyChanges()),
    told: new Told(clock),
    keyLine: new KeyLine(),
    rules: rulesOf(bundle),
    packsAfter: (version) => bundles.after(version),
    keepBundle: (pack) => bundles.keep(pack),
  }
  parts.defer(() => way.group.drain())
  const engine = makeEngine(way)
  await engine.restore()
  const views = viewsOf(way)

  const native = new Native({
    deployment: config.deployment,
    companyName: () => views.company().name,
    nameOf: views.nameOf,
    rooms: views.roomsOf,
    mayEnter: views.mayEnter,
    history: historyOf(storage.chat, config.deployment),
    ears: engine,
    completions: (person, _room, text) => views.complete(person, text),
    requests: views.requests,
    keys: views.heldKeys,
    present: (_person, envelope) => engine.doors.present(envelope),
    toSign: engine.doors.toSign,
    enrol: engine.doors.enrol,
    clock,
    log,
  })
  platforms.set(native.name, native)
  parts.defer(() => native.close())

  const doom = Promise.withResolvers<FoobotError>()
  const ears = dooming(engine.runnerEars, doom.resolve)
  const link = new RunnerLink({ deployment: config.deployment, ears, clock, newNonce: newId, log })
  parts.defer(() => link.close())
  const health = (): Health => withFiles(views.ready(), storage.files)
  await listens()
  const http = await makeHttp({
    host: config.host,
    port: port ?? config.port,
    ...(config.publicUrl !== undefined && { publicUrl: config.publicUrl }),
    proxy: config.proxy,
    clock,
    newNonce: newId,
    deployment: config.deployment,
    companyName: () => views.company().name,
    personKeys: views.keysOf,
    whyClosed: views.whyClosed,
    ready: () => health().ok,
    present: engine.doors.present,
    hear: engine.doors.hear,
    phone: engine.doors.phone,
    deskOrigins: () => [...way.rules.company.desks.keys()],
    native: (session) => native.admit(session),
    log,
  })
  parts.defer(() => http.close())
  url = http.url
  await link.listen(config.socket)
  if (config.runners) {
    const door = await makeRunnerDoor({
      ...config.runners,
      clock,
      mostFrame: mostRunnerFrame,
      accept: (socket, request, origin, known) => link.accept(socket, request, origin, known),
    })
    parts.defer(() => door.close())
  }
  const operator = makeOperator(health, metrics.registry)
  if ('socket' in config.metrics) await listenOn(operator, config.metrics.socket, 'group')
  else await listenAt(operator, config.metrics.port)
  parts.defer(() => void operator.close())
  const copies = new Copies(data, (to) => storage.backup(to))
  await copies.clear()
  const control = makeControl(
    {
      backup: () => copies.make(),
      resetRunner: (name) => engine.resetRunner(name),
      loseRunner: (name) => engine.loseRunner(name),
    },
    (error) => log.warn({ error: String(error) }, 'an order of the operator was not carried out'),
  )
  await listenOn(control, join(data, 'server', controlSocket), 'user')
  parts.defer(() => void control.close())

  // INVARIANT: each looks by itself, so that one which fails or takes long keeps none of the others from its work.
  const regularly = (what: string, every: number, look: () => Promise<void>): void => {
    const failed = (error: unknown): void => log.error({ what, error: String(error) }, 'it is tried again')
    const timer = setInterval(() => void look().catch(failed), every)
    parts.defer(() => clearInterval(timer))
  }
  regularly('ending, waking and saying what is due', beat, () => engine.tick())
  regularly('putting a new bundle in force', beat, activating(way.clockWrong, storage, bundles, engine))
  regularly('looking at the log’s files', filesEvery, () => storage.files.look())
  regularly('proving that the database can be written', proofEvery, () => way.group.prove())

  log.info({ url: http.url, bundle: bundle.version }, 'listening')
  const running = parts.move()
  return { url: http.url, doomed: doom.promise, stop: () => running.disposeAsync() }
}

/** A log that is not the one that a runner has seen must not grow: it would fork. */
const dooming = (ears: RunnerEars, doomed: (reason: FoobotError) => void): RunnerEars => ({
  ...ears,
  admitted: async (connection) => {
    try {
      await ears.admitted(connection)
    } catch (error) {
      if (error instanceof FoobotError && error.code === 'log-restored-old-copy') doomed(error)
      throw error
    }
  },
})

/** Why the log's files are behind its database, and which of them were mended. */
const withFiles = ({ ok, parts }: Health, { failing, mended }: Pick<TilesWriter, 'failing' | 'mended'>): Health => {
  const why = failing ?? mended
  const files = { part: 'log files', ok: failing === undefined, ...(why !== undefined && { why }) }
  return { ok: ok && files.ok, parts: [...parts, files] }
}

/** Puts in force what was activated, once the clock is right: by a wrong one, it could be refused for ever. */
const activating = (clockWrong: Way['clockWrong'], begun: BegunLog, bundles: Bundles, engine: Engine) => {
  let next: Bundle | undefined
  let isBusy = false
  return async (): Promise<void> => {
    if (isBusy || clockWrong() !== undefined) return
    next ??= bundles.look((bundle) => checkBegun(begun, bundle))
    if (!next) return
    isBusy = true
    try {
      await engine.activate(next)
      next = undefined
    } finally {
      isBusy = false
    }
  }
}
