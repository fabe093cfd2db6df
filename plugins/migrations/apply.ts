import { readFileSync } from 'node:fs'
import { constants, DatabaseSync } from 'node:sqlite'
import { makeTable, table } from './record.ts'
import type { Order, Report } from './wire.ts'

/**
 * A program of its own: it applies migrations to one database, all or none. A process can be ended at any time, in the
 * middle of a statement too, and SQLite then takes back what was begun.
 */

const report = (what: Report): void => console.log(JSON.stringify(what))

/** Pragmas that only look, whatever they are given; SQLite itself asks for some of them when a table is altered. */
const looks = new Set(['quick_check', 'integrity_check', 'foreign_key_check', 'table_info', 'table_xinfo'])
/** Pragmas that only look where they are given nothing; SQLite's virtual tables, as fts5 and rtree, ask for them. */
const looksAlone = new Set(['data_version', 'page_size', 'encoding', 'user_version', 'schema_version'])

const changes = new Set<number>([
  constants.SQLITE_INSERT,
  constants.SQLITE_UPDATE,
  constants.SQLITE_DELETE,
  constants.SQLITE_DROP_TABLE,
])

/** Actions of which the table is told second. */
const ofTable = new Set<number>([
  constants.SQLITE_ALTER_TABLE,
  constants.SQLITE_CREATE_TRIGGER,
  constants.SQLITE_CREATE_TEMP_TRIGGER,
  constants.SQLITE_CREATE_INDEX,
])

const isLook = (pragma: string, value: string | null): boolean =>
  looks.has(pragma) || (value === null && looksAlone.has(pragma))

/** Why a migration may not do this; nothing where it may. */
const refusal = (action: number, first: string | null, second: string | null): string | undefined => {
  if (action === constants.SQLITE_TRANSACTION || action === constants.SQLITE_SAVEPOINT)
    return 'it begins or ends a transaction, and all migrations are one'
  if (action === constants.SQLITE_ATTACH || action === constants.SQLITE_DETACH) return 'it reaches for another database'
  if (action === constants.SQLITE_PRAGMA && !isLook((first ?? '').toLowerCase(), second))
    return `it sets PRAGMA ${first}`
  const touches = ofTable.has(action) ? second : changes.has(action) ? first : undefined
  return touches === table ? `it changes ${table}, where I keep what was applied` : undefined
}

/** Runs the statements of one file, and nothing that would leave the transaction. */
const runFile = (database: DatabaseSync, sql: string): void => {
  let why: string | undefined
  database.setAuthorizer((action, first, second) => {
    why ??= refusal(action, first, second)
    return why === undefined ? constants.SQLITE_OK : constants.SQLITE_DENY
  })
  try {
    database.exec(sql)
  } catch (error) {
    throw why === undefined ? error : new Error(why)
  } finally {
    database.setAuthorizer(null)
  }
}

const apply = (database: DatabaseSync, { migrations, commit, code, dryRun }: Order): Report => {
  let at = ''
  database.exec('BEGIN IMMEDIATE')
  try {
    makeTable(database)
    const record = database.prepare(`INSERT INTO ${table} VALUES (?, ?, ?, ?, ?)`)
    for (const [index, { name, blob, sql }] of migrations.entries()) {
      at = name
      report({ what: 'applying', name, part: index / migrations.length })
      // First, so that no other migration of that name can have come in between.
      record.run(name, blob, commit, code, new Date().toISOString())
      runFile(database, sql)
    }
    database.exec(dryRun ? 'ROLLBACK' : 'COMMIT')
    return { what: 'done' }
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK')
    return { what: 'failed', name: at, why: error instanceof Error ? error.message : String(error) }
  }
}

const order: Order = JSON.parse(readFileSync(0, 'utf8'))
const database = new DatabaseSync(order.database, { timeout: 5000 })
report(apply(database, order))
database.close()
