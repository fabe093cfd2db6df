import { createHash, verify } from 'node:crypto'
import { readFlags } from './flags.ts'
import type { Key } from './key.ts'
import { type PublicKey, publicKeyOf } from './public-key.ts'
import { refuseSignature, refusing } from './refuse.ts'
import { ascii, SshReader, u32 } from './ssh-wire.ts'
import { hashName, magic, sshsigBytes, version } from './sshsig-make.ts'

/** What an SSH signature proves of the person behind it. */
export type SshProof = {
  /** A security key was touched. */
  readonly touched: boolean
  /** A security key knew its user, by PIN or finger. */
  readonly verified: boolean
}

/**
 * Checks an SSHSIG blob (binary, without armour), stricter than `ssh-keygen -Y verify`: one form only, and a security key
 * must have been touched.
 * @param key the one key that may have made it
 * @param message what was signed
 * @throws FoobotError `signature-refused`
 * @see https://github.com/openssh/openssh-portable/blob/master/PROTOCOL.sshsig
 */
export const verifySshsig = (key: Key, namespace: string, message: Uint8Array, blob: Uint8Array): SshProof =>
  refusing(() => {
    const { type, curve, object, blob: publicBlob, application } = publicKeyOf(key)
    if (type === 'webauthn' || type === 'ed25519') return refuseSignature('this key makes no SSH signatures')
    const reader = new SshReader(blob)

    // It is an SSH signature of the one version there is.
    if (ascii(reader.take(magic.length)) !== ascii(magic)) refuseSignature('no SSH signature')
    if (reader.u32() !== version) refuseSignature('another version of SSH signatures')
    // It says that it is by this key: byte for byte, so that there is no other way to write the key.
    if (!Buffer.from(publicBlob).equals(reader.string())) refuseSignature('by another key')
    // It was made for this kind of object, and for nothing else that the key may sign.
    if (ascii(reader.string()) !== namespace) refuseSignature(`not made for ${namespace}`)
    // The reserved field is empty in what is signed, and so must it be here.
    if (reader.string().length > 0) refuseSignature('something in the reserved field')
    // One hash, named here and signed: none can be chosen.
    if (ascii(reader.string()) !== hashName) refuseSignature(`the hash must be ${hashName}`)
    const signature = new SshReader(reader.string())
    reader.end()

    // The algorithm is the key's own.
    if (ascii(signature.string()) !== type) refuseSignature('another algorithm than the key')
    const raw = readRaw(curve, signature.string())
    const signed = sshsigBytes(namespace, message)
    if (!application) {
      signature.end()
      if (!holds(curve, object, signed, raw)) refuseSignature('not over these bytes')
      return { touched: false, verified: false }
    }

    // A security key signs what it saw of its user, and a counter that is not used here.
    const flags = signature.byte()
    const counter = signature.u32()
    signature.end()
    const bySecurityKey = Buffer.concat([sha256(application), Uint8Array.of(flags), u32(counter), sha256(signed)])
    if (!holds(curve, object, bySecurityKey, raw)) refuseSignature('not over these bytes')
    return { touched: true, ...readFlags(flags) }
  })

const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest()

/** The signature as `node:crypto` takes it, 64 bytes, from the one way to write it. */
const readRaw = (curve: PublicKey['curve'], bytes: Uint8Array): Uint8Array => {
  if (curve === 'ed25519') return bytes.length === 64 ? bytes : refuseSignature('an Ed25519 signature has 64 bytes')
  const numbers = new SshReader(bytes)
  const raw = Buffer.concat([numbers.mpint(32), numbers.mpint(32)])
  numbers.end()
  return raw
}

const holds = (curve: PublicKey['curve'], object: PublicKey['object'], bytes: Uint8Array, raw: Uint8Array): boolean =>
  curve === 'ed25519'
    ? verify(null, bytes, object, raw)
    : verify('sha256', bytes, { key: object, dsaEncoding: 'ieee-p1363' }, raw)
