import { z } from 'zod'
import { digest, envelope, formatVersion, name, payloadBytes, time } from '#core/statement/fields.ts'
import { defineKind } from '#core/statement/kind.ts'

const fields = z.strictObject({
  v: formatVersion,
  deployment: name,
  runner: name,
  bundle: z.strictObject({ version: z.int().min(1), digest }),
  /** The statement's exact bytes. */
  statement: payloadBytes,
  /** Sorted by digest. */
  consents: z.array(envelope).max(16),
  iat: time,
})

export type Warrant = z.infer<typeof fields>

/** A statement with its consents: the order that a runner checks and carries out. It counts once it is in the log. */
export const warrantKind = defineKind('warrant', fields, 44 * 1024)
