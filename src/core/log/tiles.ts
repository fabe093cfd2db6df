import { FoobotError } from '#core/errors.ts'
import { edgeRoot, emptyEdge, grow } from './edge.ts'
import { hashSize } from './hash.ts'

/**
 * The log as files: C2SP tlog-tiles. A tile holds up to 256 hashes of one height of the tree; an entry bundle holds up
 * to 256 leaves.
 * @see https://c2sp.org/tlog-tiles
 */

/** Hashes in a full tile, entries in a full bundle. */
export const tileWidth = 256

/** Heights of the tree that one tile spans. */
export const tileHeight = 8

/** Most bytes of a leaf: two bytes count them, and Foobot's own limit is lower. A recovered order holds a whole warrant. */
export const mostEntryBytes = 62 * 1024

/** Where a log's files lie below the data folder, as its origin does below the deployment: no log is ever moved. */
export const logPath = (number: number): string => (number === 1 ? 'log' : `log/${number}`)

/** A tile or bundle: which one in its row, and how much of it there is. */
export type Span = { readonly index: number; readonly width: number }

/** `x001/x234/067`, and `.p/5` behind it where it is not full. */
export const spanPath = ({ index, width }: Span): string => {
  const digits = String(index)
  const parts = digits.padStart(Math.ceil(digits.length / 3) * 3, '0').match(/\d{3}/g) ?? []
  const path = parts.map((part, i) => (i < parts.length - 1 ? `x${part}` : part)).join('/')
  return width === tileWidth ? path : `${path}.p/${width}`
}

/** Where a tile lies, below the log's folder. */
export const tilePath = (level: number, span: Span): string => `tile/${level}/${spanPath(span)}`

/** Where a bundle of entries lies. */
export const entriesPath = (span: Span): string => `tile/entries/${spanPath(span)}`

/** Where the signatures of a bundle's entries lie, one JSON line each. They are no part of the tree. */
export const signaturesPath = (index: number): string => `signatures/${spanPath({ index, width: tileWidth })}`

/** How many tiles of a level a tree of so many leaves has hashes for. */
export const tileHashes = (level: number, size: number): number => Math.floor(size / tileWidth ** level)

/** Every tile or bundle of a row of `count`, from the one that holds number `from` on. */
export const spans = (count: number, from = 0): Span[] => {
  const found: Span[] = []
  for (let index = Math.floor(from / tileWidth); index * tileWidth < count; index++) {
    found.push({ index, width: Math.min(tileWidth, count - index * tileWidth) })
  }
  return found
}

/** Heights of tiles that a tree of so many leaves has. */
export const tileLevels = (size: number): number => {
  let levels = 0
  while (tileHashes(levels, size) > 0) levels++
  return levels
}

export const encodeTile = (hashes: readonly Uint8Array[]): Uint8Array => Buffer.concat(hashes)

/** @throws FoobotError `log-damaged` where it does not hold exactly so many hashes */
export const decodeTile = (bytes: Uint8Array, width: number): Uint8Array[] => {
  if (bytes.length !== width * hashSize) damaged(`${bytes.length} bytes, not ${width} hashes`)
  return Array.from({ length: width }, (_, i) => bytes.subarray(i * hashSize, (i + 1) * hashSize))
}

/** The root of a full tile: the hash in the level above. */
export const tileRoot = (hashes: readonly Uint8Array[]): Uint8Array => edgeRoot(grow(emptyEdge, hashes))

export const encodeEntries = (entries: readonly Uint8Array[]): Uint8Array =>
  Buffer.concat(entries.flatMap((entry) => [lengthOf(entry), entry]))

const lengthOf = (entry: Uint8Array): Uint8Array => {
  if (entry.length > mostEntryBytes) throw new RangeError(`a leaf of ${entry.length} bytes: at most ${mostEntryBytes}`)
  return Uint8Array.of(entry.length >> 8, entry.length & 0xff)
}

/** @throws FoobotError `log-damaged` where it does not hold exactly so many entries */
export const decodeEntries = (bytes: Uint8Array, width: number): Uint8Array[] => {
  const entries: Uint8Array[] = []
  let at = 0
  while (at < bytes.length) {
    const end = at + 2 + (bytes[at] ?? 0) * 256 + (bytes[at + 1] ?? 0)
    if (at + 2 > bytes.length || end > bytes.length) damaged(`entry ${entries.length} of the bundle is cut off`)
    entries.push(bytes.subarray(at + 2, end))
    at = end
  }
  if (entries.length !== width) damaged(`${entries.length} entries, not ${width}`)
  return entries
}

const damaged = (detail: string): never => {
  throw new FoobotError('log-damaged', detail)
}
