import type { DatabaseSync } from 'node:sqlite'
import { FoobotError } from '#core/errors.ts'
import { type Edge, edgeRoot, grow } from '#core/log/edge.ts'
import { leafHash, sameHash } from '#core/log/hash.ts'
import { type LogReader, subtrees } from '#core/log/proofs.ts'
import { TileReader, type TileSource } from '#core/log/reader.ts'
import { growRows, type Rows } from '#core/log/rows.ts'
import { decodeTile, encodeTile, mostEntryBytes, tileHashes, tileLevels, tileWidth } from '#core/log/tiles.ts'
import type { TreeHead } from '#core/log/tree.ts'
import type { Leaf, Seal } from '#engine/store.ts'
import { bytesOf, numberOf, textOf } from './columns.ts'
import { type LogTables, presentTables } from './log-tables.ts'

/** Full tiles kept in memory, 8 KiB each. */
const mostTiles = 64

/** The tree after an append that is not durable yet. */
export type Growth = TreeHead & { readonly edge: Edge; readonly rows: Rows }

/**
 * The tree in the database: leaves and full tiles are rows of it, the right edge is in memory.
 *
 * INVARIANT: memory follows what is durable. `append` writes rows inside the caller's transaction; `accept` counts them
 * once that is committed.
 */
export class SqliteLog implements LogReader, TileSource {
  readonly #statements: ReturnType<typeof prepare>
  readonly #reader: TileReader
  readonly #tiles = new Map<string, readonly Uint8Array[]>()
  #edge: Edge
  #rows: Rows

  /**
   * @param tables those of the log that grows, unless given
   * @throws FoobotError `data-damaged` where leaves and seal do not fit each other
   */
  constructor(db: DatabaseSync, tables: LogTables = presentTables) {
    this.#statements = prepare(db, tables)
    const size = numberOf(this.#statements.size.get(), 'size')
    this.#edge = { size, peaks: [] }
    this.#rows = Array.from({ length: tileLevels(size) }, (_, level) => this.#edgeRow(level, size))
    this.#reader = new TileReader(this)
    this.#edge = { size, peaks: subtrees(0, size).map(({ level, index }) => this.node(level, index)) }
    this.#checkSeal()
  }

  get size(): number {
    return this.#edge.size
  }

  node(level: number, index: number): Uint8Array {
    return this.#reader.node(level, index)
  }

  /** Hash number `index` of all tiles of a level. */
  hash(level: number, index: number): Uint8Array {
    const tile = Math.floor(index / tileWidth)
    const isFull = tile < Math.floor(tileHashes(level, this.size) / tileWidth)
    const hash = (isFull ? this.#tile(level, tile) : this.#rows[level])?.[index % tileWidth]
    if (!hash) throw new RangeError(`no hash ${index} of level ${level} in ${this.size} leaves`)
    return hash
  }

  /** The leaves from one number up to another, as they were appended. */
  leaves(from: number, to: number): Leaf[] {
    return this.#statements.leaves.all(from, to).map((row) => {
      const signatures = row.signatures
      return { bytes: bytesOf(row, 'entry'), ...(typeof signatures === 'string' && { signatures }) }
    })
  }

