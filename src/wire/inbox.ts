import { z } from 'zod'
import { envelope } from '#core/statement/fields.ts'
import { bundlePack } from './runner.ts'

/**
 * How somebody on its machine hands a runner what its server may keep back: a file in this folder of the runner's own,
 * renamed into it whole, as `<32 hex digits>.json`. The runner answers with `<32 hex digits>.answer` and removes the file.
 */
export const inboxFolder = 'inbox'

/** Bytes of one file at most. */
export const mostHanded = 16 * 1024 * 1024

/** A key change, or a bundle with its files. */
export const handed = z.union([bundlePack, envelope])
export type Handed = z.infer<typeof handed>

export const inboxAnswer = z.strictObject({ accepted: z.boolean(), say: z.string().max(4096) })
export type InboxAnswer = z.infer<typeof inboxAnswer>
