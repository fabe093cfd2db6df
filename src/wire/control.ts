import { z } from 'zod'

/** What the operator of a server may ask of it while it runs, as the body of a request to its control socket. */
export const order = z.discriminatedUnion('order', [
  /** Write a copy of the database to a file on this machine. */
  z.strictObject({ order: z.literal('backup'), to: z.string().startsWith('/').max(4096) }),
  /** Let a runner come with another claims file than before. */
  z.strictObject({ order: z.literal('reset-runner'), runner: z.string().min(1).max(128) }),
  /** Wait no more for what a runner knows of the log before a restored one. */
  z.strictObject({ order: z.literal('lose-runner'), runner: z.string().min(1).max(128) }),
])

export type Order = z.infer<typeof order>

/** The control socket of a data folder. */
export const controlSocket = 'control.sock'
