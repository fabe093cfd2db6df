import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { openNote } from '#core/log/checkpoint.ts'
import { edgeRoot, emptyEdge, grow } from '#core/log/edge.ts'
import { verifyConsistency, verifyInclusion } from '#core/log/tree.ts'
import type { Key } from '#core/signature/key.ts'

type Vectors = {
  readonly leaves: readonly string[]
  readonly publicKey: string
  readonly note: string
  readonly inclusionOf2: readonly string[]
  readonly consistencyFrom2: readonly string[]
}

const { checkpoint }: { checkpoint: Vectors } = JSON.parse(
  readFileSync(new URL('vectors/formats.json', import.meta.url), 'utf8'),
)
const bytes = (hex: string): Uint8Array => Buffer.from(hex, 'hex')
const leaves = checkpoint.leaves.map(bytes)

describe('the log as another implementation made it', () => {
  const head = openNote(checkpoint.note, 'acme/log', checkpoint.publicKey as Key)

  it('has the root that the note seals', () => {
    expect(head.size).toBe(leaves.length)
    expect(edgeRoot(grow(emptyEdge, leaves))).toEqual(head.root)
  })

  it('proves its third leaf, and that it extends its first two', () => {
    const [, , third = head.root] = leaves
    expect(verifyInclusion(third, 2, head.size, head.root, checkpoint.inclusionOf2.map(bytes))).toBe(true)
    const before = edgeRoot(grow(emptyEdge, leaves.slice(0, 2)))
    expect(verifyConsistency(2, before, head.size, head.root, checkpoint.consistencyFrom2.map(bytes))).toBe(true)
  })
})
