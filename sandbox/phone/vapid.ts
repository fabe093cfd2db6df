import { createPublicKey, verify } from 'node:crypto'

/** Seconds that a token may live: a day. */
const longest = 86_400

/**
 * Why a sender may not push to a subscription (RFC 8292); undefined where it may.
 * @param header the value of `Authorization`
 * @param key the one that the subscription was made for, in base64url
 * @param now seconds since 1970
 */
export const refusedSender = (
  header: string | undefined,
  key: string,
  origin: string,
  now: number,
): string | undefined => {
  const [, token = '', sender = ''] = /^vapid t=([\w.-]+), ?k=([\w-]+)$/.exec(header ?? '') ?? []
  if (sender !== key) return 'not the application server that this subscription was made for'
  const [head = '', body = '', signature = ''] = token.split('.')
  const point = Buffer.from(key, 'base64url')
  const x = point.subarray(1, 33).toString('base64url')
  const y = point.subarray(33).toString('base64url')
  const object = createPublicKey({ format: 'jwk', key: { kty: 'EC', crv: 'P-256', x, y } })
  const signed = Buffer.from(`${head}.${body}`)
  const holds = verify(
    'sha256',
    signed,
    { key: object, dsaEncoding: 'ieee-p1363' },
    Buffer.from(signature, 'base64url'),
  )
  if (!holds) return 'the token is not signed by that key'
  const { aud, exp } = JSON.parse(Buffer.from(body, 'base64url').toString('utf8'))
  if (aud !== origin) return `the token is for ${aud}`
  if (typeof exp !== 'number' || exp <= now || exp > now + longest) return 'the token has no proper end'
  return undefined
}
