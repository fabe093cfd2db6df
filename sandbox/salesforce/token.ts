import { type KeyObject, verify } from 'node:crypto'

/** The one app that may sign in, and for whom. */
const consumerKey = 'foobot-consumer-key'
const user = 'foobot@acme.example'
const audiences = ['https://login.salesforce.com', 'https://test.salesforce.com']
/** Seconds that an assertion may have to live, at most. */
const longest = 180

/** What is wrong with an assertion, as the vendor says it; undefined where nothing is. */
export const wrongWith = (assertion: string, key: KeyObject, now: number): readonly [string, string] | undefined => {
  const [head = '', body = '', signature = '', ...more] = assertion.split('.')
  const [header, claims] = [jsonOf(head), jsonOf(body)]
  if (header?.alg !== 'RS256' || !claims || more.length > 0) return ['invalid_grant', 'invalid assertion']
  if (claims.iss !== consumerKey) return ['invalid_client_id', 'client identifier invalid']
  if (!verify('RSA-SHA256', Buffer.from(`${head}.${body}`), key, Buffer.from(signature, 'base64url')))
    return ['invalid_grant', 'invalid assertion']
  if (!audiences.includes(String(claims.aud))) return ['invalid_grant', 'audience is invalid']
  const left = Number(claims.exp) - now / 1000
  if (!(left > 0 && left <= longest)) return ['invalid_grant', 'expired authorization code']
  if (claims.sub !== user) return ['invalid_grant', "user hasn't approved this consumer"]
  return undefined
}

const jsonOf = (part: string): Readonly<Record<string, unknown>> | undefined => {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString())
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}
