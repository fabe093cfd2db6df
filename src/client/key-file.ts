import { createPrivateKey, sign } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { FoobotError } from '#core/errors.ts'
import { type Key, parseKey, typeOfKey } from '#core/signature/key.ts'
import { ascii, SshReader, sshString } from '#core/signature/ssh-wire.ts'
import { mpint } from '#core/signature/sshsig-blob.ts'
import { toBase64 } from '#core/statement/base64.ts'
import { type Signer, sshSigner } from './signer.ts'

/** The first bytes in an OpenSSH private key file. See OpenSSH's PROTOCOL.key. */
export const keyFileMagic = 'openssh-key-v1\0'
export const keyFileBegin = '-----BEGIN OPENSSH PRIVATE KEY-----'
export const keyFileEnd = '-----END OPENSSH PRIVATE KEY-----'

/** A key file: its public half is always readable, its private half where it is not encrypted. */
export type KeyFile = {
  readonly key: Key
  /** Absent where the file is encrypted, or is a `.pub` file: an agent must sign then. */
  readonly signer?: Signer
}

/**
 * Reads an OpenSSH key file, private or public, with an Ed25519 or P-256 key.
 * @throws FoobotError `key-file`, `key-malformed`
 */
export const readKeyFile = (file: string): KeyFile => {
  const text = readText(file).trim()
  if (!text.startsWith('-----')) return { key: readPublic(text) }
  if (!text.startsWith(keyFileBegin) || !text.endsWith(keyFileEnd)) {
    return refuse(file, `it is not in the OpenSSH format; to convert it, run: ssh-keygen -p -f ${file}`)
  }
  try {
    return readPrivate(file, Buffer.from(text.slice(keyFileBegin.length, -keyFileEnd.length), 'base64'))
  } catch (error) {
    if (error instanceof FoobotError) throw error
    return refuse(file, `it is damaged (${reason(error)})`)
  }
}

const readText = (file: string): string => {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    return refuse(file, reason(error))
  }
}

/** An `authorized_keys` line, with or without its comment. */
const readPublic = (line: string): Key => parseKey(line.split(' ', 2).join(' '))

const readPrivate = (file: string, bytes: Uint8Array): KeyFile => {
  const reader = new SshReader(bytes)
  if (ascii(reader.take(keyFileMagic.length)) !== keyFileMagic) throw new Error('wrong first bytes')
  const cipher = ascii(reader.string())
  reader.string()
  reader.string()
  if (reader.u32() !== 1) throw new Error('more than one key')
  const publicBlob = reader.string()
  const key = parseKey(`${ascii(new SshReader(publicBlob).string())} ${toBase64(publicBlob)}`)
  const secret = reader.string()
  reader.end()
  // The private half of a security key lies in the hardware, and an agent knows how to ask it.
  if (cipher !== 'none' || typeOfKey(key).startsWith('sk-')) return { key }
  const signBytes = readSecret(new SshReader(secret))
  return { key, signer: sshSigner(key, file, async (message) => signBytes(message)) }
}

/** Signs in SSH's form: type, then bytes. */
type SignBytes = (message: Uint8Array) => Uint8Array

const readSecret = (reader: SshReader): SignBytes => {
  const check = reader.u32()
  if (reader.u32() !== check) throw new Error('its check numbers differ')
  const type = ascii(reader.string())
  return type === 'ssh-ed25519' ? ed25519(type, reader) : p256(type, reader)
}

const ed25519 = (type: string, reader: SshReader): SignBytes => {
  const x = base64url(reader.string())
  const d = base64url(reader.string().subarray(0, 32))
  const key = createPrivateKey({ format: 'jwk', key: { kty: 'OKP', crv: 'Ed25519', x, d } })
  return (message) => Buffer.concat([sshString(type), sshString(sign(null, message, key))])
}

const p256 = (type: string, reader: SshReader): SignBytes => {
  reader.string()
  const point = reader.string()
  const x = base64url(point.subarray(1, 33))
  const y = base64url(point.subarray(33))
  const d = base64url(reader.mpint(32))
  const key = createPrivateKey({ format: 'jwk', key: { kty: 'EC', crv: 'P-256', x, y, d } })
  return (message) => {
    const raw = sign('sha256', message, { key, dsaEncoding: 'ieee-p1363' })
    const numbers = Buffer.concat([mpint(raw.subarray(0, 32)), mpint(raw.subarray(32))])
    return Buffer.concat([sshString(type), sshString(numbers)])
  }
}

const base64url = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url')

const reason = (error: unknown): string => (error instanceof Error ? error.message : String(error))

const refuse = (file: string, why: string): never => {
  throw new FoobotError('key-file', `${file}: ${why}`, `The key file ${file} cannot be used: ${why}`)
}
