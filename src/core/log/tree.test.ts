import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { edgeRoot, emptyEdge, grow } from './edge.ts'
import { emptyRoot, leafHash } from './hash.ts'
import { consistencyProof, inclusionProof, type LogReader, rootAt } from './proofs.ts'
import { verifyConsistency, verifyInclusion } from './tree.ts'

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')
const sha256 = (...parts: readonly Uint8Array[]): Buffer => createHash('sha256').update(Buffer.concat(parts)).digest()

/** The tree as RFC 6962, section 2.1, writes it down: the slow one that the other is held to. */
const naive = {
  split: (n: number): number => 2 ** Math.ceil(Math.log2(n) - 1),
  root(leaves: readonly Uint8Array[]): Uint8Array {
    const [only, ...others] = leaves
    if (!only) return sha256()
    if (others.length === 0) return only
    const k = naive.split(leaves.length)
    return sha256(Uint8Array.of(1), naive.root(leaves.slice(0, k)), naive.root(leaves.slice(k)))
  },
  path(index: number, leaves: readonly Uint8Array[]): Uint8Array[] {
    if (leaves.length === 1) return []
    const k = naive.split(leaves.length)
    const [left, right] = [leaves.slice(0, k), leaves.slice(k)]
    return index < k
      ? [...naive.path(index, left), naive.root(right)]
      : [...naive.path(index - k, right), naive.root(left)]
  },
  proof(from: number, leaves: readonly Uint8Array[], whole = true): Uint8Array[] {
    if (from === leaves.length) return whole ? [] : [naive.root(leaves)]
    const k = naive.split(leaves.length)
    const [left, right] = [leaves.slice(0, k), leaves.slice(k)]
    return from <= k
      ? [...naive.proof(from, left, whole), naive.root(right)]
      : [...naive.proof(from - k, right, false), naive.root(left)]
  },
}

const readerOf = (leaves: readonly Uint8Array[]): LogReader => ({
  size: leaves.length,
  node: (level, index) => naive.root(leaves.slice(index * 2 ** level, (index + 1) * 2 ** level)),
})

const leavesOf = (count: number): Uint8Array[] =>
  Array.from({ length: count }, (_, i) => leafHash(Buffer.from(`leaf ${i}`)))

