import { type Bytes, concat, hex, utf8 } from './bytes.ts'

/** The kinds that the desk hashes or signs. */
export type KindName = 'statement' | 'consent' | 'key-add'

export const payloadType = (kind: KindName): string => `application/vnd.foobot.${kind}.v2+json`

/** SHA-256 of the DSSE pre-authentication encoding: what a signature over these bytes covers. */
export const digestOf = (kind: KindName, body: Bytes): Promise<Bytes> => {
  const type = payloadType(kind)
  return sha256(concat(utf8(`DSSEv1 ${utf8(type).length} ${type} ${body.length} `), body))
}

export const sha256 = async (bytes: Bytes): Promise<Bytes> =>
  new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))

/** Eight hex digits that tell requests apart, as `7F3A-92C1`. They prove nothing. */
export const codeOf = (digest: Bytes): string => {
  const start = hex(digest).slice(0, 8).toUpperCase()
  return `${start.slice(0, 4)}-${start.slice(4)}`
}
