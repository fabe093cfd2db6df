import { nodeHash } from './hash.ts'
import { foldRoot } from './proofs.ts'

/**
 * The right edge of a growing tree: all that is needed to append, a few hashes however many leaves there are. It is a
 * value: what grew from it is another one, so that a write that fails leaves nothing behind.
 */
export type Edge = {
  readonly size: number
  /** Roots of the complete subtrees that the leaves fall into, largest first. */
  readonly peaks: readonly Uint8Array[]
}

export const emptyEdge: Edge = { size: 0, peaks: [] }

/** The edge after more leaves. */
export const grow = (edge: Edge, leaves: readonly Uint8Array[]): Edge => {
  const peaks = [...edge.peaks]
  let size = edge.size
  for (const leaf of leaves) {
    let hash = leaf
    for (let rest = size; rest % 2 === 1; rest = (rest - 1) / 2) {
      const left = peaks.pop()
      if (!left) throw new Error(`an edge of ${size} leaves lacks a peak`)
      hash = nodeHash(left, hash)
    }
    peaks.push(hash)
    size++
  }
  return { size, peaks }
}

export const edgeRoot = (edge: Edge): Uint8Array => foldRoot(edge.peaks)
