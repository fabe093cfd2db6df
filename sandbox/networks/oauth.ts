import { createHmac, timingSafeEqual } from 'node:crypto'
import type { Asked } from '../route.ts'

export type Keys = Readonly<Record<'consumerKey' | 'consumerSecret' | 'token' | 'tokenSecret', string>>

/** Seconds by which a client's clock may be off. */
const mostSkew = 300

/**
 * Whether a request is signed by OAuth 1.0a (RFC 5849) with these keys. It reads the base string off what was received: the header's own
 * parameters, those of the address, and the address as the client wrote it.
 * @param nonces used ones, which grow
 */
export const isSigned = (
  { method, headers, query }: Asked,
  address: string,
  keys: Keys,
  nonces: Set<string>,
  now: number,
): boolean => {
  const given = new Map(
    [...(headers.authorization ?? '').matchAll(/(oauth_\w+)="([^"]*)"/g)].map(([, name = '', value = '']) => [
      name,
      decodeURIComponent(value),
    ]),
  )
  const signature = given.get('oauth_signature') ?? ''
  given.delete('oauth_signature')
  const nonce = given.get('oauth_nonce') ?? ''
  const isKnown = given.get('oauth_consumer_key') === keys.consumerKey && given.get('oauth_token') === keys.token
  const isFresh = Math.abs(Number(given.get('oauth_timestamp')) - now) <= mostSkew && nonce !== '' && !nonces.has(nonce)
  if (!isKnown || !isFresh || given.get('oauth_signature_method') !== 'HMAC-SHA1') return false
  const pairs = [...query, ...given].map(([name, value]) => `${strict(name)}=${strict(value)}`).sort()
  const base = `${method}&${strict(address)}&${strict(pairs.join('&'))}`
  const key = `${strict(keys.consumerSecret)}&${strict(keys.tokenSecret)}`
  const wanted = createHmac('sha1', key).update(base).digest()
  const shown = Buffer.from(signature, 'base64')
  if (shown.length !== wanted.length || !timingSafeEqual(shown, wanted)) return false
  nonces.add(nonce)
  return true
}

/** Percent-encoding byte by byte. */
const strict = (text: string): string =>
  [...Buffer.from(text)]
    .map((byte) => {
      const letter = String.fromCharCode(byte)
      return /[A-Za-z0-9._~-]/.test(letter) ? letter : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
    })
    .join('')
