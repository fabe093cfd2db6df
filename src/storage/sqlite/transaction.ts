import type { DatabaseSync } from 'node:sqlite'

/** One transaction: all of it is durable when this returns, or nothing of it where it throws. */
export const transaction = <T>(db: DatabaseSync, work: () => T): T => {
  db.exec('BEGIN IMMEDIATE')
  try {
    const result = work()
    db.exec('COMMIT')
    return result
  } catch (error) {
    // A full disk may have ended it already.
    if (db.isTransaction) db.exec('ROLLBACK')
    throw error
  }
}
