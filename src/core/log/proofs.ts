import { emptyRoot, nodeHash, sameHash } from './hash.ts'
import { isCount, type TreeHead } from './tree.ts'

/** The log as proofs read it. */
export interface LogReader {
  /**
   * The hash of the complete subtree of 2^level leaves that starts at leaf index * 2^level. Throws where it is not
   * stored.
   */
  node(level: number, index: number): Uint8Array
  readonly size: number
}

/** The hashes that lead from leaf `index` to the root of the first `size` leaves, leaf to root. */
export const inclusionProof = (index: number, size: number, reader: LogReader): Uint8Array[] => {
  if (!isCount(index) || index >= size || size > reader.size) {
    throw new RangeError(`no leaf ${index} in a tree of ${size}, of ${reader.size} leaves`)
  }
  const proof: Uint8Array[] = []
  let [start, end] = [0, size]
  while (end - start > 1) {
    const middle = start + leftSize(end - start)
    if (index < middle) {
      proof.push(range(middle, end, reader))
      end = middle
    } else {
      proof.push(range(start, middle, reader))
      start = middle
    }
  }
  return proof.reverse()
}

/** What proves that the first `to` leaves begin with the first `from`. */
export const consistencyProof = (from: number, to: number, reader: LogReader): Uint8Array[] => {
  if (!isCount(from) || from > to || to > reader.size) {
    throw new RangeError(`no way from ${from} to ${to}, of ${reader.size} leaves`)
  }
  if (from === 0 || from === to) return []
  const proof: Uint8Array[] = []
  let [start, end] = [0, to]
  while (end !== from) {
    const middle = start + leftSize(end - start)
    if (from <= middle) {
      proof.push(range(middle, end, reader))
      end = middle
    } else {
      proof.push(range(start, middle, reader))
      start = middle
    }
  }
  if (start > 0) proof.push(range(start, end, reader))
  return proof.reverse()
}

/** The root of the first `size` leaves. */
export const rootAt = (size: number, reader: LogReader): Uint8Array => (size === 0 ? emptyRoot : range(0, size, reader))

/** True where the tree has had exactly this root at this size: what was sealed then is a part of it. */
export const holdsHead = (tree: LogReader, { size, root }: TreeHead): boolean =>
  size <= tree.size && sameHash(rootAt(size, tree), root)

/**
 * The complete subtrees that a range of leaves falls into, left to right.
 * @param start a multiple of the largest power of two that fits between the two
 */
export const subtrees = (start: number, end: number): { readonly level: number; readonly index: number }[] => {
  const found = []
  for (let at = start; at < end; ) {
    let [level, width] = [0, 1]
    while (width * 2 <= end - at) [level, width] = [level + 1, width * 2]
    found.push({ level, index: at / width })
    at += width
  }
  return found
}

/** The root over complete subtrees of falling size. */
export const foldRoot = (peaks: readonly Uint8Array[]): Uint8Array =>
  peaks.length === 0 ? emptyRoot : peaks.reduceRight((right, left) => nodeHash(left, right))

const range = (start: number, end: number, reader: LogReader): Uint8Array =>
  foldRoot(subtrees(start, end).map(({ level, index }) => reader.node(level, index)))

/** The largest power of two below a size: so many leaves lie in the left subtree. */
const leftSize = (size: number): number => {
  let width = 1
  while (width * 2 < size) width *= 2
  return width
}
