import { createPublicKey, type KeyObject } from 'node:crypto'

export type Curve = 'ed25519' | 'p256'

/** All of a SubjectPublicKeyInfo (RFC 5280) but the point itself: for these two curves there is one form each. */
const ed25519Head = Buffer.from('302a300506032b6570032100', 'hex')
const p256Head = Buffer.from('3059301306072a8648ce3d020106082a8648ce3d030107034200', 'hex')

/** @throws Error where it is not 32 bytes */
export const ed25519Spki = (raw: Uint8Array): Uint8Array => {
  if (raw.length !== 32) throw new Error('an Ed25519 key has 32 bytes')
  return Buffer.concat([ed25519Head, raw])
}

/** @throws Error where it is not 04 ‖ x ‖ y */
export const p256Spki = (point: Uint8Array): Uint8Array => {
  if (point.length !== 65 || point[0] !== 4) throw new Error('a P-256 key has 65 bytes, uncompressed')
  return Buffer.concat([p256Head, point])
}

/** @throws Error where the point does not lie on the curve */
export const spkiObject = (spki: Uint8Array): KeyObject =>
  createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' })

/** @throws Error where it is no Ed25519 or P-256 key in its one form */
export const readSpki = (spki: Uint8Array): { readonly curve: Curve; readonly object: KeyObject } => {
  const bytes = Buffer.from(spki)
  if (bytes.length === ed25519Head.length + 32 && bytes.indexOf(ed25519Head) === 0) {
    return { curve: 'ed25519', object: spkiObject(bytes) }
  }
  if (bytes.length === p256Head.length + 65 && bytes.indexOf(p256Head) === 0 && bytes[p256Head.length] === 4) {
    return { curve: 'p256', object: spkiObject(bytes) }
  }
  throw new Error('neither an Ed25519 nor a P-256 key')
}
