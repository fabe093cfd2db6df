import { z } from 'zod'
import { FoobotError } from '#core/errors.ts'
import { type Key, parseKey } from '#core/signature/key.ts'
import { type Envelope, formatVersion, name, time } from '#core/statement/fields.ts'
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

/** Somebody who signed a change beside the new key itself. */
export type Signer = {
  readonly person: string
  readonly key: Key
  readonly strength: 'software' | 'verified'
  /** Of a passkey: the page that it signed on. */
  readonly origin?: string
}

/** A key change as it is kept, once it was proven. */
export type KeptKeyChange = {
  readonly envelope: Envelope
  /** Seconds: when it was stored here for the first time. */
  readonly storedAt: number
  readonly by: readonly Signer[]
}
