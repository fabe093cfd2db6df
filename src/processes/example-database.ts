import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

/** Makes the database that production runs on, as it is before any migration. */
export const makeDatabase = (data: string): void => {
  mkdirSync(join(data, 'databases'), { mode: 0o700 })
  const database = new DatabaseSync(join(data, 'databases', 'prod.sqlite'))
  database.exec(`
    CREATE TABLE incidents (id INTEGER PRIMARY KEY, what TEXT NOT NULL, acknowledged_by TEXT);
    INSERT INTO incidents VALUES (8688, 'Disk of db-1 nearly full', 'mansel'), (8689, 'Load on prod1 above threshold', NULL);
  `)
  database.close()
}
