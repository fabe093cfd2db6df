import type { DatabaseSync } from 'node:sqlite'
import { textOf } from './columns.ts'

/** Where one log lies in the database. */
export type LogTables = { readonly leaf: string; readonly tile: string; readonly seal: string }

/** The log that grows. */
export const presentTables: LogTables = { leaf: 'leaf', tile: 'tile', seal: 'seal' }

/** One that ended, since a copy of it was restored. */
export const tablesOfEnded = (number: number): LogTables => ({
  leaf: `log_${number}_leaf`,
  tile: `log_${number}_tile`,
  seal: `log_${number}_seal`,
})

/** The numbers of the logs that ended, lowest first. */
export const endedLogs = (db: DatabaseSync): readonly number[] =>
  db
    .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name GLOB 'log_[0-9]*_seal'")
    .all()
    .map((row) => Number(textOf(row, 'name').slice('log_'.length, -'_seal'.length)))
    .sort((a, b) => a - b)

/** The number of the log that grows. */
export const presentNumber = (db: DatabaseSync): number => (endedLogs(db).at(-1) ?? 0) + 1

/** Puts the log that grows beside, as it is, and an empty one in its place. Only inside a transaction. */
export const endPresentLog = (db: DatabaseSync): void => {
  const ended = tablesOfEnded(presentNumber(db))
  for (const table of ['leaf', 'tile', 'seal'] as const) {
    const made = db.prepare("SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = ?").get(presentTables[table])
    db.exec(`ALTER TABLE ${presentTables[table]} RENAME TO ${ended[table]}`)
    db.exec(textOf(made, 'sql'))
  }
}
