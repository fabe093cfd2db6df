import { z } from 'zod'
import { FoobotError } from '#core/errors.ts'
import { type Key, parseKey } from '#core/signature/key.ts'
import { type Envelope, envelope, formatVersion, name, time } from '#core/statement/fields.ts'
import { defineKind, type Kind } from '#core/statement/kind.ts'

const isKey = (text: string): boolean => {
  try {
    parseKey(text)
    return true
  } catch {
    return false
  }
}

/** The text of a key that can be used. */
export const key = z
  .string()
  .max(512)
  .refine(isKey, 'no key')
  .transform((text) => text as Key)

const fields = z.strictObject({ v: formatVersion, deployment: name, person: name, key, iat: time })

export type KeyChangePayload = z.infer<typeof fields>

/** A key that a person has from now on: signed by that key, and by who may say so. */
export const keyAddKind = defineKind('key-add', fields, 2 * 1024)

/** A key that a person has no more. */
export const keyRemoveKind = defineKind('key-remove', fields, 2 * 1024)

/**
 * The kind that an envelope says it is of.
 * @throws FoobotError `payload-malformed` where that is no key change
 */
export const kindOfChange = ({ payloadType }: Envelope): Kind<KeyChangePayload> => {
  const kind = [keyAddKind, keyRemoveKind].find(({ type }) => type === payloadType)
  if (!kind) throw new FoobotError('payload-malformed', `${JSON.stringify(payloadType)} is no key change`)
  return kind
}

const signer = z.strictObject({
  person: name,
  key,
  strength: z.enum(['software', 'verified']),
  /** Of a passkey: the page that it signed on. */
  origin: z.exactOptional(z.string().max(256)),
})

/** Somebody who signed a change beside the new key itself. */
export type Signer = z.infer<typeof signer>

/** A key change as it lies on disk, once it was proven. */
export const keptKeyChange = z.strictObject({
  envelope,
  /** Seconds: when it was stored here for the first time. */
  storedAt: time,
  by: z.array(signer).min(1),
})

export type KeptKeyChange = { readonly envelope: Envelope; readonly storedAt: number; readonly by: readonly Signer[] }

/** @throws FoobotError `key-change-refused`, always */
export const refuseChange = (reason: string): never => {
  throw new FoobotError('key-change-refused', `key change: ${reason}`, `That change of keys is refused: ${reason}.`)
}
