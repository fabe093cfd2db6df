import { z } from 'foobot'

/** Names of files that are taken for migrations: they order them, too. */
export const name = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,95}\.sql$/)

/** One file of a branch. `blob` is git's name of its content. */
export type Migration = { readonly name: string; readonly blob: string; readonly sql: string }

/** What the program is told, on standard input. */
export type Order = {
  /** The SQLite file. */
  readonly database: string
  /** Written beside each migration that is applied. */
  readonly commit: string
  readonly code: string
  readonly dryRun: boolean
  readonly migrations: readonly Migration[]
}

/** One line each on standard output: a file that is about to be applied, and how it ended. */
export const report = z.discriminatedUnion('what', [
  z.strictObject({ what: z.literal('applying'), name, part: z.number() }),
  z.strictObject({ what: z.literal('done') }),
  z.strictObject({ what: z.literal('failed'), name: z.string(), why: z.string() }),
])

export type Report = z.infer<typeof report>
