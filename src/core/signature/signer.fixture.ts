import { createHash, generateKeyPairSync, sign } from 'node:crypto'
import { type Signature, sealEnvelope } from '#core/statement/envelope.ts'
import type { Envelope } from '#core/statement/fields.ts'
import type { Kind } from '#core/statement/kind.ts'
import { ed25519Key } from './ed25519.ts'
import { type Key, keyid, parseKey } from './key.ts'
import { publicKeyOf } from './public-key.ts'
import { sshString, u32 } from './ssh-wire.ts'
import { sshsigBlob } from './sshsig-blob.ts'
import { namespaceOf, sshsigBytes } from './sshsig-make.ts'

/** Keys of tests, each in the form that its type signs in. */
export type TestSigner = {
  readonly key: Key
  readonly sign: (kind: Kind<unknown>, body: Uint8Array) => Signature
}

const pair = () => {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  const spki = publicKey.export({ format: 'der', type: 'spki' })
  return { privateKey, spki, raw: spki.subarray(-32) }
}

const sha256 = (bytes: Uint8Array | string): Buffer => createHash('sha256').update(bytes).digest()

/** An SSH key file. */
export const sshSigner = (): TestSigner => {
  const { privateKey, raw } = pair()
  const type = 'ssh-ed25519'
  const key = parseKey(`${type} ${Buffer.concat([type, raw].map(sshString)).toString('base64')}`)
  return {
    key,
    sign: (kind, body) => {
      const namespace = namespaceOf(kind.name)
      const made = sign(null, sshsigBytes(namespace, kind.pae(body)), privateKey)
      const blob = Buffer.concat([type, made].map(sshString))
      return { keyid: keyid(key), sig: sshsigBlob(publicKeyOf(key).blob, namespace, blob) }
    },
  }
}

/** A security key for SSH. @param flags 5: touched, and its owner recognised; 1: touched */
export const securityKeySigner = (flags = 5): TestSigner => {
  const { privateKey, raw } = pair()
  const type = 'sk-ssh-ed25519@openssh.com'
  const key = parseKey(`${type} ${Buffer.concat([type, raw, 'ssh:'].map(sshString)).toString('base64')}`)
  const state = Buffer.concat([Uint8Array.of(flags), u32(7)])
  return {
    key,
    sign: (kind, body) => {
      const namespace = namespaceOf(kind.name)
      const signed = [sha256('ssh:'), state, sha256(sshsigBytes(namespace, kind.pae(body)))]
      const made = sign(null, Buffer.concat(signed), privateKey)
      const blob = Buffer.concat([...[type, made].map(sshString), state])
      return { keyid: keyid(key), sig: sshsigBlob(publicKeyOf(key).blob, namespace, blob) }
    },
  }
}

/** A passkey, used on a page. */
export const passkeySigner = (origin: string): TestSigner => {
  const { privateKey, spki } = pair()
  const key = parseKey(`webauthn ${spki.toString('base64')}`)
  return {
    key,
    sign: (kind, body) => {
      const challenge = sha256(kind.pae(body)).toString('base64url')
      const client = Buffer.from(JSON.stringify({ type: 'webauthn.get', challenge, origin, crossOrigin: false }))
      const data = Buffer.concat([sha256(new URL(origin).hostname), Uint8Array.of(5), Buffer.alloc(4)])
      const made = sign(null, Buffer.concat([data, sha256(client)]), privateKey)
      const parts = {
        authenticatorData: data.toString('base64url'),
        clientDataJSON: client.toString('base64url'),
        signature: made.toString('base64url'),
      }
      return { keyid: keyid(key), sig: Buffer.from(JSON.stringify(parts)) }
    },
  }
}

/** A machine: a runner, the log, a service that attests. */
export const machineSigner = (): TestSigner => {
  const { privateKey, raw } = pair()
  const key = ed25519Key(raw)
  return { key, sign: (kind, body) => ({ keyid: keyid(key), sig: sign(null, kind.pae(body), privateKey) }) }
}

/** A value of a kind, signed by each. */
export const signedBy = <T>(kind: Kind<T>, value: T, ...signers: readonly TestSigner[]): Envelope => {
  const body = kind.encode(value)
  return sealEnvelope(
    kind,
    body,
    signers.map((signer) => signer.sign(kind, body)),
  )
}
