import { type Bytes, base64, base64url, utf8 } from './statement/bytes.ts'
import { digestOf, type KindName } from './statement/digest.ts'
import { type Envelope, envelopeOf } from './statement/envelope.ts'
import type { Owner } from './statement/key-add.ts'

/** COSE numbers of ES256 and EdDSA: the two that Foobot takes. */
const algorithms = [-7, -8]
/** Milliseconds that somebody may take to touch a key. */
const patience = 120_000

/** Why there is no signature, in words for who sits here. */
export class NotSigned extends Error {}

/**
 * Has a passkey of this page sign an object: the challenge is the digest of its very bytes.
 * @param id of the one passkey that must do it; without, its owner chooses
 * @throws NotSigned
 */
export const signWithPasskey = async (kind: KindName, body: Bytes, id?: Bytes): Promise<Envelope> => {
  const challenge = await digestOf(kind, body)
  const credential = await asked(() =>
    navigator.credentials.get({
      publicKey: {
        challenge,
        rpId: location.hostname,
        userVerification: 'required',
        timeout: patience,
        ...(id && { allowCredentials: [{ type: 'public-key', id }] }),
      },
    }),
  )
  if (!(credential.response instanceof AuthenticatorAssertionResponse)) throw new NotSigned('No signature came back.')
  const { authenticatorData, clientDataJSON, signature } = credential.response
  const assertion = {
    authenticatorData: text(authenticatorData),
    clientDataJSON: text(clientDataJSON),
    signature: text(signature),
  }
  return envelopeOf(kind, body, utf8(JSON.stringify(assertion)))
}

export type NewPasskey = {
  readonly id: Bytes
  /** As a bundle lists it. */
  readonly key: string
}

/**
 * Makes a passkey that lives on this device or security key, and whose owner it recognises.
 * @throws NotSigned
 */
export const makePasskey = async ({ deployment, person }: Owner): Promise<NewPasskey> => {
  const credential = await asked(() =>
    navigator.credentials.create({
      publicKey: {
        rp: { id: location.hostname, name: `Foobot desk of ${deployment}` },
        // Random: one made from the name would replace, unasked, the passkey that the person has already.
        user: { id: crypto.getRandomValues(new Uint8Array(32)), name: `${person}@${deployment}`, displayName: person },
        // Nobody looks at it: what counts is signed by the new passkey afterwards.
        challenge: crypto.getRandomValues(new Uint8Array(32)),
        pubKeyCredParams: algorithms.map((alg) => ({ type: 'public-key', alg })),
        authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
        attestation: 'none',
        timeout: patience,
      },
    }),
  )
  const spki =
    credential.response instanceof AuthenticatorAttestationResponse ? credential.response.getPublicKey() : null
  if (!spki) throw new NotSigned('This device makes no passkey of a form that Foobot takes. Try another one.')
  return { id: new Uint8Array(credential.rawId), key: `webauthn ${base64(new Uint8Array(spki))}` }
}

/** Whether passkeys work on this page at all. */
export const passkeysWork = (): boolean => window.isSecureContext && 'PublicKeyCredential' in window

const asked = async (ask: () => Promise<Credential | null>): Promise<PublicKeyCredential> => {
  const credential = await ask().catch((error: unknown) => {
    throw new NotSigned(sentenceOf(error))
  })
  if (!(credential instanceof PublicKeyCredential)) throw new NotSigned('No passkey answered.')
  return credential
}

const sentenceOf = (error: unknown): string => {
  const name = error instanceof DOMException ? error.name : ''
  if (name === 'NotAllowedError') return 'No passkey was used. Nothing was signed.'
  if (name === 'SecurityError') return 'Passkeys do not work at this address. Nothing was signed.'
  return `The passkey could not be used (${error instanceof Error ? error.message : String(error)}). Nothing was signed.`
}

const text = (buffer: ArrayBuffer): string => base64url(new Uint8Array(buffer))
