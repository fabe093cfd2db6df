import { createHash, createPrivateKey, sign } from 'node:crypto'
import { type Bytes, base64url, utf8 } from '../../web/desk/statement/bytes.ts'
import { digestOf, type KindName } from '../../web/desk/statement/digest.ts'
import { type Envelope, envelopeOf } from '../../web/desk/statement/envelope.ts'

const sha256 = (bytes: Uint8Array | string): Buffer => createHash('sha256').update(bytes).digest()

/** User present, user verified: what a phone reports that its owner has unlocked. */
const flags = 0x05

/**
 * Signs an object as a passkey does on the desk's page: the challenge is the digest of its very bytes.
 * @param pkcs8 a P-256 key, base64
 * @param origin the desk's
 */
export const signAsPasskey = async (pkcs8: string, origin: string, kind: KindName, body: Bytes): Promise<Envelope> => {
  const challenge = base64url(await digestOf(kind, body))
  const clientDataJSON = utf8(JSON.stringify({ type: 'webauthn.get', challenge, origin, crossOrigin: false }))
  const host = sha256(new URL(origin).hostname)
  const authenticatorData = Buffer.concat([host, Uint8Array.of(flags), Buffer.alloc(4)])
  const key = createPrivateKey({ key: Buffer.from(pkcs8, 'base64'), format: 'der', type: 'pkcs8' })
  const signature = sign('sha256', Buffer.concat([authenticatorData, sha256(clientDataJSON)]), key)
  const assertion = {
    authenticatorData: authenticatorData.toString('base64url'),
    clientDataJSON: base64url(clientDataJSON),
    signature: signature.toString('base64url'),
  }
  return envelopeOf(kind, body, utf8(JSON.stringify(assertion)))
}
