import { accessSync, closeSync, constants, mkdirSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { FoobotError } from '#core/errors.ts'
import { writeError, writing } from '#disk/write-error.ts'
import { type Migration, migrate, shippedMigrations } from './migrate.ts'

/** Result codes of SQLite: https://www.sqlite.org/rescode.html */
const busy = 5
const corrupt = 11
const cannotOpen = 14
const notADatabase = 26

/**
 * Opens a database file for this process alone, makes it where there is none, and brings it up to date. Its lock is the
 * operating system's and ends with the process, however that ends.
 * @throws FoobotError `data-folder-in-use`, `data-newer`, `data-damaged`, `disk-trouble` or `not-writable`
 */
export const openDatabase = (file: string, migrations: readonly Migration[] = shippedMigrations()): DatabaseSync => {
  writing(dirname(file), () => mkdirSync(dirname(file), { recursive: true, mode: 0o700 }))
  writing(file, () => touch(file))
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
  const code = error instanceof Error && 'errcode' in error ? Number(error.errcode) & 0xff : undefined
  if (code === busy) return new FoobotError('data-folder-in-use', `${file} is locked by another process`)
  if (code === corrupt || code === notADatabase) return new FoobotError('data-damaged', `${file}: ${String(error)}`)
  return writeError(file, code === cannotOpen ? whyClosed(dirname(file), error) : error)
}

/** SQLite says only that it cannot open a file: the file system says why. */
const touch = (file: string): void => closeSync(openSync(file, 'a', 0o600))

/** A file that SQLite makes beside its own could not be opened. */
const whyClosed = (folder: string, error: unknown): unknown => {
  try {
    accessSync(folder, constants.W_OK)
    return error
  } catch (why) {
    return why
  }
}
