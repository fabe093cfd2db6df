import { z } from 'zod'
import { envelope, name, time } from '#core/statement/fields.ts'
import { type KeptKeyChange, key, type Signer } from './key-change.ts'

const signer: z.ZodType<Signer> = z.strictObject({
  person: name,
  key,
  strength: z.enum(['software', 'verified']),
  origin: z.exactOptional(z.string().max(256)),
})

/** A key change as it lies on disk. */
export const keptKeyChange: z.ZodType<KeptKeyChange> = z.strictObject({
  envelope,
  storedAt: time,
  by: z.array(signer).min(1),
})
