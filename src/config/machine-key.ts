import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { FoobotError } from '#core/errors.ts'
import { ed25519Key } from '#core/signature/ed25519.ts'
import type { Key } from '#core/signature/key.ts'

/** The key of a machine: a runner, the log, a service that attests. Ed25519, without any format around its signature. */
export type MachineKey = {
  readonly key: Key
  /** 64 bytes over exactly these bytes. */
  readonly sign: (bytes: Uint8Array) => Uint8Array
}

/**
 * Makes a machine's key and writes the private half to a new file that only its owner may read (PKCS#8, PEM).
 * @returns the public half, as it is listed in the company's folder
 * @throws FoobotError `machine-key` where the file exists or cannot be written
 */
export const makeMachineKey = (file: string): Key => {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  try {
    writeFileSync(file, privateKey.export({ format: 'pem', type: 'pkcs8' }), { flag: 'wx', mode: 0o600, flush: true })
  } catch (error) {
    refuse(file, reason(error))
  }
  return keyOf(publicKey)
}

/** @throws FoobotError `machine-key` where the file is missing, no Ed25519 key, or others may read it */
export const readMachineKey = (file: string): MachineKey => {
  const privateKey = readPrivate(file)
  return { key: keyOf(createPublicKey(privateKey)), sign: (bytes) => sign(null, bytes, privateKey) }
}

const readPrivate = (file: string): KeyObject => {
  const key = privateKeyIn(file)
  return key.asymmetricKeyType === 'ed25519' ? key : refuse(file, 'it is no Ed25519 key')
}

const privateKeyIn = (file: string): KeyObject => {
  try {
    if (statSync(file).mode & 0o077) throw new Error(`others may read it; run: chmod 600 ${file}`)
    return createPrivateKey(readFileSync(file))
  } catch (error) {
    return refuse(file, reason(error))
  }
}

/** The raw key is the end of its SPKI. */
const keyOf = (publicKey: KeyObject): Key => ed25519Key(publicKey.export({ format: 'der', type: 'spki' }).subarray(-32))

const reason = (error: unknown): string => (error instanceof Error ? error.message : String(error))

const refuse = (file: string, why: string): never => {
  throw new FoobotError('machine-key', `${file}: ${why}`, `The key file ${file} cannot be used: ${why}`)
}