  entryBytes(from: number, to: number): number {
    return numberOf(this.#statements.entryBytes.get(from, to), 'bytes')
  }

  signed(from: number, to: number): (readonly [number, Leaf])[] {
    return this.#statements.signed
      .all(from, to)
      .map((row) => [numberOf(row, 'number'), { bytes: bytesOf(row, 'entry'), signatures: textOf(row, 'signatures') }])
  }

  seal(): Seal | undefined {
    const row = this.#statements.seal.get()
    return row && { size: numberOf(row, 'size'), root: bytesOf(row, 'root'), note: textOf(row, 'note') }
  }

  /** Writes leaves, full tiles and the new seal. Only inside a transaction; `accept` what it gives after the commit. */
  append(leaves: readonly Leaf[], note: (size: number, root: Uint8Array) => string): Growth {
    const hashes = leaves.map(({ bytes }) => leafHash(bytes))
    leaves.forEach(({ bytes, signatures }, i) => {
      if (bytes.length > mostEntryBytes) throw new RangeError(`a leaf of ${bytes.length} bytes`)
      this.#statements.addLeaf.run(this.size + i, hashes[i] ?? null, bytes, signatures ?? null)
    })
    const { rows, full } = growRows(this.#rows, this.size, hashes)
    for (const tile of full) {
      this.#statements.addTile.run(tile.level, tile.index, tile.root, encodeTile(tile.hashes))
    }
    const edge = grow(this.#edge, hashes)
    const root = edgeRoot(edge)
    this.#statements.setSeal.run(edge.size, root, note(edge.size, root))
    return { size: edge.size, root, edge, rows }
  }

  accept({ edge, rows }: Growth): void {
    this.#edge = edge
    this.#rows = rows
  }

  /** The hashes of a level's tile that is not full: leaves, or the roots of full tiles below. */
  #edgeRow(level: number, size: number): readonly Uint8Array[] {
    const from = Math.floor(tileHashes(level, size) / tileWidth) * tileWidth
    const rows = level === 0 ? this.#statements.hashes.all(from) : this.#statements.roots.all(level - 1, from)
    return rows.map((row) => bytesOf(row, 'hash'))
  }

  #tile(level: number, index: number): readonly Uint8Array[] {
    const key = `${level}/${index}`
    const known = this.#tiles.get(key)
    if (known) return known
    const row = this.#statements.tile.get(level, index)
    if (!row) throw new FoobotError('data-damaged', `tile ${key} is missing`)
    const hashes = decodeTile(bytesOf(row, 'hashes'), tileWidth)
    const [oldest = key] = this.#tiles.keys()
    if (this.#tiles.size >= mostTiles) this.#tiles.delete(oldest)
    this.#tiles.set(key, hashes)
    return hashes
  }

  #checkSeal(): void {
    const seal = this.seal()
    const fits = seal ? seal.size === this.size && sameHash(edgeRoot(this.#edge), seal.root) : this.size === 0
    if (!fits) throw new FoobotError('data-damaged', `${this.size} leaves are not those of the seal ${seal?.size}`)
  }
}

const prepare = (db: DatabaseSync, { leaf, tile, seal }: LogTables) => ({
  size: db.prepare(`SELECT coalesce(max(number) + 1, 0) AS size FROM ${leaf}`),
  hashes: db.prepare(`SELECT hash FROM ${leaf} WHERE number >= ? ORDER BY number`),
  roots: db.prepare(`SELECT root AS hash FROM ${tile} WHERE level = ? AND number >= ? ORDER BY number`),
  tile: db.prepare(`SELECT hashes FROM ${tile} WHERE level = ? AND number = ?`),
  leaves: db.prepare(`SELECT entry, signatures FROM ${leaf} WHERE number >= ? AND number < ? ORDER BY number`),
  entryBytes: db.prepare(
    `SELECT coalesce(sum(length(entry)), 0) AS bytes FROM ${leaf} WHERE number >= ? AND number < ?`,
  ),
  signed: db.prepare(
    `SELECT number, entry, signatures FROM ${leaf} WHERE number >= ? AND number < ? AND signatures IS NOT NULL ORDER BY number`,
  ),
  seal: db.prepare(`SELECT size, root, note FROM ${seal}`),
  addLeaf: db.prepare(`INSERT INTO ${leaf} (number, hash, entry, signatures) VALUES (?, ?, ?, ?)`),
  addTile: db.prepare(`INSERT INTO ${tile} (level, number, root, hashes) VALUES (?, ?, ?, ?)`),
  setSeal: db.prepare(`INSERT OR REPLACE INTO ${seal} (one, size, root, note) VALUES (1, ?, ?, ?)`),
})
