import { createHash } from 'node:crypto'
import { type KeyType, publicKeyOf } from './public-key.ts'

/**
 * A public key, as text: an `authorized_keys` line without its comment, `webauthn <base64 SPKI>`, or
 * `ed25519 <base64 of 32 bytes>`. The text is the key: two texts are two keys.
 */
export type Key = string & { readonly __brand: 'Key' }

/**
 * A key from its text, which must be in its one strict form, and a key that can be used: Ed25519 or P-256.
 * @throws FoobotError `key-malformed`; `say` tells how to make a key that is accepted
 */
export const parseKey = (text: string): Key => {
  publicKeyOf(text)
  return text as Key
}

/** The first word of the key's text. */
export const typeOfKey = (key: Key): KeyType => publicKeyOf(key).type

/** SHA-256 of the key's text, in hex: it names the key, and proves nothing. */
export const keyid = (key: Key): string => createHash('sha256').update(key).digest('hex')
