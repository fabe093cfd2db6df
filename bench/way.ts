import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Bundle } from '../src/core/bundle/company.ts'
import { KeyChanges } from '../src/core/bundle/key-changes.ts'
import { logOrigin } from '../src/core/log/checkpoint.ts'
import { makeNote, type NoteSigner } from '../src/core/log/make-note.ts'
import { Accounts } from '../src/engine/accounts.ts'
import { Awaited } from '../src/engine/awaited.ts'
import type { Waker } from '../src/engine/factor.ts'
import { Group } from '../src/engine/group.ts'
import { KeyLine } from '../src/engine/key-line.ts'
import type { Logger } from '../src/engine/logger.ts'
import type { Message, Platform } from '../src/engine/platform.ts'
import { Refusals } from '../src/engine/refusals.ts'
import { Live } from '../src/engine/request/live.ts'
import { rulesOf } from '../src/engine/rules.ts'
import { Runners } from '../src/engine/runners.ts'
import { Told } from '../src/engine/told.ts'
import { Wakes } from '../src/engine/wakes.ts'
import type { Way } from '../src/engine/way.ts'
import { makeMetrics } from '../src/processes/metrics.ts'
import type { Storage } from '../src/storage/open.ts'
import { deployment, room } from './company.ts'

/** What the steps stand on, as `src/processes/server.ts` builds it, but for the platform. */
export const makeWay = async (of: {
  readonly bundle: Bundle
  readonly storage: Storage
  readonly platform: Platform
  readonly logKey: NoteSigner
  readonly log?: Logger
  readonly packsAfter?: Way['packsAfter']
}): Promise<Way> => {
  const { bundle, storage, platform, log = complaining, packsAfter = () => [] } = of
  const notary = (size: number, root: Uint8Array): string =>
    makeNote(logOrigin(bundle.company.deployment), size, root, of.logKey)
  const newId = (): string => randomBytes(16).toString('hex')
  const way = {
    clockWrong: () => undefined,
    clock: Date.now,
    newId,
    random: Math.random,
    log,
    name: 'Foobot',
    records: storage.records,
    tree: storage.log,
    storeIds: storage.storeIds,
    platforms: new Map([[platform.name, platform]]),
    group: new Group(storage.records, notary, await storage.records.seal()),
    runners: new Runners(newId),
    live: new Live(),
    unsent: new Set<string>(),
    asking: new Map(),
    resting: new Map(),
    refusals: new Refusals(),
    accountStore: storage.accounts,
    accounts: new Accounts(() => Date.now(), []),
    devices: storage.devices,
    waker: asleep,
    wakes: new Wakes(() => Date.now()),
    factors: {},
    counters: makeMetrics({
      bundleEnd: () => bundle.exp,
      bundleFresh: () => bundle.exp,
      logLeaves: () => storage.log.size,
    }),
    rules: rulesOf(bundle),
    keyChanges: KeyChanges.of(await storage.records.keyChanges()),
    told: new Told(() => Date.now()),
    keyLine: new KeyLine(),
    packsAfter,
    awaited: new Awaited(storage.awaitedRunners, []),
    keepBundle: () => undefined,
  }
  return way
}

/** Nobody has a phone. */
const asleep: Waker = { key: '', refuses: () => undefined, wake: () => Promise.resolve('unreachable') }

/** A platform that hears and says nothing: what its replies cost is another question. */
const deaf = {
  name: 'native',
  send: () => Promise.resolve(),
  follow: () => undefined,
  show: () => undefined,
  alone: () => undefined,
  recheck: () => undefined,
  health: () => ({ ok: true }),
}
export const deafPlatform: Platform = deaf

/** What somebody says in the room. */
export const messageOf = (account: string, id: string, text: string): Message => ({
  conversation: { platform: 'native', tenant: deployment, room },
  account: { tenant: deployment, id: account },
  id,
  at: Date.now(),
  text,
  fresh: true,
  signs: false,
})

/** A folder that goes when the process does. It lies on a disk: in memory, durable writes would cost nothing. */
export const temporaryFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'foobot-bench-'))
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** Nothing of what is measured may go wrong unseen. */
export const complaining: Logger = {
  info: () => undefined,
  warn: (fields, message) => console.error(message, fields),
  error: (fields, message) => console.error(message, fields),
}
