import { nodeHash } from './hash.ts'
import type { LogReader } from './proofs.ts'
import { tileHeight } from './tiles.ts'

/** Where tiles are kept. */
export interface TileSource {
  /** Leaves in the tree. */
  readonly size: number
  /** Hash number `index` of all tiles of a level. Throws where it is not stored. */
  hash(level: number, index: number): Uint8Array
}

/** Nodes that are kept instead of hashed again. */
const mostNodes = 8192

/** Reads a tree from its tiles: what lies between two levels of tiles is hashed again, and kept for a while. */
export class TileReader implements LogReader {
  readonly #source: TileSource
  readonly #nodes = new Map<number, Uint8Array>()

  constructor(source: TileSource) {
    this.#source = source
  }

  get size(): number {
    return this.#source.size
  }

  node(level: number, index: number): Uint8Array {
    // INVARIANT: only what is in the tree is kept, and nothing in the tree ever changes.
    if ((index + 1) * 2 ** level > this.size) throw new RangeError(`no node ${level}/${index} in ${this.size} leaves`)
    if (level % tileHeight === 0) return this.#source.hash(level / tileHeight, index)
    const key = index * 64 + level
    const known = this.#nodes.get(key)
    if (known) return known
    const hash = nodeHash(this.node(level - 1, index * 2), this.node(level - 1, index * 2 + 1))
    if (this.#nodes.size >= mostNodes) this.#nodes.delete(this.#nodes.keys().next().value ?? key)
    this.#nodes.set(key, hash)
    return hash
  }
}
