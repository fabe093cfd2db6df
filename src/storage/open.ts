import { open, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { backup, DatabaseSync } from 'node:sqlite'
import { logPath } from '#core/log/tiles.ts'
import { writingLater } from '#disk/write-error.ts'
import { SqliteAccountStore } from './sqlite/account-store.ts'
import { SqliteAwaitedRunners } from './sqlite/awaited-runners.ts'
import { SqliteChatStore } from './sqlite/chat-store.ts'
import { openDatabase } from './sqlite/database.ts'
import { SqliteDeviceStore } from './sqlite/device-store.ts'
import { SqliteLog } from './sqlite/log.ts'
import { presentNumber, tablesOfEnded } from './sqlite/log-tables.ts'
import { SqliteRecordStore } from './sqlite/record-store.ts'
import { SqliteRunnerStoreIds } from './sqlite/runner-store-ids.ts'
import { TilesWriter } from './tiles-writer.ts'

/** All that a server keeps: one database, and the log's files that follow it. */
export type Storage = {
  readonly records: SqliteRecordStore
  readonly log: SqliteLog
  readonly chat: SqliteChatStore
  readonly storeIds: SqliteRunnerStoreIds
  readonly devices: SqliteDeviceStore
  readonly accounts: SqliteAccountStore
  readonly awaitedRunners: SqliteAwaitedRunners
  /** The number of the log. */
  readonly number: number
  /** The log before it, where this one goes on from a restored copy. */
  readonly before?: SqliteLog
  /** The log's files. */
  readonly files: TilesWriter
  /**
   * Writes the database as it is now to one file, and its checkpoint to `<file>.checkpoint`, while all goes on. What lay
   * there before is replaced once the new ones are whole.
   */
  backup(to: string): Promise<void>
  /** Writes what waits and lets go of the data folder. */
  close(): Promise<void>
}

/** The database of a data folder. */
export const databaseFile = (data: string): string => join(data, 'server', 'foobot.db')

/**
 * Opens a data folder for this process alone.
 * @param failed told of each failure to write the log's files; they are tried again
 * @param mended told of files of the log that were empty or cut, and were written again
 * @throws FoobotError `data-folder-in-use`, `data-newer`, `data-damaged`, `log-restored-old-copy`, `disk-trouble` or
 * `not-writable`
 */
export const openStorage = async (
  data: string,
  failed: (error: unknown) => void,
  mended: (paths: readonly string[]) => void = () => undefined,
): Promise<Storage> => {
  const db = openDatabase(databaseFile(data))
  try {
    const log = new SqliteLog(db)
    const number = presentNumber(db)
    const files = await TilesWriter.open(join(data, logPath(number)), log, { failed, mended })
    const chat = new SqliteChatStore(db)
    return {
      records: new SqliteRecordStore(db, log, () => files.changed()),
      log,
      chat,
      storeIds: new SqliteRunnerStoreIds(db),
      devices: new SqliteDeviceStore(db),
      accounts: new SqliteAccountStore(db),
      awaitedRunners: new SqliteAwaitedRunners(db),
      number,
      ...(number > 1 && { before: new SqliteLog(db, tablesOfEnded(number - 1)) }),
      files,
      backup: (to) => backUp(db, to),
      close: async () => {
        try {
          chat.flush()
          await files.close()
        } finally {
          db.close()
        }
      },
    }
  } catch (error) {
    db.close()
    throw error
  }
}

/**
 * Writes the database of a stopped server to one file, as `Storage.backup` does of a running one.
 * @throws FoobotError `data-folder-in-use`, `data-newer` or `data-damaged`
 */
export const backUpStopped = async (data: string, to: string): Promise<void> => {
  const db = openDatabase(databaseFile(data))
  try {
    await backUp(db, to)
  } finally {
    db.close()
  }
}

const backUp = (db: DatabaseSync, to: string): Promise<void> => writingLater(to, () => copyTo(db, to))

const copyTo = async (db: DatabaseSync, to: string): Promise<void> => {
  const draft = `${to}.new`
  await rm(draft, { force: true })
  // SQLite fills the file that it finds: nobody else may read it from its first byte on.
  await (await open(draft, 'wx', 0o600)).close()
  await backup(db, draft)
  const copy = new DatabaseSync(draft)
  try {
    // One file, without the two that a write-ahead log would put beside it.
    copy.exec('PRAGMA journal_mode = DELETE')
    const seal = new SqliteLog(copy).seal()
    if (seal) await writeFile(`${to}.checkpoint`, seal.note, { mode: 0o600, flush: true })
  } finally {
    copy.close()
  }
  await rename(draft, to)
}
