import { type Bytes, base64 } from './bytes.ts'
import { type KindName, payloadType } from './digest.ts'

/** A DSSE envelope with one signature. `keyid` is left empty: a passkey does not tell its key. */
export type Envelope = {
  readonly payloadType: string
  readonly payload: string
  readonly signatures: readonly { readonly keyid: string; readonly sig: string }[]
}

export const envelopeOf = (kind: KindName, body: Bytes, sig: Bytes): Envelope => ({
  payloadType: payloadType(kind),
  payload: base64(body),
  signatures: [{ keyid: '', sig: base64(sig) }],
})
