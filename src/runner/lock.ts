import { closeSync, openSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { FoobotError } from '#core/errors.ts'
import { writeError, writing } from '#disk/write-error.ts'

/** A result code of SQLite: https://www.sqlite.org/rescode.html */
const busy = 5

/**
 * Holds a file for this process alone, until it ends or lets go. Node has no flock: this is the lock that SQLite asks of
 * the kernel, which ends with the process however it ends.
 * @throws FoobotError `runner-folder-in-use`, `disk-trouble`, `not-writable`
 */
export const lockFile = (path: string): { readonly release: () => void } => {
  const database = writing(path, () => openLock(path))
  try {
    database.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE')
  } catch (error) {
    database.close()
    const isBusy = error instanceof Error && 'errcode' in error && error.errcode === busy
    if (isBusy) throw new FoobotError('runner-folder-in-use', `${path}: ${String(error)}`)
    throw writeError(path, error)
  }
  return { release: () => database.close() }
}

/** SQLite says only that it cannot open a file: the file system says why. */
const openLock = (path: string): DatabaseSync => {
  closeSync(openSync(path, 'a', 0o600))
  return new DatabaseSync(path, { timeout: 0 })
}
