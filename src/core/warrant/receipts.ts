import { z } from 'zod'
import { digest, formatVersion, id, name, time } from '#core/statement/fields.ts'
import { defineKind } from '#core/statement/kind.ts'

export const outcomes = ['done', 'failed', 'refused', 'cancelled', 'interrupted'] as const

/** What became of one warrant. */
const receipt = z.strictObject({
  /** Digest of the statement. */
  statement: digest,
  /** Leaf hash of the warrant, in hex. */
  warrant: digest,
  start: time,
  end: time,
  outcome: z.enum(outcomes),
  /** The step that refused, and its sentence. */
  refusal: z.exactOptional(z.strictObject({ step: z.string().max(32), say: z.string().max(1024) })),
  outputSha256: digest,
  outputBytes: z.int().min(0),
  /** The tree size of the checkpoint under which the warrant was accepted. */
  checkpoint: z.int().min(0),
})

export type Receipt = z.infer<typeof receipt>

const fields = z.strictObject({
  v: formatVersion,
  deployment: name,
  runner: name,
  /** The random id of the runner's claims file. */
  store: id,
  receipts: z.array(receipt).min(1).max(128),
})

export type Receipts = z.infer<typeof fields>

/** The runner's signed record of what it did: several at once where several ended together. */
export const receiptsKind = defineKind('receipts', fields, 44 * 1024)
