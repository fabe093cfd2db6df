import { generateKeyPairSync } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { toBase64 } from '#core/statement/base64.ts'

/** Where the stand-in keeps everybody's phone. */
const folderOf = (data: string): string => join(data, 'sandbox', 'phone')

/**
 * Makes the folder of the sandbox's phones.
 * @param desk the origin that their passkeys sign at
 */
export const makePhones = (data: string, desk: string): void => {
  mkdirSync(folderOf(data), { recursive: true, mode: 0o700 })
  writeFileSync(join(folderOf(data), 'phone.json'), JSON.stringify({ desk }))
}

/** Makes a passkey on a person's phone, of the kind that phones make; gives it as the bundle lists it. */
export const makePasskey = (data: string, person: string): string => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const secret = privateKey.export({ format: 'der', type: 'pkcs8' })
  writeFileSync(join(folderOf(data), `${person}.passkey`), `${toBase64(secret)}\n`, { mode: 0o600 })
  return `webauthn ${toBase64(publicKey.export({ format: 'der', type: 'spki' }))}`
}
