import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { type Key, parseKey } from '#core/signature/key.ts'

const sha256 = (bytes: Uint8Array | string): Buffer => createHash('sha256').update(bytes).digest()

/** What a test may bend of an assertion; by default it is as a browser makes it. */
export type Bent = {
  readonly origin?: string
  readonly host?: string
  readonly flags?: number
  readonly client?: Readonly<Record<string, unknown>>
  /** The client data, text as it is signed. */
  readonly clientText?: (text: string) => string | Uint8Array
  readonly authenticatorData?: (bytes: Buffer) => Uint8Array
  readonly signature?: (bytes: Buffer) => Uint8Array
  readonly parts?: (parts: Record<string, unknown>) => unknown
}

export type Passkey = { readonly key: Key; readonly sign: (digest: Uint8Array, bent?: Bent) => Uint8Array }

/** A passkey in software: signs whatever it is given, bent as a test asks. */
export const passkey = (curve: 'ed25519' | 'p256', home = 'http://desk.localhost:8081'): Passkey => {
  const { privateKey, publicKey }: { privateKey: KeyObject; publicKey: KeyObject } =
    curve === 'ed25519' ? generateKeyPairSync('ed25519') : generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const key = parseKey(`webauthn ${publicKey.export({ format: 'der', type: 'spki' }).toString('base64')}`)
  return {
    key,
    sign: (digest, bent = {}) => {
      const origin = bent.origin ?? home
      const members = {
        type: 'webauthn.get',
        challenge: Buffer.from(digest).toString('base64url'),
        origin,
        crossOrigin: false,
        ...bent.client,
      }
      const clientData = Buffer.from(bent.clientText?.(JSON.stringify(members)) ?? JSON.stringify(members))
      const counter = Buffer.alloc(4)
      const plain = Buffer.concat([
        sha256(bent.host ?? new URL(origin).hostname),
        Uint8Array.of(bent.flags ?? 0x05),
        counter,
      ])
      const authenticatorData = Buffer.from(bent.authenticatorData?.(plain) ?? plain)
      const signed = Buffer.concat([authenticatorData, sha256(clientData)])
      const made = sign(curve === 'ed25519' ? null : 'sha256', signed, privateKey)
      const signature = Buffer.from(bent.signature?.(made) ?? made)
      const parts = {
        authenticatorData: authenticatorData.toString('base64url'),
        clientDataJSON: clientData.toString('base64url'),
        signature: signature.toString('base64url'),
      }
      return Buffer.from(JSON.stringify(bent.parts?.(parts) ?? parts))
    },
  }
}
