import { DatabaseSync } from 'node:sqlite'
import { FoobotError } from '#core/errors.ts'

/**
 * Holds a file for this process alone, until it ends or lets go. Node has no flock: this is the lock that SQLite asks of
 * the kernel, which ends with the process however it ends.
 * @throws FoobotError `runner-folder-in-use`
 */
export const lockFile = (path: string): { readonly release: () => void } => {
  const database = new DatabaseSync(path, { timeout: 0 })
  try {
    database.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE')
  } catch (error) {
    database.close()
    throw new FoobotError('runner-folder-in-use', `${path}: ${String(error)}`)
  }
  return { release: () => database.close() }
}
