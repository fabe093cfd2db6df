import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { FoobotError } from '#core/errors.ts'
import { type Migration, migrate, shippedMigrations } from './migrate.ts'

/** Result codes of SQLite: https://www.sqlite.org/rescode.html */
const busy = 5
const corrupt = 11
const notADatabase = 26

/**
 * Opens a database file for this process alone, makes it where there is none, and brings it up to date. Its lock is the
 * operating system's and ends with the process, however that ends.
 * @throws FoobotError `data-folder-in-use`, `data-newer` or `data-damaged`
 */
export const openDatabase = (file: string, migrations: readonly Migration[] = shippedMigrations()): DatabaseSync => {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
  const db = new DatabaseSync(file, { timeout: 0, enableForeignKeyConstraints: true })
  try {
    // In this order: the lock must be asked for before the first look into the file.
    db.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL')
    db.exec('PRAGMA cache_size = -65536; BEGIN IMMEDIATE; COMMIT')
    migrate(db, file, migrations)
    return db
  } catch (error) {
    db.close()
    throw named(error, file)
  }
}

const named = (error: unknown, file: string): unknown => {
  const code = error instanceof Error && 'errcode' in error ? error.errcode : undefined
  if (code === busy) return new FoobotError('data-folder-in-use', `${file} is locked by another process`)
  if (code === corrupt || code === notADatabase) return new FoobotError('data-damaged', `${file}: ${String(error)}`)
  return error
}
