import { hash } from 'node:crypto'

/**
 * The hashes of an RFC 6962 Merkle tree. Leaves and inner nodes are hashed under different first bytes, so that none can
 * pass for the other.
 * @see https://www.rfc-editor.org/rfc/rfc6962#section-2.1
 */

/** Bytes in a hash. */
export const hashSize = 32

const leafByte = Uint8Array.of(0)

/** @param entry the PAE bytes of the object that is the leaf */
export const leafHash = (entry: Uint8Array): Uint8Array => hash('sha256', Buffer.concat([leafByte, entry]), 'buffer')

export const nodeHash = (left: Uint8Array, right: Uint8Array): Uint8Array => {
  const bytes = Buffer.allocUnsafe(1 + 2 * hashSize)
  bytes[0] = 1
  bytes.set(left, 1)
  bytes.set(right, 1 + hashSize)
  return hash('sha256', bytes, 'buffer')
}

/** The root of a tree without leaves. */
export const emptyRoot: Uint8Array = hash('sha256', '', 'buffer')

export const sameHash = (a: Uint8Array, b: Uint8Array): boolean => a.length === hashSize && Buffer.compare(a, b) === 0
