import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { bundleVersions, readBundle } from '#config/bundle-folder.ts'
import { readCompany } from '#config/company.ts'
import type { Company } from '#core/bundle/company.ts'
import { FoobotError } from '#core/errors.ts'
import { type ReadFile, readEntries, readTile } from '#core/log/audit.ts'
import { claimedHead, type LogOwner, logOf, openNote } from '#core/log/checkpoint.ts'
import { type Entry, openEntry } from '#core/log/entry.ts'
import { firstEntry } from '#core/log/log-begins.ts'
import type { LogReader } from '#core/log/proofs.ts'
import { TileReader } from '#core/log/reader.ts'
import { decodeEntries, encodeEntries, logPath, signaturesPath, spans, tileHashes, tileWidth } from '#core/log/tiles.ts'
import type { TreeHead } from '#core/log/tree.ts'
import { type Key, parseKey } from '#core/signature/key.ts'

/** A log of a data folder: its origin and the key that seals it, and what administrators have signed of it. */
export type LogHere = LogOwner & {
  /** 1, and one more for each copy that was restored. */
  readonly number: number
  /** What stood in the log when the newest bundle that names it was proposed. */
  readonly begun?: TreeHead
  /** The bytes of its first leaf, where it goes on from a restored copy. */
  readonly first?: Uint8Array
  /** The signed note at which it ended, as the copy had it: absent of the one that grows. */
  readonly end?: string
}

/** The log as files in a data folder, at one checkpoint whose signature was checked. */
export type LogFolder = {
  readonly number: number
  readonly read: ReadFile
  readonly head: TreeHead
  readonly note: string
}

export type LeafEntry = Entry & {
  /** The number of its log. */
  readonly log: number
  readonly index: number
  readonly bytes: Uint8Array
}

/**
 * The log of a data folder that grows.
 * @param key the log's, taken from elsewhere; otherwise what the newest bundle beside the log says
 * @throws FoobotError `bundle-file` where there is neither
 */
export const ownerOf = (data: string, key: string | undefined): LogHere => {
  if (key !== undefined) return keyedLog(data, parseKey(key))
  const newest = bundleVersions(data).at(-1)
  if (newest === undefined) {
    const say = `There is no bundle in ${data}: give its folder with --data DIR, or the log's key with --key KEY.`
    throw new FoobotError('bundle-file', say, say)
  }
  return logIn(readCompany(readBundle(data, newest).files))
}

/**
 * The logs of a data folder, the one that grows first, then those that ended. Of a key from elsewhere only one is known.
 * @throws as `ownerOf`
 */
export const logsOf = (data: string, key: string | undefined): readonly LogHere[] => {
  const present = ownerOf(data, key)
  if (key !== undefined || present.number === 1) return [present]
  const logs = [present]
  let after = readCompany(readBundle(data, bundleVersions(data).at(-1) ?? 0).files).log.after
  for (const version of bundleVersions(data).toReversed()) {
    const company = readCompany(readBundle(data, version).files)
    if (company.log.number >= (logs.at(-1)?.number ?? 0) || after === undefined) continue
    logs.push({ ...logIn(company), end: after })
    after = company.log.after
  }
  return logs
}

const logIn = (company: Company): LogHere => {
  const { number, checkpoint } = company.log
  const first = firstEntry(company)
  return {
    ...logOf(company),
    number,
    ...(checkpoint !== undefined && { begun: claimedHead(checkpoint) }),
    ...(first && { first }),
  }
}

/** The newest log whose files lie there. */
const keyedLog = (data: string, key: Key): LogHere => {
  const folder = join(data, logPath(1))
  const numbers = existsSync(folder) ? readdirSync(folder).filter((name) => /^[1-9]\d{0,3}$/.test(name)) : []
  const number = Math.max(1, ...numbers.map(Number))
  return { origin: claimedHead(readNote(data, number)).origin, key, number }
}

/** True where its files lie there. */
export const liesThere = (data: string, { number }: LogHere): boolean => existsSync(noteFile(data, number))

