import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { FoobotError } from '#core/errors.ts'
import { type Key, parseKey } from '#core/signature/key.ts'
import { sshString, u32 } from '#core/signature/ssh-wire.ts'
import { toBase64 } from '#core/statement/base64.ts'
import { keyFileBegin, keyFileEnd, keyFileMagic } from './key-file.ts'

const type = 'ssh-ed25519'
/** What an unencrypted private part is padded to. */
const blockSize = 8

/**
 * Makes an Ed25519 key as `ssh-keygen -t ed25519 -N ''` does: `file` in the OpenSSH format, which only its owner may read,
 * and `file.pub`. For the example company, on machines without OpenSSH too.
 * @throws FoobotError `key-file` where one of the files exists or cannot be written
 */
export const makeKeyFile = (file: string, comment: string): Key => {
  const { x = '', d = '' } = generateKeyPairSync('ed25519').privateKey.export({ format: 'jwk' })
  const raw = Buffer.from(x, 'base64url')
  const publicBlob = Buffer.concat([sshString(type), sshString(raw)])
  const key = parseKey(`${type} ${toBase64(publicBlob)}`)
  const check = randomBytes(4)
  const secret = Buffer.concat([
    check,
    check,
    sshString(type),
    sshString(raw),
    sshString(Buffer.concat([Buffer.from(d, 'base64url'), raw])),
    sshString(comment),
  ])
  const bytes = Buffer.concat([
    Buffer.from(keyFileMagic, 'latin1'),
    sshString('none'),
    sshString('none'),
    sshString(''),
    u32(1),
    sshString(publicBlob),
    sshString(padded(secret)),
  ])
  const lines = toBase64(bytes).match(/.{1,70}/g) ?? []
  write(file, [keyFileBegin, ...lines, keyFileEnd, ''].join('\n'), 0o600)
  write(`${file}.pub`, `${key} ${comment}\n`, 0o644)
  return key
}

/** 1, 2, 3, … up to a whole block. */
const padded = (bytes: Uint8Array): Uint8Array => {
  const missing = (blockSize - (bytes.length % blockSize)) % blockSize
  return Buffer.concat([bytes, Uint8Array.from({ length: missing }, (_, index) => index + 1)])
}

const write = (file: string, text: string, mode: number): void => {
  try {
    writeFileSync(file, text, { flag: 'wx', mode, flush: true })
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw new FoobotError('key-file', `${file}: ${why}`, `The key file ${file} cannot be made: ${why}`)
  }
}
