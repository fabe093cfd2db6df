import { z } from 'zod'
import { digest, formatVersion, name, payloadBytes } from '#core/statement/fields.ts'
import { defineKind } from '#core/statement/kind.ts'

/** What a runner knows of the log before that the restored copy does not: exactly one of these. */
const found = {
  /** A signed note, of a larger tree than the copy's. */
  checkpoint: z.exactOptional(z.string().max(8192)),
  /** A warrant's exact bytes. It is told, and never dispatched. */
  warrant: z.exactOptional(payloadBytes),
  /** The exact bytes of signed receipts; their signatures lie beside the log. */
  receipts: z.exactOptional(payloadBytes),
  /** The exact bytes of a key change; its signatures lie beside the log. */
  keyAdd: z.exactOptional(payloadBytes),
  keyRemove: z.exactOptional(payloadBytes),
  bundle: z.exactOptional(z.strictObject({ version: z.int().min(1), digest })),
}

const fields = z
  .strictObject({ v: formatVersion, deployment: name, ...found })
  .refine((value) => Object.keys(value).length === 3, 'it holds one thing')

export type Recovered = z.infer<typeof fields>
/** One thing that was found again. */
export type Found = Omit<Recovered, 'v' | 'deployment'>

/** A leaf of a restored log: what a runner handed in of the log before. */
export const recoveredKind = defineKind('recovered', fields, 61 * 1024)
