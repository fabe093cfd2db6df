import type { KeyObject } from 'node:crypto'
import { FoobotError } from '#core/errors.ts'
import { fromBase64, isBase64 } from '#core/statement/base64.ts'
import { type Curve, ed25519Spki, p256Spki, readSpki, spkiObject } from './spki.ts'
import { ascii, SshReader } from './ssh-wire.ts'

/** The first word of a key's text. */
export const keyTypes = [
  'ssh-ed25519',
  'ecdsa-sha2-nistp256',
  'sk-ssh-ed25519@openssh.com',
  'sk-ecdsa-sha2-nistp256@openssh.com',
  'webauthn',
  'ed25519',
] as const

export type KeyType = (typeof keyTypes)[number]

/** A key's text, read. */
export type PublicKey = {
  readonly type: KeyType
  readonly curve: Curve
  readonly object: KeyObject
  /** What stands behind the type in the text, decoded. */
  readonly blob: Uint8Array
  /** Of `sk` keys: what the hardware key was made for, as `ssh:`. */
  readonly application?: Uint8Array
}

/** Reading a key costs as much as a signature check, and a company uses the same few keys all day. */
const prepared = new Map<string, PublicKey>()
const mostPrepared = 1024

/**
 * Reads a key's text, or remembers it.
 * @throws FoobotError `key-malformed`
 */
export const publicKeyOf = (text: string): PublicKey => {
  const known = prepared.get(text)
  if (known) return known
  const key = read(text)
  if (prepared.size >= mostPrepared) prepared.clear()
  prepared.set(text, key)
  return key
}

const read = (text: string): PublicKey => {
  const [first = '', base64 = '', ...more] = text.split(' ')
  const type = keyTypes.find((name) => name === first)
  if (!type) return refuse(/^[\w@.-]{1,64}$/.test(first) ? `keys of type ${first} are not accepted` : 'no type of key')
  if (more.length > 0) refuse('more than type and base64: leave out the comment')
  if (base64 === '' || !isBase64(base64)) refuse('not strict base64')
  const blob = fromBase64(base64)
  try {
    return { type, blob, ...readBlob(type, blob) }
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error))
  }
}

type Point = Pick<PublicKey, 'curve' | 'object' | 'application'>

const readBlob = (type: KeyType, blob: Uint8Array): Point => {
  switch (type) {
    case 'webauthn':
      return readSpki(blob)
    case 'ed25519':
      return ed25519(blob)
    default:
      return readSsh(type, blob)
  }
}

/** @see https://www.rfc-editor.org/rfc/rfc8709 and OpenSSH's PROTOCOL.u2f */
const readSsh = (type: KeyType, blob: Uint8Array): Point => {
  const reader = new SshReader(blob)
  if (ascii(reader.string()) !== type) throw new Error('another type inside')
  const isEd25519 = type === 'ssh-ed25519' || type === 'sk-ssh-ed25519@openssh.com'
  if (!isEd25519 && ascii(reader.string()) !== 'nistp256') throw new Error('another curve inside')
  const point = isEd25519 ? ed25519(reader.string()) : p256(reader.string())
  if (!type.startsWith('sk-')) {
    reader.end()
    return point
  }
  const application = reader.string()
  reader.end()
  if (!ascii(application).startsWith('ssh:')) throw new Error('a security key that was not made for SSH')
  return { ...point, application }
}

const ed25519 = (raw: Uint8Array): Point => ({ curve: 'ed25519', object: spkiObject(ed25519Spki(raw)) })

const p256 = (point: Uint8Array): Point => ({ curve: 'p256', object: spkiObject(p256Spki(point)) })

const refuse = (detail: string): never => {
  throw new FoobotError(
    'key-malformed',
    `key: ${detail}`,
    `That key cannot be used (${detail}). Make a new one: ssh-keygen -t ed25519`,
  )
}
