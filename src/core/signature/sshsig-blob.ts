import { sshString, u32 } from './ssh-wire.ts'
import { hashName, magic, version } from './sshsig-make.ts'

/**
 * The signature as it stands in an envelope: binary, without armour.
 * @param publicBlob the key's own bytes, as behind its type in `authorized_keys`
 * @param signature what the key made of `sshsigBytes`, in SSH's form: type, then bytes
 */
export const sshsigBlob = (publicBlob: Uint8Array, namespace: string, signature: Uint8Array): Uint8Array =>
  Buffer.concat([
    magic,
    u32(version),
    sshString(publicBlob),
    sshString(namespace),
    sshString(''),
    sshString(hashName),
    sshString(signature),
  ])

/** A positive number of fixed length, as SSH writes it: no needless zeros, and one where the first bit would be set. */
export const mpint = (value: Uint8Array): Uint8Array => {
  const first = value.findIndex((byte) => byte !== 0)
  const digits = first < 0 ? new Uint8Array() : value.subarray(first)
  return sshString((digits[0] ?? 0) >= 0x80 ? Buffer.concat([Uint8Array.of(0), digits]) : digits)
}
