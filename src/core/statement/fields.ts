import { z } from 'zod'

/** Fields that several kinds share. */
export const version1 = z.literal(1)
/** 32 lower-case hex digits. */
export const id = z.string().regex(/^[0-9a-f]{32}$/)
/** SHA-256 in 64 lower-case hex digits. */
export const digest = z.string().regex(/^[0-9a-f]{64}$/)
/** Seconds since 1970. */
export const time = z.int().min(0)
/** A name that the company gives: a person, runner, deployment, group, room. */
export const name = z.string().min(1).max(128)
/** The exact bytes of another payload. */
export const payloadBytes = z.base64()

/** A DSSE envelope over one payload. `keyid` is a hint and proves nothing. */
export const envelope = z.strictObject({
  payloadType: z.string(),
  payload: payloadBytes,
  signatures: z
    .array(z.strictObject({ keyid: z.string(), sig: z.base64() }))
    .min(1)
    .max(16),
})

export type Envelope = z.infer<typeof envelope>
