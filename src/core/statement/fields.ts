import { z } from 'zod'
import { isBase64 } from './base64.ts'

/** Fields that several kinds share. The version is that of all signed formats: payload types and namespaces carry it too. */
export const formatVersion = z.literal(2)
/** 32 lower-case hex digits. */
export const id = z.string().regex(/^[0-9a-f]{32}$/)
/** SHA-256 in 64 lower-case hex digits. */
export const digest = z.string().regex(/^[0-9a-f]{64}$/)
/** Seconds since 1970. */
export const time = z.int().min(0)
/** A name that the company gives: a person, runner, deployment, group, room. */
export const name = z.string().min(1).max(128)
/** Bytes in base64, RFC 4648 §4, padded and strict: one text for one value. */
export const base64 = z.string().refine(isBase64, 'not base64')
/** The exact bytes of another payload. */
export const payloadBytes = base64

export const signatures = z
  .array(z.strictObject({ keyid: z.string().max(64), sig: z.string().max(2732).refine(isBase64, 'not base64') }))
  .min(1)
  .max(16)

/**
 * A DSSE envelope over one payload. `keyid` says whose key to check with. A signature has at most 2 KiB: with the 2 KiB
 * of a consent, its envelope stays below 6.
 */
export const envelope = z.strictObject({
  payloadType: z.string().max(64),
  payload: payloadBytes,
  signatures,
})

export type Envelope = z.infer<typeof envelope>
