import { z } from 'zod'
import { formatVersion, id, name, time } from '#core/statement/fields.ts'
import { defineKind } from '#core/statement/kind.ts'

/** All that an event can tell. */
export const eventNames = [
  'asked',
  'consent',
  /** A yes to a request that waits, which does not count. */
  'consent-refused',
  'denied',
  'cancelled',
  'refused',
  'expired',
  'failed',
  'interrupted',
  'bundle',
  /** Administrators were reminded that the bundle in force ends. */
  'reminded',
  'key-add',
  'key-remove',
  /** A change of somebody's keys that was handed in and does not count. */
  'key-refused',
  'linked',
  'factor',
  'store-reset',
  'alarm',
] as const

export type EventName = (typeof eventNames)[number]

const fields = z.strictObject({
  v: formatVersion,
  deployment: name,
  at: time,
  what: z.enum(eventNames),
  request: z.exactOptional(id),
  person: z.exactOptional(name),
  runner: z.exactOptional(name),
  command: z.exactOptional(z.string().max(256)),
  /** The digest of the statement, bundle, consent or other object that this tells of. */
  digest: z.exactOptional(z.string().regex(/^[0-9a-f]{64}$/)),
  /** The exact payload of the statement that is being asked, in base64. */
  statement: z.exactOptional(z.base64()),
  /** The exact payload of the key change that is told, in base64; its signatures lie beside the log. */
  keyChange: z.exactOptional(z.base64()),
  why: z.exactOptional(z.string().max(1024)),
})

export type LogEvent = z.infer<typeof fields>

/** What happened beside warrants and receipts: a leaf of the log, signed by nobody. */
export const eventKind = defineKind('event', fields, 16 * 1024)
