import { z } from 'zod'
import { digest } from '#core/statement/fields.ts'

/** What the operator of a server may ask of it while it runs, as the body of a request to its control socket. */
export const order = z.discriminatedUnion('order', [
  /** Hand over a copy of the database: its head stands in the header `backupHeader` of the answer, its bytes are the body. */
  z.strictObject({ order: z.literal('backup') }),
  /** Let a runner come with another claims file than before. */
  z.strictObject({ order: z.literal('reset-runner'), runner: z.string().min(1).max(128) }),
  /** Wait no more for what a runner knows of the log before a restored one. */
  z.strictObject({ order: z.literal('lose-runner'), runner: z.string().min(1).max(128) }),
])

export type Order = z.infer<typeof order>

/** The control socket of a data folder. */
export const controlSocket = 'control.sock'

/** Where the head of a backup stands, as JSON in base64. */
export const backupHeader = 'foobot-backup'

/** What the bytes of a backup must be. */
export const backupHead = z.strictObject({
  size: z.int().min(1),
  sha256: digest,
  /** The signed note of the log's end in it; absent where nothing was recorded yet. */
  checkpoint: z.exactOptional(z.string().max(8192)),
})
export type BackupHead = z.infer<typeof backupHead>
