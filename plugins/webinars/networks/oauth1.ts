import { createHmac } from 'node:crypto'

export type OAuthKeys = {
  readonly consumerKey: string
  readonly consumerSecret: string
  readonly token: string
  readonly tokenSecret: string
}

/**
 * The `Authorization` header of one request, by OAuth 1.0a with HMAC-SHA1 (RFC 5849, section 3). A body that is no form is no part of
 * the signature.
 * @param nonce another for each request
 * @param now seconds
 */
export const authorization = (
  { method, url }: { readonly method: string; readonly url: string },
  { consumerKey, consumerSecret, token, tokenSecret }: OAuthKeys,
  nonce: string,
  now: number,
): string => {
  const own = {
    oauth_consumer_key: consumerKey,
    oauth_nonce: nonce,
    oauth_signature_method: 'HMAC-SHA1',
    oauth_timestamp: String(now),
    oauth_token: token,
    oauth_version: '1.0',
  }
  const { origin, pathname, searchParams } = new URL(url)
  const parameters = [...searchParams, ...Object.entries(own)]
    .map(([name, value]) => [encoded(name), encoded(value)] as const)
    .sort(([a, x], [b, y]) => order(a, b) || order(x, y))
    .map((pair) => pair.join('='))
    .join('&')
  const base = [method.toUpperCase(), origin + pathname, parameters].map(encoded).join('&')
  const signature = createHmac('sha1', `${encoded(consumerSecret)}&${encoded(tokenSecret)}`)
    .update(base)
    .digest('base64')
  const written = Object.entries({ ...own, oauth_signature: signature }).map(
    ([name, value]) => `${encoded(name)}="${encoded(value)}"`,
  )
  return `OAuth ${written.join(', ')}`
}

const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** As RFC 3986 has it: everything but letters, digits, `-`, `.`, `_` and `~`. */
const encoded = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`)
