import { emptyRoot, hashSize, nodeHash, sameHash } from './hash.ts'

/** A size of the tree with its root. */
export type TreeHead = { readonly size: number; readonly root: Uint8Array }

/** The log as proofs read it. */
export interface LogReader {
  /**
   * The hash of the complete subtree of 2^level leaves that starts at leaf index * 2^level. Throws where it is not
   * stored.
   */
  node(level: number, index: number): Uint8Array
  readonly size: number
}

/**
 * True where `leaf` is leaf number `index` of the tree with this size and root.
 * @see https://www.rfc-editor.org/rfc/rfc9162#section-2.1.3.2
 */
export const verifyInclusion = (
  leaf: Uint8Array,
  index: number,
  size: number,
  root: Uint8Array,
  path: readonly Uint8Array[],
): boolean => {
  if (!isCount(index) || !isCount(size) || index >= size || !areHashes([leaf, root, ...path])) return false
  let [node, last] = [index, size - 1]
  let hash = leaf
  for (const sibling of path) {
    if (last === 0) return false
    if (node % 2 === 1 || node === last) {
      hash = nodeHash(sibling, hash)
      while (node % 2 === 0 && node !== 0) [node, last] = [half(node), half(last)]
    } else {
      hash = nodeHash(hash, sibling)
    }
    ;[node, last] = [half(node), half(last)]
  }
  return last === 0 && sameHash(hash, root)
}

/**
 * True where the tree of size `to` begins with the leaves of the tree of size `from`. Every tree begins with the empty
 * one, which needs no proof, nor does a tree of the same size.
 * @see https://www.rfc-editor.org/rfc/rfc9162#section-2.1.4.2
 */
export const verifyConsistency = (
  from: number,
  fromRoot: Uint8Array,
  to: number,
  toRoot: Uint8Array,
  proof: readonly Uint8Array[],
): boolean => {
  if (!isCount(from) || !isCount(to) || from > to || !areHashes([fromRoot, toRoot, ...proof])) return false
  if (from === to) return proof.length === 0 && sameHash(fromRoot, toRoot)
  if (from === 0) return proof.length === 0 && sameHash(fromRoot, emptyRoot)

  let [node, last] = [from - 1, to - 1]
  while (node % 2 === 1) [node, last] = [half(node), half(last)]
  // Where `from` is a power of two, its root is the first node of the way and is left out of the proof.
  const [first, ...rest] = node === 0 ? [fromRoot, ...proof] : proof
  if (!first) return false
  let [before, after] = [first, first]
  for (const sibling of rest) {
    if (last === 0) return false
    if (node % 2 === 1 || node === last) {
      before = nodeHash(sibling, before)
      after = nodeHash(sibling, after)
      while (node % 2 === 0 && node !== 0) [node, last] = [half(node), half(last)]
    } else {
      after = nodeHash(after, sibling)
    }
    ;[node, last] = [half(node), half(last)]
  }
  return last === 0 && sameHash(before, fromRoot) && sameHash(after, toRoot)
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

const half = (n: number): number => Math.floor(n / 2)
const isCount = (n: number): boolean => Number.isSafeInteger(n) && n >= 0
const areHashes = (hashes: readonly Uint8Array[]): boolean => hashes.every((hash) => hash.length === hashSize)
