import { z } from 'zod'
import { tiers } from '#core/tier.ts'
import { digest, formatVersion, id, name, time } from './fields.ts'
import { defineKind } from './kind.ts'

/** Things that a signer must know of a resource, and that do not move by themselves. Flat, at most 32 entries and 4 KiB. */
export const facts = z
  .record(
    z.string().regex(/^[a-z][A-Za-z0-9]{0,63}$/),
    z.union([z.string(), z.int(), z.boolean(), z.array(z.string())]),
  )
  .refine((value) => Object.keys(value).length <= 32, 'at most 32 facts')
  .refine((value) => Buffer.byteLength(JSON.stringify(value)) <= 4096, 'at most 4 KiB of facts')

export type Facts = z.infer<typeof facts>

/** What a command acts on, as its runner's `inspect` gives it. `owner` is the system's own label, not yet a group. */
export const resource = z.strictObject({
  type: z.string().regex(/^[A-Z][A-Za-z0-9]{0,63}$/),
  id: z.string().min(1).max(512),
  owner: z.exactOptional(z.string().min(1).max(128)),
  facts,
})

export type Resource = z.infer<typeof resource>

/**
 * Where a request was made. `tenant` and `account` are the account's own: together with the platform they name it. The
 * room is the company's name for it, absent where it was said in a channel that is none of the company's.
 */
export const via = z.strictObject({
  platform: name,
  tenant: name,
  account: name,
  room: z.exactOptional(name),
  message: z.string().min(1).max(256),
})

export type Via = z.infer<typeof via>

const fields = z.strictObject({
  v: formatVersion,
  id,
  deployment: name,
  bundle: z.int().min(1),
  runner: name,
  command: z.string().min(1).max(256),
  definition: digest,
  tier: z.enum(tiers),
  text: z.string().min(1).max(4096),
  resource,
  requester: z.exactOptional(name),
  agent: z.exactOptional(name),
  via,
  iat: time,
  exp: time,
})

export type Statement = z.infer<typeof fields>

/** The exact bytes that say what is asked: what people see and sign. */
export const statementKind = defineKind('statement', fields, 8 * 1024)

/** Eight hex digits of the digest, `7F3A-92C1`: tells requests apart and proves nothing. */
export const codeOf = (digest: string): string => `${digest.slice(0, 4)}-${digest.slice(4, 8)}`.toUpperCase()
