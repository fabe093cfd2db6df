import { type Key, keyid } from '#core/signature/key.ts'
import { publicKeyOf } from '#core/signature/public-key.ts'
import { sshsigBlob } from '#core/signature/sshsig-blob.ts'
import { namespaceOf, sshsigBytes } from '#core/signature/sshsig-make.ts'
import { verifySignature } from '#core/signature/verify.ts'
import { fromBase64, toBase64 } from '#core/statement/base64.ts'
import { sealEnvelope } from '#core/statement/envelope.ts'
import type { Envelope } from '#core/statement/fields.ts'
import type { Kind } from '#core/statement/kind.ts'

/** What can sign for a person: one key, in a file, an agent or a piece of hardware. */
export type Signer = {
  readonly key: Key
  /** Where the key is, for people: a path, or the agent with the key's comment. */
  readonly place: string
  /**
   * The signature of one object's exact bytes, as it stands in an envelope: base64. May wait for a touch.
   * @throws FoobotError `agent-failed`; `signature-refused` where what came back does not hold, a missing touch included
   */
  sign(kind: Kind<unknown>, body: Uint8Array): Promise<string>
}

/** An SSH key as a signer. `signBytes` gives SSH's own form of signature: type, then bytes. */
export const sshSigner = (key: Key, place: string, signBytes: (bytes: Uint8Array) => Promise<Uint8Array>): Signer => ({
  key,
  place,
  sign: async (kind, body) => {
    const namespace = namespaceOf(kind.name)
    const signature = await signBytes(sshsigBytes(namespace, kind.pae(body)))
    const sig = sshsigBlob(publicKeyOf(key).blob, namespace, signature)
    // Checked here as everybody will check it, so that its maker hears what is wrong, and at once.
    verifySignature(kind, body, key, sig)
    return toBase64(sig)
  },
})

/** Signs exact bytes and puts them into an envelope. */
export const signEnvelope = async (signer: Signer, kind: Kind<unknown>, body: Uint8Array): Promise<Envelope> => {
  const sig = fromBase64(await signer.sign(kind, body))
  return sealEnvelope(kind, body, [{ keyid: keyid(signer.key), sig }])
}
