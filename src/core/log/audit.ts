import { FoobotError } from '#core/errors.ts'
import { type Edge, edgeRoot, emptyEdge, grow } from './edge.ts'
import { leafHash, sameHash } from './hash.ts'
import { growRows, type Rows } from './rows.ts'
import { decodeEntries, decodeTile, entriesPath, type Span, spans, tilePath, tileWidth } from './tiles.ts'
import type { TreeHead } from './tree.ts'

/** Reads one file below the log's folder, by its path in C2SP's layout. */
export type ReadFile = (path: string) => Uint8Array | undefined

/**
 * Builds the tree anew from the entries, and compares each byte of each tile and the root with it.
 * @param head what the log's own checkpoint says
 * @param kept other checkpoints that this log must extend
 * @param seen called for each entry that lies where it should; what it throws ends the audit
 * @throws FoobotError `log-damaged` with file and leaf, or `log-forked` where the log does not extend one of `kept`
 */
export const auditLog = (
  read: ReadFile,
  head: TreeHead,
  kept: readonly TreeHead[] = [],
  seen?: (entry: Uint8Array, index: number) => void,
): void => {
  for (const { size } of kept) if (size > head.size) forked(`it has ${head.size} leaves, and had ${size}`)
  let edge: Edge = emptyEdge
  let rows: Rows = []
  for (const span of spans(head.size)) {
    const entries = readEntries(read, span)
    const hashes = entries.map(leafHash)
    for (const one of kept) checkKept(edge, hashes, one)
    const grown = growRows(rows, edge.size, hashes)
    for (const tile of grown.full) compareTile(read, tile.level, { index: tile.index, width: tileWidth }, tile.hashes)
    if (span.width < tileWidth) compareTile(read, 0, span, hashes)
    entries.forEach((entry, i) => {
      seen?.(entry, edge.size + i)
    })
    rows = grown.rows
    edge = grow(edge, hashes)
  }
  rows.forEach((hashes, level) => {
    if (level === 0 || hashes.length === 0) return
    const index = Math.floor(edge.size / tileWidth ** (level + 1))
    compareTile(read, level, { index, width: hashes.length }, hashes)
  })
  if (!sameHash(edgeRoot(edge), head.root)) damaged('checkpoint', 'the root is not that of the entries')
  for (const one of kept) checkKept(edge, [], one)
}

/** Compares once the leaves reach the kept size; before and behind it there is nothing to compare. */
const checkKept = (edge: Edge, more: readonly Uint8Array[], kept: TreeHead): void => {
  if (kept.size < edge.size || kept.size > edge.size + more.length) return
  const root = edgeRoot(grow(edge, more.slice(0, kept.size - edge.size)))
  if (!sameHash(root, kept.root)) forked(`its first ${kept.size} leaves are others than those of the checkpoint`)
}

/** The entries of a bundle. */
export const readEntries = (read: ReadFile, span: Span): Uint8Array[] => {
  const path = entriesPath(span)
  const bytes = read(path) ?? damaged(path, 'is missing')
  try {
    return decodeEntries(bytes, span.width)
  } catch (error) {
    return damaged(path, error instanceof Error ? error.message : String(error))
  }
}

/** The hashes of a tile. */
export const readTile = (read: ReadFile, level: number, span: Span): Uint8Array[] => {
  const path = tilePath(level, span)
  const bytes = read(path) ?? damaged(path, 'is missing')
  try {
    return decodeTile(bytes, span.width)
  } catch (error) {
    return damaged(path, error instanceof Error ? error.message : String(error))
  }
}

const compareTile = (read: ReadFile, level: number, span: Span, hashes: readonly Uint8Array[]): void => {
  readTile(read, level, span).forEach((stored, i) => {
    if (sameHash(stored, hashes[i] ?? new Uint8Array())) return
    const number = span.index * tileWidth + i
    const what = level === 0 ? `leaf ${number} is not the entry in ${entriesPath(span)}` : `hash ${number} is wrong`
    damaged(tilePath(level, span), what)
  })
}

const damaged = (path: string, what: string): never => {
  const detail = `${path}: ${what}`
  throw new FoobotError(
    'log-damaged',
    detail,
    `The log is damaged: ${detail}. Keep the folder, and tell an administrator.`,
  )
}

const forked = (what: string): never => {
  throw new FoobotError(
    'log-forked',
    what,
    `The log does not extend that checkpoint: ${what}. Keep both, and tell an administrator.`,
  )
}
