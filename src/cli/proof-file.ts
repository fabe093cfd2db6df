import { z } from 'zod'
import { digest, envelope, name, payloadBytes } from '#core/statement/fields.ts'
import { bundlePack } from '#wire/runner.ts'

const place = {
  /** The leaf's place in the log, and its way to the root, leaf to root. */
  index: z.int().min(0),
  path: z.array(digest).max(64),
}

/** What `foobot log proof` writes and `foobot verify` reads: all that proves one command, in one file. */
export const proofFile = z.strictObject({
  v: z.literal(1),
  deployment: name,
  /** The signed note that seals warrant and receipts. */
  checkpoint: z.string().max(8192),
  warrant: z.strictObject({ ...place, payload: payloadBytes }),
  /** Absent where the log holds none yet. */
  receipts: z.exactOptional(z.strictObject({ ...place, envelope })),
  /** Each follows the one before; the last is the one that the warrant names. */
  bundles: z.array(bundlePack).min(1),
})

export type ProofFile = z.infer<typeof proofFile>
