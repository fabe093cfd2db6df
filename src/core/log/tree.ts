import { emptyRoot, hashSize, nodeHash, sameHash } from './hash.ts'

/** A size of the tree with its root. */
export type TreeHead = { readonly size: number; readonly root: Uint8Array }

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

const half = (n: number): number => Math.floor(n / 2)
export const isCount = (n: number): boolean => Number.isSafeInteger(n) && n >= 0
const areHashes = (hashes: readonly Uint8Array[]): boolean => hashes.every((hash) => hash.length === hashSize)
