import { type Bytes, utf8 } from './bytes.ts'
import { digestOf, sha256 } from './digest.ts'

/** Whose new passkey it is. */
export type Owner = { readonly deployment: string; readonly person: string }

/**
 * The bytes that give a person a new key.
 * @param key as the bundle lists it, `webauthn <base64 SPKI>`
 * @param now seconds since 1970
 */
export const keyAddOf = ({ deployment, person }: Owner, key: string, now: number): Bytes =>
  utf8(JSON.stringify({ v: 2, deployment, person, key, iat: now }))

/**
 * Proves to the terminal that made the link which bytes came from here: HMAC-SHA-256 over their digest.
 * @param secret of the link, 16 bytes
 */
export const macOf = async (secret: Bytes, body: Bytes): Promise<Bytes> => {
  const key = await crypto.subtle.importKey('raw', secret, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign'])
  return new Uint8Array(await crypto.subtle.sign('HMAC', key, await digestOf('key-add', body)))
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** Twenty characters that a person can read to a colleague: base32 (RFC 4648 §6) of the key's SHA-256, its first 100 bits. */
export const spokenKey = async (key: string): Promise<string> => {
  const bits = [...(await sha256(utf8(key)))].map((byte) => byte.toString(2).padStart(8, '0')).join('')
  return Array.from({ length: 20 }, (_, at) =>
    alphabet.charAt(Number.parseInt(bits.slice(at * 5, at * 5 + 5), 2)),
  ).join('')
}
