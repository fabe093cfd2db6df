import { FoobotError } from '#core/errors.ts'
import { fromBase64, toBase64 } from './base64.ts'
import type { Envelope } from './fields.ts'
import type { Kind } from './kind.ts'

/** A signature as it lies in an envelope. `keyid` only says where to look first. */
export type Signature = { readonly keyid: string; readonly sig: Uint8Array }

/** An envelope that was opened once: signatures are checked over, digests taken of and values read from one `body`. */
export type Letter<T> = {
  readonly kind: Kind<T>
  /** The payload's exact bytes. */
  readonly body: Uint8Array
  readonly value: T
  readonly digest: string
  /** Still to be checked. */
  readonly signatures: readonly Signature[]
}

/** Puts exact bytes and their signatures into a DSSE envelope. */
export const sealEnvelope = (kind: Kind<unknown>, body: Uint8Array, signatures: readonly Signature[]): Envelope => ({
  payloadType: kind.type,
  payload: toBase64(body),
  signatures: signatures.map(({ keyid, sig }) => ({ keyid, sig: toBase64(sig) })),
})

/**
 * Reads an envelope as one kind. Who signed it is still open.
 * @throws FoobotError `payload-malformed` where it is of another kind, or its bytes are not of this one
 */
export const readEnvelope = <T>(kind: Kind<T>, envelope: Envelope): Letter<T> => {
  if (envelope.payloadType !== kind.type) {
    throw new FoobotError(
      'payload-malformed',
      `${kind.name}: the envelope says ${JSON.stringify(envelope.payloadType)}`,
    )
  }
  const body = fromBase64(envelope.payload)
  const value = kind.decode(body)
  const signatures = envelope.signatures.map(({ keyid, sig }) => ({ keyid, sig: fromBase64(sig) }))
  return { kind, body, value, digest: kind.digest(body), signatures }
}
