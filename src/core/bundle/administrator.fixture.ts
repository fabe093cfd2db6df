import { generateKeyPairSync, sign } from 'node:crypto'
import { type Key, keyid, parseKey } from '#core/signature/key.ts'
import { publicKeyOf } from '#core/signature/public-key.ts'
import { sshString } from '#core/signature/ssh-wire.ts'
import { sshsigBlob } from '#core/signature/sshsig-blob.ts'
import { namespaceOf, sshsigBytes } from '#core/signature/sshsig-make.ts'
import type { Signature } from '#core/statement/envelope.ts'
import { bundleKind } from './bundle.ts'

/** Somebody with an SSH key, for tests. */
export type Administrator = { readonly key: Key; readonly sign: (body: Uint8Array) => Signature }

export const makeAdministrator = (): Administrator => {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  const raw = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32)
  const type = 'ssh-ed25519'
  const key = parseKey(`${type} ${Buffer.concat([sshString(type), sshString(raw)]).toString('base64')}`)
  return {
    key,
    sign: (body) => {
      const namespace = namespaceOf('bundle')
      const made = sign(null, sshsigBytes(namespace, bundleKind.pae(body)), privateKey)
      const signature = Buffer.concat([sshString(type), sshString(made)])
      return { keyid: keyid(key), sig: sshsigBlob(publicKeyOf(key).blob, namespace, signature) }
    },
  }
}
