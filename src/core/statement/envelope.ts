import { FoobotError } from '#core/errors.ts'
import { fromBase64, toBase64 } from './base64.ts'
import type { Envelope } from './fields.ts'
import { isOlderType, type Kind, reservedKindOf } from './kind.ts'

/** A signature as it lies in an envelope. `keyid` names the key that checks it; a passkey's is empty. */
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
 * @throws FoobotError `payload-malformed` where it is of another kind, or its bytes are not of this one; `older-format`
 */
export const readEnvelope = <T>(kind: Kind<T>, envelope: Envelope): Letter<T> => {
  if (envelope.payloadType !== kind.type) refuseType(kind, envelope.payloadType)
  const body = fromBase64(envelope.payload)
  const value = kind.decode(body)
  const signatures = envelope.signatures.map(({ keyid, sig }) => ({ keyid, sig: fromBase64(sig) }))
  return { kind, body, value, digest: kind.digest(body), signatures }
}

const refuseType = (kind: Kind<unknown>, type: string): never => {
  const detail = `${kind.name}: the envelope says ${JSON.stringify(type)}`
  if (isOlderType(type)) throw new FoobotError('older-format', detail)
  const reserved = reservedKindOf(type)
  if (reserved !== undefined) {
    throw new FoobotError('payload-malformed', detail, `This version of Foobot cannot take "${reserved}" yet.`)
  }
  throw new FoobotError('payload-malformed', detail)
}
