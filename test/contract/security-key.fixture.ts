import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { parseKey } from '#core/signature/key.ts'
import { sshString, u32 } from '#core/signature/ssh-wire.ts'
import { mpint } from '#core/signature/sshsig-blob.ts'
import { sshsigBytes } from '#core/signature/sshsig-make.ts'

const sha256 = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest()

/** Ed25519 or ECDSA over P-256, in SSH's form of the bare signature. */
export const sshRaw = (privateKey: KeyObject, bytes: Uint8Array): Uint8Array => {
  if (privateKey.asymmetricKeyType === 'ed25519') return sign(null, bytes, privateKey)
  const raw = sign('sha256', bytes, { key: privateKey, dsaEncoding: 'ieee-p1363' })
  return Buffer.concat([mpint(raw.subarray(0, 32)), mpint(raw.subarray(32))])
}

/** A security key in software, with every switch that a real one has not. */
export const securityKey = (curve: 'ed25519' | 'p256', application = 'ssh:') => {
  const { privateKey, publicKey } =
    curve === 'ed25519' ? generateKeyPairSync('ed25519') : generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const spki = publicKey.export({ format: 'der', type: 'spki' })
  const type = curve === 'ed25519' ? 'sk-ssh-ed25519@openssh.com' : 'sk-ecdsa-sha2-nistp256@openssh.com'
  const point =
    curve === 'ed25519' ? [sshString(spki.subarray(-32))] : [sshString('nistp256'), sshString(spki.subarray(-65))]
  const blob = Buffer.concat([sshString(type), ...point, sshString(application)])
  /** The bare signature, as an agent answers it. */
  const signBytes = (bytes: Uint8Array, flags = 0x01, counter = 9): Uint8Array => {
    const signed = Buffer.concat([sha256(Buffer.from(application)), Uint8Array.of(flags), u32(counter), sha256(bytes)])
    return Buffer.concat([sshString(type), sshString(sshRaw(privateKey, signed)), Uint8Array.of(flags), u32(counter)])
  }
  return {
    type,
    key: parseKey(`${type} ${blob.toString('base64')}`),
    blob,
    sign: (namespace: string, message: Uint8Array, flags?: number) => signBytes(sshsigBytes(namespace, message), flags),
  }
}