/** @throws FoobotError `log-damaged` where there is no log; `note-malformed`, `note-unsigned` */
export const openLog = (data: string, { origin, key, number }: LogHere): LogFolder =>
  openAt(data, number, readNote(data, number), { origin, key })

/** A log that ended, at its end: what its files hold beyond that counts for nothing. */
export const openEnded = (data: string, { origin, key, number, end }: LogHere): LogFolder =>
  openAt(data, number, end ?? readNote(data, number), { origin, key })

const openAt = (data: string, number: number, note: string, { origin, key }: LogOwner): LogFolder => {
  const { size, root } = openNote(note, origin, key)
  return { number, read: readerOf(join(data, logPath(number))), head: { size, root }, note }
}

const noteFile = (data: string, number: number): string => join(data, logPath(number), 'checkpoint')

const readNote = (data: string, number: number): string => {
  const file = noteFile(data, number)
  if (existsSync(file)) return readFileSync(file, 'utf8')
  const say = `There is no log yet in ${data}: ${file} is missing. Give another folder with --data DIR.`
  throw new FoobotError('log-damaged', say, say)
}

/** The entries from one number on, in order. */
export function* entriesOf({ number, read, head }: LogFolder, from = 0): Generator<LeafEntry> {
  for (const span of spans(head.size, from)) {
    for (const [i, bytes] of readEntries(read, span).entries()) {
      const index = span.index * tileWidth + i
      if (index >= from) yield { log: number, index, bytes, ...openEntry(bytes) }
    }
  }
}

/** The signatures that belong to a leaf, as they lie beside the tree. */
export const signaturesOf = ({ read }: LogFolder, index: number): readonly { keyid: string; sig: string }[] => {
  const bytes = read(signaturesPath(Math.floor(index / tileWidth))) ?? new Uint8Array()
  return Buffer.from(bytes)
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))
    .filter((line) => line.index === index)
    .map(({ keyid, sig }) => ({ keyid, sig }))
}

/** The tree, for proofs. */
export const treeOf = ({ read, head: { size } }: LogFolder): LogReader => {
  const tiles = new Map<string, readonly Uint8Array[]>()
  const tile = (level: number, index: number): readonly Uint8Array[] => {
    const known = tiles.get(`${level}/${index}`)
    if (known) return known
    const width = Math.min(tileWidth, tileHashes(level, size) - index * tileWidth)
    const hashes = readTile(read, level, { index, width })
    tiles.set(`${level}/${index}`, hashes)
    return hashes
  }
  const hash = (level: number, index: number): Uint8Array => {
    const found = tile(level, Math.floor(index / tileWidth))[index % tileWidth]
    if (!found) throw new RangeError(`no hash ${index} of level ${level}`)
    return found
  }
  return new TileReader({ size, hash })
}

/** Reads files of a log that may be growing: a part that is gone is the beginning of the fuller one. */
const readerOf =
  (folder: string): ReadFile =>
  (path) => {
    const file = join(folder, path)
    if (existsSync(file)) return readFileSync(file)
    const [, whole, width] = /^(.*)\.p\/(\d+)$/.exec(path) ?? []
    if (whole === undefined) return undefined
    const fuller = fullerThan(join(folder, whole), Number(width))
    if (fuller === undefined) return undefined
    const bytes = readFileSync(fuller.file)
    if (!path.startsWith('tile/entries/')) return bytes.subarray(0, Number(width) * 32)
    return encodeEntries(decodeEntries(bytes, fuller.width).slice(0, Number(width)))
  }

const fullerThan = (whole: string, width: number): { readonly file: string; readonly width: number } | undefined => {
  if (existsSync(whole)) return { file: whole, width: tileWidth }
  const folder = `${whole}.p`
  if (!existsSync(dirname(folder)) || !existsSync(folder)) return undefined
  const found = readdirSync(folder)
    .map(Number)
    .find((other) => Number.isInteger(other) && other > width)
  return found === undefined ? undefined : { file: join(folder, String(found)), width: found }
}
