import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { bundleVersions, readBundle } from '#config/bundle-folder.ts'
import { readCompany } from '#config/company.ts'
import { FoobotError } from '#core/errors.ts'
import { type ReadFile, readEntries, readTile } from '#core/log/audit.ts'
import { claimedHead, logOrigin, openNote } from '#core/log/checkpoint.ts'
import { type Entry, openEntry } from '#core/log/entry.ts'
import type { LogReader } from '#core/log/proofs.ts'
import { TileReader } from '#core/log/reader.ts'
import { decodeEntries, encodeEntries, signaturesPath, spans, tileHashes, tileWidth } from '#core/log/tiles.ts'
import type { TreeHead } from '#core/log/tree.ts'
import { type Key, parseKey } from '#core/signature/key.ts'

/** Whose word counts for the log: its origin and the key that seals it. */
export type LogOwner = {
  readonly origin: string
  readonly key: Key
  /** What stood in the log when the newest bundle was proposed. */
  readonly begun?: TreeHead
}

/** The log as files in a data folder, at one checkpoint whose signature was checked. */
export type LogFolder = {
  readonly read: ReadFile
  readonly head: TreeHead
  readonly note: string
}

export type LeafEntry = Entry & { readonly index: number; readonly bytes: Uint8Array }

/**
 * Who owns the log of a data folder.
 * @param key the log's, taken from elsewhere; otherwise what the newest bundle beside the log says
 * @throws FoobotError `bundle-file` where there is neither
 */
export const ownerOf = (data: string, key: string | undefined): LogOwner => {
  if (key !== undefined) return { origin: claimedHead(readNote(data)).origin, key: parseKey(key) }
  const newest = bundleVersions(data).at(-1)
  if (newest === undefined) {
    const say = `There is no bundle in ${data}: give its folder with --data DIR, or the log's key with --key KEY.`
    throw new FoobotError('bundle-file', say, say)
  }
  const company = readCompany(readBundle(data, newest).files)
  const { checkpoint } = company.log
  return {
    origin: logOrigin(company.deployment),
    key: company.log.key,
    ...(checkpoint !== undefined && { begun: claimedHead(checkpoint) }),
  }
}

/** @throws FoobotError `log-damaged` where there is no log; `note-malformed`, `note-unsigned` */
export const openLog = (data: string, { origin, key }: LogOwner): LogFolder => {
  const note = readNote(data)
  const { size, root } = openNote(note, origin, key)
  return { read: readerOf(join(data, 'log')), head: { size, root }, note }
}

const readNote = (data: string): string => {
  const file = join(data, 'log', 'checkpoint')
  if (existsSync(file)) return readFileSync(file, 'utf8')
  const say = `There is no log yet in ${data}: ${file} is missing. Give another folder with --data DIR.`
  throw new FoobotError('log-damaged', say, say)
}

/** The entries from one number on, in order. */
export function* entriesOf({ read, head }: LogFolder, from = 0): Generator<LeafEntry> {
  for (const span of spans(head.size, from)) {
    for (const [i, bytes] of readEntries(read, span).entries()) {
      const index = span.index * tileWidth + i
      if (index >= from) yield { index, bytes, ...openEntry(bytes) }
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
