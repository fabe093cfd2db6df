import { closeSync, existsSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { isMap, parseDocument } from 'yaml'
import { openLog, treeOf } from '#cli/log-folder.ts'
import { readBundleFile } from '#config/bundle-file.ts'
import { bundleVersions, fromPack, readBundle, writeBundle } from '#config/bundle-folder.ts'
import { readCompany } from '#config/company.ts'
import { makeMachineKey, readMachineKey } from '#config/machine-key.ts'
import { readServerConfig, type ServerConfig } from '#config/server.ts'
import { acceptChain, type BundleOffer, bundleKind } from '#core/bundle/bundle.ts'
import type { Bundle, Company } from '#core/bundle/company.ts'
import { FoobotError } from '#core/errors.ts'
import { auditLog } from '#core/log/audit.ts'
import { claimedHead, logOf, logOrigin, openNote } from '#core/log/checkpoint.ts'
import { type EventName, eventKind } from '#core/log/event.ts'
import { firstEntry } from '#core/log/log-begins.ts'
import { makeNote } from '#core/log/make-note.ts'
import { holdsHead } from '#core/log/proofs.ts'
import { logPath } from '#core/log/tiles.ts'
import { readEnvelope } from '#core/statement/envelope.ts'
import { cut } from '#core/text/cut.ts'
import { writing } from '#disk/write-error.ts'
import type { Request } from '#engine/request/request.ts'
import type { Change } from '#engine/store.ts'
import { RestoredCopy } from '#storage/restored-copy.ts'

export type Restoring = {
  readonly data: string
  /** The company's folder. */
  readonly config: string
  /** The copy of the database. */
  readonly copy: string
  /** Files of bundles, as "foobot runner bundle" writes them. */
  readonly bundles: readonly string[]
  /** Seconds since 1970. */
  readonly now: number
}

export type Restored = {
  /** The log that goes on. */
  readonly log: Required<Omit<Company['log'], 'checkpoint'>>
  /** Leaves of the log before, as the copy has it. */
  readonly copied: number
  /** Requests that were open in the copy, and were ended. */
  readonly ended: number
  /** The newest bundle, which the next one follows. */
  readonly bundle: Bundle
  /** What lay where something else was put. */
  readonly setAside: readonly string[]
}

/**
 * Puts a copy of the database into a data folder whose server does not run. Its log goes on as a new one: what happened
 * since the copy was taken is gone from it, and nobody can say that it did not.
 * @throws FoobotError `restore-refused`, `data-folder-in-use`, `no-data`, `log-restored-old-copy`, `bundle-file`, `bundle-refused`
 */
export const restore = async ({ data, config, copy, bundles, now }: Restoring): Promise<Restored> => {
  const server = readServerConfig(join(data, 'server', 'server.yaml'))
  const bundle = takeBundles(data, server, bundles.flatMap(readBundleFile).map(fromPack))
  const { company } = bundle
  const folder = openCompany(config, readBundle(data, bundle.version).files)
  const draftKey = `${server.logKey}.restoring`
  const restored = RestoredCopy.open(copy, data)
  try {
    const before = checkedBefore(data, restored, company)
    const number = before.log.number + 1
    const setAside: string[] = []
    const putAside = (file: string): void => {
      if (!existsSync(file)) return
      renameSync(file, `${file}.replaced-${now}`)
      setAside.push(`${file}.replaced-${now}`)
    }
    rmSync(draftKey, { force: true })
    const key = makeMachineKey(draftKey)
    const log = { number, key, after: restored.seal.note }
    const live = await restored.live()
    const first = firstEntry({ deployment: company.deployment, log })
    if (!first) throw new FoobotError('internal', 'a restored log without a beginning')
    const signer = readMachineKey(draftKey)
    await restored.begin(
      [{ leaf: { bytes: first } }, ...live.map((request) => ending(company.deployment, request, now))],
      (size, root) => makeNote(logOrigin(company.deployment, number), size, root, signer),
      company.runners.keys(),
    )
    // One that an earlier try has begun was named by no bundle.
    putAside(join(data, logPath(number)))
    await restored.writeFiles((ended, copied) => !isLonger(data, ended, copied))
    const { read, head } = openLog(data, { ...logOf(before), number: before.log.number })
    auditLog(read, head, [openNote(log.after, logOf(before).origin, before.log.key)])

    restored.putInPlace(putAside)
    putAside(server.logKey)
    renameSync(draftKey, server.logKey)
    if (server.totp) rmSync(server.totp.secrets, { force: true })
    folder.name(log)
    return { log, copied: head.size, ended: live.length, bundle, setAside }
  } finally {
    restored.close()
    rmSync(draftKey, { force: true })
  }
}

/**
 * Puts the bundles that were given beside those that lie there, once they are proven to follow each other.
 * @returns the newest, whether it has ended or not: the next one follows it
 */
const takeBundles = (data: string, server: ServerConfig, given: readonly BundleOffer[]): Bundle => {
  const offers = new Map(bundleVersions(data).map((version) => [version, readBundle(data, version)]))
  for (const offer of given) {
    const { value, digest } = readEnvelope(bundleKind, offer.envelope)
    const lies = offers.get(value.version)
    if (lies && readEnvelope(bundleKind, lies.envelope).digest !== digest)
      refuse(`there are two bundles of version ${value.version}`, 'ask the administrators which one they have signed')
    offers.set(value.version, offer)
  }
  const versions = [...offers.keys()].filter((version) => version >= server.lowest).sort((a, b) => a - b)
  const chain = versions.flatMap((version) => offers.get(version) ?? [])
  const newest = chain.at(-1)
  if (!newest) {
    return refuse(
      'no bundle lies in the data folder',
      'ask each runner for its own, "foobot runner bundle --config FILE --out FILE", and give all with --bundle',
    )
  }
  const { iat } = readEnvelope(bundleKind, newest.envelope).value
  const bundle = acceptChain(chain, readCompany, { ...server, now: iat })
  for (const offer of chain) writeBundle(data, offer)
  return bundle
}

/**
 * Demands that a copy is of the log that the newest bundle names, sealed by its key, and that files of it which are there
 * are of the same log.
 * @returns the newest company that names the key of the copy's end
 */
const checkedBefore = (data: string, { number, seal, log }: RestoredCopy, newest: Company): Company => {
  if (number !== newest.log.number) {
    refuse(
      `it is of log ${number}, and the newest bundle names log ${newest.log.number}`,
      number > newest.log.number
        ? 'give a newer bundle with --bundle'
        : 'only a copy that was taken of that log can go on: give another',
    )
  }
  const before = bundleVersions(data)
    .toReversed()
    .map((version) => readCompany(readBundle(data, version).files))
    .find((company) => company.log.number === number && isSealedBy(company, seal.note))
  if (!before) return refuse('its end is not signed by the log of this company', 'give another copy')
  const here = { ...logOf(before), number }
  if (existsSync(join(data, logPath(number), 'checkpoint'))) {
    const files = openLog(data, here)
    const same = files.head.size > seal.size ? holdsHead(treeOf(files), seal) : holdsHead(log, files.head)
    if (!same)
      refuse(
        `the files in ${join(data, logPath(number))} are of another log than it`,
        'keep both, and tell an administrator',
      )
  }
  return before
}

const isSealedBy = (company: Company, note: string): boolean => {
  const { origin, key } = logOf(company)
  try {
    openNote(note, origin, key)
    return true
  } catch (error) {
    if (error instanceof FoobotError) return false
    throw error
  }
}

/**
 * Files that hold more of a log than the copy say more, and stay. Whether they are of the same log was looked at when it
 * was restored from; `log verify` looks again.
 */
const isLonger = (data: string, number: number, copied: number): boolean => {
  const file = join(data, logPath(number), 'checkpoint')
  if (!existsSync(file)) return false
  try {
    return claimedHead(readFileSync(file, 'utf8')).size > copied
  } catch (error) {
    if (error instanceof FoobotError && error.code === 'note-malformed') return false
    throw error
  }
}

/**
 * What becomes of a request that was open when the copy was taken. Nobody here knows what happened to it since: one that
 * was sent may have run. One that waited runs no more: who still wants it says it again.
 */
const ending = (deployment: string, request: Request, now: number): Change => {
  const { sent: _, ...rest } = request
  const state = endOf(request, now)
  const { id, person, runner, command, stated } = request
  const body = eventKind.encode({
    v: 2,
    deployment,
    at: now,
    what: state,
    request: id,
    runner,
    command: cut(command, 256),
    why: whys[state],
    ...(person !== undefined && { person }),
    ...(stated && { digest: stated.digest }),
  })
  return {
    from: { state: request.state, generation: request.generation },
    request: { ...rest, state, generation: request.generation + 1, endedAt: now * 1000 },
    leaf: { bytes: eventKind.pae(body) },
  }
}

type EndState = Extract<EventName, 'interrupted' | 'expired' | 'cancelled'>

const endOf = ({ state, stated }: Request, now: number): EndState => {
  if (state === 'running') return 'interrupted'
  return stated && stated.exp <= now ? 'expired' : 'cancelled'
}

const whys: Readonly<Record<EndState, string>> = {
  interrupted: 'Foobot was restored from a copy. This may or may not have happened: look before you say it again.',
  expired: 'Foobot was restored from a copy, and this has expired.',
  cancelled: 'Foobot was restored from a copy: say it again.',
}

/**
 * The company's file, to be changed: what is wrong with it must show before anything is put in place. Where there is no
 * such folder, it is written out of the newest bundle.
 */
const openCompany = (config: string, files: ReadonlyMap<string, Uint8Array>) => {
  const file = join(config, 'company.yaml')
  if (!existsSync(file)) {
    for (const [path, bytes] of files) {
      const to = join(config, path)
      writing(to, () => {
        mkdirSync(dirname(to), { recursive: true })
        writeFileSync(to, bytes)
      })
    }
  }
  writing(file, () => closeSync(openSync(file, 'r+')))
  const company = parseDocument(readFileSync(file, 'utf8'))
  if (company.errors.length > 0 || !isMap(company.contents))
    refuse(`${file} is no YAML that can be changed`, 'mend it, and run this again')
  return {
    name: (log: Restored['log']): void => {
      company.set('log', company.createNode(log))
      writing(file, () => writeFileSync(file, company.toString({ lineWidth: 0 }), { flush: true }))
    },
  }
}

const refuse = (why: string, next: string): never => {
  throw new FoobotError('restore-refused', why, `That copy cannot be restored here: ${why}. Do this: ${next}.`)
}
