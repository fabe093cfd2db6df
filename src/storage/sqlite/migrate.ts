import { closeSync, fsyncSync, openSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { FoobotError } from '#core/errors.ts'
import { transaction } from './transaction.ts'

/** A step forward: `0002-what.sql`. Its number is the version of the data after it. */
export type Migration = { readonly version: number; readonly name: string; readonly sql: string }

const folder = join(import.meta.dirname, 'migrations')

/** Those of this program, in order. */
export const shippedMigrations = (): readonly Migration[] =>
  readdirSync(folder)
    .sort()
    .map((name) => ({ version: Number(name.slice(0, 4)), name, sql: readFileSync(join(folder, name), 'utf8') }))

/**
 * Takes the steps that the data has not taken, each with its version in one transaction. Where there is data already, a
 * copy is made beside it first: `<file>.before-<version>`.
 * @throws FoobotError `older-format` where the data is from before the first release, `data-newer` where a newer program was here, `data-damaged` where the file is somebody else's
 */
export const migrate = (db: DatabaseSync, file: string, migrations: readonly Migration[]): void => {
  const version = Number(db.prepare('PRAGMA user_version').get()?.user_version)
  const latest = migrations.at(-1)?.version ?? 0
  const oldest = migrations[0]?.version ?? 0
  if (version > latest) {
    throw new FoobotError('data-newer', `${file} has version ${version}; this program knows ${latest}`)
  }
  if (version === 0 && db.prepare('SELECT 1 FROM sqlite_schema').get()) {
    throw new FoobotError('data-damaged', `${file} holds tables that are not Foobot's`)
  }
  if (version > 0 && version < oldest) {
    throw new FoobotError('older-format', `${file} has version ${version}; this program begins with ${oldest}`)
  }
  if (version === latest) return
  if (version > 0) copy(db, `${file}.before-${latest}`)
  for (const step of migrations) {
    if (step.version <= version) continue
    transaction(db, () => {
      db.exec(step.sql)
      db.exec(`PRAGMA user_version = ${step.version}`)
    })
  }
}

const copy = (db: DatabaseSync, to: string): void => {
  // One that an earlier start left behind may be half a copy.
  rmSync(to, { force: true })
  db.prepare('VACUUM INTO ?').run(to)
  const written = openSync(to, 'r')
  try {
    fsyncSync(written)
  } finally {
    closeSync(written)
  }
}
