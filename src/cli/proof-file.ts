import { z } from 'zod'
import { digest, envelope, name, payloadBytes, signatures } from '#core/statement/fields.ts'
import { bundlePack } from '#wire/runner.ts'

const place = {
  /** The leaf's place in the log, and its way to the root, leaf to root. */
  index: z.int().min(0),
  path: z.array(digest).max(64),
}

/** What `foobot log proof` writes and `foobot verify` reads: all that proves one command, in one file. */
export const proofFile = z.strictObject({
  v: z.literal(2),
  deployment: name,
  /** The signed note that seals warrant and receipts. */
  checkpoint: z.string().max(8192),
  /** From the first leaf to the checkpoint: of a log that goes on from a restored copy. */
  begins: z.exactOptional(z.array(digest).max(64)),
  warrant: z.strictObject({ ...place, payload: payloadBytes }),
  /** Absent where the log holds none yet. */
  receipts: z.exactOptional(z.strictObject({ ...place, envelope })),
  /**
   * Keys that were added to, or removed from, those who gave the consents or vouched for their keys, before the warrant: as
   * the log's own events tell it, oldest first. Absent where nothing was.
   */
  keyChanges: z.exactOptional(
    z
      .array(
        z.strictObject({
          /** The number of the log whose leaf it is, where that ended before the warrant's began. */
          log: z.exactOptional(z.int().min(1)),
          ...place,
          event: payloadBytes,
          signatures,
        }),
      )
      .min(1)
      .max(4096),
  ),
  /** Each follows the one before; the last is the one that the warrant names. */
  bundles: z.array(bundlePack).min(1),
})

export const olderProof = z.looseObject({ v: z.literal(1), checkpoint: z.string(), warrant: z.unknown() })

export type ProofFile = z.infer<typeof proofFile>
