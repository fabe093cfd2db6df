import { createHash } from 'node:crypto'
import type { z } from 'zod'
import { parseProfile } from './json.ts'

/** The kinds of signed object. Each is signed under a type of its own, so that none can pass for another. */
export const kinds = [
  'statement',
  'consent',
  'attested-consent',
  'key-add',
  'key-remove',
  'warrant',
  'receipts',
  'event',
  'bundle',
  'login',
  'log-begins',
  'recovered',
] as const

export type KindName = (typeof kinds)[number]

/**
 * Names of kinds that are reserved; nothing makes or takes one yet. An invitation, and what outlives a session and later
 * counts or wakes: objects that a person signs at the desk.
 */
export const reservedKinds = ['invitation', 'account-link', 'phone', 'push-subscription', 'one-time-codes'] as const

export type ReservedKind = (typeof reservedKinds)[number]

/** The DSSE payload type of a kind. */
export const payloadType = (kind: KindName | ReservedKind): string => `application/vnd.foobot.${kind}.v2+json`

/** The reserved kind that a payload type names. */
export const reservedKindOf = (type: string): ReservedKind | undefined =>
  reservedKinds.find((kind) => payloadType(kind) === type)

/** True of the payload type of a kind in an older version of the format. */
export const isOlderType = (type: string): boolean => /^application\/vnd\.foobot\.[a-z-]+\.v1\+json$/.test(type)

/**
 * The bytes that are signed and hashed: DSSE v1 pre-authentication encoding.
 * @see https://github.com/secure-systems-lab/dsse/blob/master/protocol.md
 */
export const pae = (type: string, body: Uint8Array): Uint8Array => {
  const head = Buffer.from(`DSSEv1 ${Buffer.byteLength(type)} ${type} ${body.length} `, 'utf8')
  return Buffer.concat([head, body])
}

/** A kind with its schema: the one way from bytes to an object and back. */
export type Kind<T> = {
  readonly name: KindName
  readonly type: string
  /** Bytes of a value, for signing. Throws where the value is not of the kind. */
  encode(value: T): Uint8Array
  /** The value in exact bytes. Throws `payload-malformed` where they are not of the JSON profile, the kind or its size. */
  decode(body: Uint8Array): T
  /** The bytes that a signature covers. */
  pae(body: Uint8Array): Uint8Array
  /** SHA-256 of `pae(body)` in lower-case hex. */
  digest(body: Uint8Array): string
}

/** @param most the size of a payload in bytes, at most */
export const defineKind = <S extends z.ZodType>(name: KindName, schema: S, most: number): Kind<z.infer<S>> => {
  const type = payloadType(name)
  const kind: Kind<z.infer<S>> = {
    name,
    type,
    encode: (value) => {
      const body = Buffer.from(JSON.stringify(value), 'utf8')
      kind.decode(body)
      return body
    },
    decode: (body) => parseProfile(body, schema, { name, most }),
    pae: (body) => pae(type, body),
    digest: (body) => createHash('sha256').update(pae(type, body)).digest('hex'),
  }
  return kind
}
