import { createHash, verify } from 'node:crypto'
import { z } from 'zod'
import { parseProfile } from '#core/statement/json.ts'
import { readDerSignature } from './der.ts'
import { readFlags } from './flags.ts'
import type { Key } from './key.ts'
import { publicKeyOf } from './public-key.ts'
import { refuseSignature, refusing } from './refuse.ts'

/** What a passkey's assertion proves. */
export type WebauthnProof = {
  /** The page it was made on: one of those allowed. */
  readonly origin: string
}

/** The three parts of `AuthenticatorAssertionResponse` that count, each in base64url. */
const assertion = z.strictObject({
  authenticatorData: z.string(),
  clientDataJSON: z.string(),
  signature: z.string(),
})

// A byte order mark is kept, so that JSON refuses it.
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/**
 * Checks a passkey's assertion from the SPKI of its key alone. The challenge is the digest of the object being signed, so
 * that a page cannot have one thing signed and use it for another.
 * @param digest SHA-256 of the object's PAE
 * @param origins where the company signs, exactly: scheme, host and port
 * @throws FoobotError `signature-refused`
 * @see https://www.w3.org/TR/webauthn-3/#sctn-verifying-assertion
 */
export const verifyWebauthn = (
  key: Key,
  digest: Uint8Array,
  sig: Uint8Array,
  origins: readonly string[],
): WebauthnProof =>
  refusing(() => {
    const { type, curve, object } = publicKeyOf(key)
    if (type !== 'webauthn') refuseSignature('this key is no passkey')
    const parts = parseProfile(sig, assertion, { name: 'assertion', most: 2048 })
    const authenticatorData = fromBase64url(parts.authenticatorData)
    const clientDataJson = fromBase64url(parts.clientDataJSON)
    const client = readClientData(clientDataJson)

    // A signature of yes, not the making of a key or a payment.
    if (client.type !== 'webauthn.get') refuseSignature('not an assertion')
    // It is over this very object.
    if (client.challenge !== Buffer.from(digest).toString('base64url')) refuseSignature('over another object')
    // A passkey is bound to a host; only the exact origin tells its ports apart.
    const origin = origins.find((allowed) => allowed === client.origin)
    if (origin === undefined) return refuseSignature(`made on ${JSON.stringify(client.origin)}`)
    // The page was not framed by another.
    if (client.crossOrigin !== undefined && client.crossOrigin !== false) refuseSignature('made in a foreign frame')
    if (client.topOrigin !== undefined) refuseSignature('made in a frame')
    // Gone from browsers, and an object where it is not.
    if (client.tokenBinding !== undefined && !isObject(client.tokenBinding)) refuseSignature('a malformed tokenBinding')

    // Hash of the host, flags, counter, and nothing behind.
    if (authenticatorData.length !== 37) refuseSignature('authenticatorData must have 37 bytes')
    const host = createHash('sha256').update(new URL(origin).hostname).digest()
    if (!host.equals(authenticatorData.subarray(0, 32))) refuseSignature('for another host')
    // Somebody was there, and it was the key's owner.
    if (!readFlags(authenticatorData.readUInt8(32)).verified) refuseSignature('the user was not verified')

    const signed = Buffer.concat([authenticatorData, createHash('sha256').update(clientDataJson).digest()])
    const raw = fromBase64url(parts.signature)
    const holds =
      curve === 'ed25519'
        ? verify(null, signed, object, raw)
        : verify('sha256', signed, { key: object, dsaEncoding: 'ieee-p1363' }, readDerSignature(raw))
    if (!holds) refuseSignature('not over these bytes')
    return { origin }
  })

/** Made by the browser, and signed: may hold members that are not known here. */
const readClientData = (bytes: Uint8Array): Readonly<Record<string, unknown>> => {
  const value: unknown = JSON.parse(utf8.decode(bytes))
  return isObject(value) ? value : refuseSignature('clientDataJSON is no object')
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const fromBase64url = (text: string): Buffer => {
  const bytes = Buffer.from(text, 'base64url')
  return bytes.toString('base64url') === text ? bytes : refuseSignature('not strict base64url')
}
