import { createDecipheriv, createECDH, hkdfSync } from 'node:crypto'

/** What a subscription keeps to itself: raw P-256 private key and the shared secret. */
export type Secrets = { readonly privateKey: Uint8Array; readonly auth: Uint8Array }

/**
 * The text of a push, of one record (RFC 8188, RFC 8291).
 * @throws Error where it was not encrypted for these secrets, or not in this form
 */
export const decryptPush = (body: Buffer, { privateKey, auth }: Secrets): string => {
  const salt = body.subarray(0, 16)
  const idLength = body.readUInt8(20)
  const senderKey = body.subarray(21, 21 + idLength)
  const sealed = body.subarray(21 + idLength)
  if (idLength !== 65 || sealed.length < 17 || sealed.length > body.readUInt32BE(16)) throw new Error('not one record')

  const ecdh = createECDH('prime256v1')
  ecdh.setPrivateKey(privateKey)
  const shared = ecdh.computeSecret(senderKey)
  const info = Buffer.concat([Buffer.from('WebPush: info\0'), ecdh.getPublicKey(), senderKey])
  const input = derive(shared, auth, info, 32)
  const key = derive(input, salt, 'Content-Encoding: aes128gcm\0', 16)
  const nonce = derive(input, salt, 'Content-Encoding: nonce\0', 12)

  const decipher = createDecipheriv('aes-128-gcm', key, nonce)
  decipher.setAuthTag(sealed.subarray(-16))
  const padded = Buffer.concat([decipher.update(sealed.subarray(0, -16)), decipher.final()])
  // The last record's text ends with a 2, and zeros behind it.
  const end = padded.lastIndexOf(2)
  if (end < 0 || padded.subarray(end + 1).some((byte) => byte !== 0)) throw new Error('padded otherwise')
  return padded.subarray(0, end).toString('utf8')
}

const derive = (input: Uint8Array, salt: Uint8Array, info: Uint8Array | string, length: number): Buffer =>
  Buffer.from(hkdfSync('sha256', input, salt, info, length))
