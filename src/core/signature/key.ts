import { createHash } from 'node:crypto'

/**
 * A public key, as text: an `authorized_keys` line without its comment, `webauthn <base64 SPKI>`, or
 * `ed25519 <base64 of 32 bytes>`. The text is the key: two texts are two keys.
 */
export type Key = string & { readonly __brand: 'Key' }

/** SHA-256 of the key's text, in hex: a hint, never a proof. */
export const keyid = (key: Key): string => createHash('sha256').update(key).digest('hex')