/** The leaves, roots and proofs that implementations of RFC 6962 have tested each other with since its reference code. */
const known = {
  leaves: ['', '00', '10', '2021', '3031', '40414243', '5051525354555657', '606162636465666768696a6b6c6d6e6f'].map(
    (text) => leafHash(Buffer.from(text, 'hex')),
  ),
  roots: [
    'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
    '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
    'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
    'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
    'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
    '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
    '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
    'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
    '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
  ],
  inclusionOf5In8: [
    'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
    'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
    'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  ],
  consistencyFrom6To8: [
    '0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a',
    'ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0',
    'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  ],
  consistencyFrom2To5: [
    '5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e',
    'bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b',
  ],
}

describe('the tree of RFC 6962', () => {
  it('has the known roots', () => {
    const reader = readerOf(known.leaves)
    expect(known.roots.map((_, size) => hex(rootAt(size, reader)))).toEqual(known.roots)
    expect(known.roots.map((_, size) => hex(edgeRoot(grow(emptyEdge, known.leaves.slice(0, size)))))).toEqual(
      known.roots,
    )
    expect(hex(emptyRoot)).toBe(known.roots[0])
  })

  it('gives the known proofs', () => {
    const reader = readerOf(known.leaves)
    expect(inclusionProof(5, 8, reader).map(hex)).toEqual(known.inclusionOf5In8)
    expect(consistencyProof(6, 8, reader).map(hex)).toEqual(known.consistencyFrom6To8)
    expect(consistencyProof(2, 5, reader).map(hex)).toEqual(known.consistencyFrom2To5)
  })

  it('agrees with the one of the text, whatever the sizes', () => {
    const sizes = fc
      .integer({ min: 1, max: 70 })
      .chain((to) => fc.tuple(fc.integer({ min: 0, max: to - 1 }), fc.constant(to)))
    fc.assert(
      fc.property(sizes, fc.integer({ min: 0, max: 5 }), ([index, size], more) => {
        const all = leavesOf(size + more)
        const leaves = all.slice(0, size)
        const reader = readerOf(all)
        const root = naive.root(leaves)
        expect(rootAt(size, reader)).toEqual(root)
        expect(edgeRoot(grow(grow(emptyEdge, leaves.slice(0, index)), leaves.slice(index)))).toEqual(root)

        const path = inclusionProof(index, size, reader)
        expect(path).toEqual(naive.path(index, leaves))
        expect(verifyInclusion(all[index] ?? emptyRoot, index, size, root, path)).toBe(true)

        const proof = consistencyProof(index, size, reader)
        if (index > 0) expect(proof).toEqual(naive.proof(index, leaves))
        expect(verifyConsistency(index, naive.root(leaves.slice(0, index)), size, root, proof)).toBe(true)
      }),
      { numRuns: 200 },
    )
  })

  it('proves nothing that is not so', () => {
    const sizes = fc
      .integer({ min: 2, max: 40 })
      .chain((to) => fc.tuple(fc.integer({ min: 1, max: to - 1 }), fc.constant(to)))
    fc.assert(
      fc.property(sizes, fc.nat(), fc.nat(31), ([index, size], pick, byte) => {
        const leaves = leavesOf(size)
        const reader = readerOf(leaves)
        const root = rootAt(size, reader)
        const leaf = leaves[index] ?? emptyRoot
        const path = inclusionProof(index, size, reader)
        const proof = consistencyProof(index, size, reader)
        const before = rootAt(index, reader)

        expect(verifyInclusion(leaf, index - 1, size, root, path)).toBe(false)
        expect(verifyInclusion(leaf, index + size, size, root, path)).toBe(false)
        expect(verifyInclusion(leaves[index - 1] ?? emptyRoot, index, size, root, path)).toBe(false)
        expect(verifyInclusion(leaf, index, size, root, [...path, root])).toBe(false)
        expect(verifyInclusion(leaf, index, size, root, path.slice(0, -1))).toBe(false)
        expect(verifyInclusion(leaf, index, size, root, withFlippedBit(path, pick, byte))).toBe(false)

        expect(verifyConsistency(index, root, size, root, proof)).toBe(false)
        expect(verifyConsistency(index, before, size, before, proof)).toBe(false)
        expect(verifyConsistency(size, before, index, root, proof)).toBe(false)
        expect(verifyConsistency(index, before, size, root, [...proof, root])).toBe(false)
        expect(verifyConsistency(index, before, size, root, proof.slice(0, -1))).toBe(false)
        expect(verifyConsistency(index, before, size, root, withFlippedBit(proof, pick, byte))).toBe(false)
      }),
      { numRuns: 200 },
    )
  })

  it('takes the empty tree and the same tree without a proof, and with nothing else', () => {
    const root = naive.root(leavesOf(3))
    expect(verifyConsistency(0, emptyRoot, 3, root, [])).toBe(true)
    expect(verifyConsistency(0, root, 3, root, [])).toBe(false)
    expect(verifyConsistency(0, emptyRoot, 3, root, [root])).toBe(false)
    expect(verifyConsistency(3, root, 3, root, [])).toBe(true)
    expect(verifyConsistency(3, emptyRoot, 3, root, [])).toBe(false)
  })

  it('refuses sizes and hashes that are none', () => {
    const [leaf = emptyRoot] = leavesOf(1)
    expect(verifyInclusion(leaf, 0, 1, leaf, [])).toBe(true)
    for (const index of [-1, 0.5, Number.NaN, 1, 2 ** 53]) expect(verifyInclusion(leaf, index, 1, leaf, [])).toBe(false)
    expect(verifyInclusion(leaf, 0, 1.5, leaf, [])).toBe(false)
    expect(verifyInclusion(leaf.subarray(1), 0, 1, leaf.subarray(1), [])).toBe(false)
    expect(verifyConsistency(-1, emptyRoot, 1, leaf, [])).toBe(false)
    expect(() => inclusionProof(1, 1, readerOf([leaf]))).toThrow(RangeError)
    expect(() => inclusionProof(0, 2, readerOf([leaf]))).toThrow(RangeError)
    expect(() => consistencyProof(1, 2, readerOf([leaf]))).toThrow(RangeError)
  })

  it('does not take a node for a leaf', () => {
    const [a = emptyRoot, b = emptyRoot] = leavesOf(2)
    expect(hex(leafHash(Buffer.concat([a, b])))).not.toBe(hex(naive.root([a, b])))
  })
})

const withFlippedBit = (hashes: readonly Uint8Array[], pick: number, byte: number): Uint8Array[] =>
  hashes.map((hash, i) => {
    const copy = Uint8Array.from(hash)
    if (i === pick % hashes.length) copy[byte] = (copy[byte] ?? 0) ^ 1
    return copy
  })
