import { verify } from 'node:crypto'
import { toBase64 } from '#core/statement/base64.ts'
import { type Key, parseKey } from './key.ts'
import { publicKeyOf } from './public-key.ts'

/** The key of a machine, from its 32 bytes. */
export const ed25519Key = (raw: Uint8Array): Key => parseKey(`ed25519 ${toBase64(raw)}`)

/**
 * Whether a machine's key, `ed25519 <base64>`, made this signature over exactly this message. False for keys of another
 * type, which sign in another form.
 * @see https://www.rfc-editor.org/rfc/rfc8032
 */
export const verifyEd25519 = (key: Key, message: Uint8Array, sig: Uint8Array): boolean => {
  const { type, object } = publicKeyOf(key)
  return type === 'ed25519' && verify(null, message, object, sig)
}
