import {
  chmodSync,
  closeSync,
  copyFileSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import type { DatabaseSync } from 'node:sqlite'
import { FoobotError } from '#core/errors.ts'
import { logPath } from '#core/log/tiles.ts'
import { writing } from '#disk/write-error.ts'
import type { Request } from '#engine/request/request.ts'
import type { Change, Seal } from '#engine/store.ts'
import { databaseFile } from './open.ts'
import { openDatabase } from './sqlite/database.ts'
import { SqliteLog } from './sqlite/log.ts'
import { endedLogs, endPresentLog, presentNumber, tablesOfEnded } from './sqlite/log-tables.ts'
import { SqliteRecordStore } from './sqlite/record-store.ts'
import { transaction } from './sqlite/transaction.ts'
import { TilesWriter } from './tiles-writer.ts'

/**
 * A copy of a database on its way to become the one of a data folder. It is worked on beside it: until `putInPlace`
 * nothing that lies there is changed.
 */
export class RestoredCopy {
  readonly #data: string
  readonly #db: DatabaseSync
  /** The number of the log that the copy was taken of. */
  readonly number: number
  /** Where that log ended. */
  readonly seal: Seal
  /** That log, as the copy has it, until the next one begins. */
  readonly log: SqliteLog
  /** The database that lies there: held, so that no server starts on it meanwhile. */
  readonly #replaced: DatabaseSync | undefined

  private constructor(data: string, db: DatabaseSync, replaced: DatabaseSync | undefined) {
    this.#data = data
    this.#db = db
    this.#replaced = replaced
    this.number = presentNumber(db)
    this.log = new SqliteLog(db)
    const seal = this.log.seal()
    if (!seal) throw new FoobotError('data-damaged', 'no log', 'Nothing was recorded in that copy: give another.')
    this.seal = seal
  }

  /**
   * Takes a copy in hand. The copy itself stays as it is.
   * @throws FoobotError `restore-refused` where the copy is a part of a database; `data-folder-in-use` where a server runs there; `data-damaged`, `data-newer`, `no-data`
   */
  static open(copy: string, data: string): RestoredCopy {
    if (!existsSync(copy))
      throw new FoobotError('no-data', `${copy} is missing`, `There is no copy ${copy}: give another.`)
    demandWhole(copy)
    const replaced = holdDatabase(databaseFile(data))
    const draft = draftOf(data)
    mkdirSync(dirname(draft), { recursive: true, mode: 0o700 })
    forget(draft)
    let db: DatabaseSync | undefined
    try {
      writing(draft, () => {
        copyFileSync(copy, draft)
        chmodSync(draft, 0o600)
      })
      db = openDatabase(draft)
      return new RestoredCopy(data, db, replaced)
    } catch (error) {
      db?.close()
      replaced?.close()
      forget(draft)
      throw error
    }
  }

  /** All that had not ended when the copy was taken. */
  live(): Promise<readonly Request[]> {
    return new SqliteRecordStore(this.#db, this.log, nothing).live()
  }

  /**
   * Ends the log of the copy and begins the next one. What outlives a session, and what a request was sent with, is
   * forgotten.
   * @param changes the first leaf, and what becomes of each request that `live` gave
   * @param awaited the runners that have to hand in what they know
   */
  async begin(
    changes: readonly Change[],
    note: (size: number, root: Uint8Array) => string,
    awaited: Iterable<string>,
  ): Promise<void> {
    transaction(this.#db, () => {
      endPresentLog(this.#db)
      // A phone or account that was removed since the copy was taken must not come back: each is set up anew.
      this.#db.exec('DELETE FROM device; DELETE FROM account; DELETE FROM once; DELETE FROM awaited_runner')
      // The leaves that these point to are those of the log before.
      this.#db.exec("UPDATE request SET leaf = NULL, warrant = NULL, body = json_remove(body, '$.sent')")
      const add = this.#db.prepare('INSERT INTO awaited_runner (runner) VALUES (?)')
      for (const runner of awaited) add.run(runner)
    })
    const log = new SqliteLog(this.#db)
    const stored = await new SqliteRecordStore(this.#db, log, nothing).commit(changes, note)
    if (stored.some((one) => !one.stored)) throw new FoobotError('internal', 'a request of the copy could not be ended')
  }

  /**
   * Writes the files of every log that ended, and of the one that begins.
   * @param isWritten which of those that ended are to be written, by number and leaves
   */
  async writeFiles(isWritten: (number: number, leaves: number) => boolean): Promise<void> {
    const next = presentNumber(this.#db)
    const logs = [
      ...endedLogs(this.#db)
        .map((number) => [number, new SqliteLog(this.#db, tablesOfEnded(number))] as const)
        .filter(([number, log]) => isWritten(number, log.size)),
      [next, new SqliteLog(this.#db)] as const,
    ]
    for (const [number, log] of logs) {
      const files = await TilesWriter.open(join(this.#data, logPath(number)), log, { failed: nothing, mended: nothing })
      await files.close()
    }
  }

  /**
   * Puts it in the place of the data folder's database.
   * @param setAside puts a file beside where one lies
   */
  putInPlace(setAside: (file: string) => void): void {
    this.#db.exec('PRAGMA wal_checkpoint(TRUNCATE)')
    this.#letGo()
    const file = databaseFile(this.#data)
    for (const end of ends) {
      if (existsSync(`${file}${end}`)) setAside(`${file}${end}`)
    }
    renameSync(draftOf(this.#data), file)
    const folder = openSync(dirname(file), 'r')
    try {
      fsyncSync(folder)
    } finally {
      closeSync(folder)
    }
  }

  /** Lets it go. Where it was not put in place, nothing is left of it. */
  close(): void {
    this.#letGo()
    forget(draftOf(this.#data))
  }

  #letGo(): void {
    for (const db of [this.#db, this.#replaced]) if (db?.isOpen) db.close()
  }
}

/** A database in write-ahead mode is up to three files. */
const ends = ['', '-wal', '-shm'] as const

/** What was committed last may lie in a second file: without it, more of the log would be given up than is lost. */
const demandWhole = (copy: string): void => {
  const wal = `${copy}-wal`
  if ((statSync(wal, { throwIfNoEntry: false })?.size ?? 0) === 0) return
  const say = `${copy} is not all of a database: the newest part of it is in ${wal}. Do this: put both into a data folder as server/foobot.db and server/foobot.db-wal, and give the copy that "foobot backup" makes of that.`
  throw new FoobotError('restore-refused', `${wal} lies beside the copy`, say)
}

const forget = (draft: string): void => {
  for (const end of ends) rmSync(`${draft}${end}`, { force: true })
}

const draftOf = (data: string): string => `${databaseFile(data)}.restoring`

/** A server that runs would write on into a file that is no longer there. What is damaged is in nobody's use. */
const holdDatabase = (file: string): DatabaseSync | undefined => {
  if (!existsSync(file)) return undefined
  try {
    return openDatabase(file)
  } catch (error) {
    if (error instanceof FoobotError && error.code !== 'data-folder-in-use') return undefined
    throw error
  }
}

const nothing = (): void => undefined
