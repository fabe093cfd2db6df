import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { SqliteAccountStore } from '#storage/sqlite/account-store.ts'
import { SqliteChatStore } from '#storage/sqlite/chat-store.ts'
import { openDatabase } from '#storage/sqlite/database.ts'
import { SqliteDeviceStore } from '#storage/sqlite/device-store.ts'
import { SqliteLog } from '#storage/sqlite/log.ts'
import { SqliteRecordStore } from '#storage/sqlite/record-store.ts'
import { SqliteRunnerStoreIds } from '#storage/sqlite/runner-store-ids.ts'
import { accountStoreSuite } from './account-store.suite.ts'
import { chatStoreSuite } from './chat-store.suite.ts'
import { deviceStoreSuite } from './device-store.suite.ts'
import { recordStoreSuite } from './record-store.suite.ts'
import { runnerStoreIdsSuite } from './runner-store-ids.suite.ts'

const openIn = (folder: string) => {
  const db = openDatabase(join(folder, 'foobot.db'))
  const log = new SqliteLog(db)
  return {
    records: new SqliteRecordStore(db, log, () => undefined),
    log,
    chat: new SqliteChatStore(db),
    accounts: new SqliteAccountStore(db),
    devices: new SqliteDeviceStore(db),
    storeIds: new SqliteRunnerStoreIds(db),
    fillDisk: () => db.exec('PRAGMA max_page_count = 1'),
    freeDisk: () => db.exec('PRAGMA max_page_count = 4294967294'),
    reopen: async () => {
      db.close()
      return openIn(folder)
    },
    close: async () => {
      if (!db.isOpen) return
      db.close()
      await rm(folder, { recursive: true })
    },
  }
}

const open = async () => openIn(await mkdtemp(join(tmpdir(), 'foobot-store-')))

recordStoreSuite('the records in SQLite', open)
chatStoreSuite('the chat history in SQLite', open)
runnerStoreIdsSuite('the admitted stores in SQLite', open)
deviceStoreSuite('the phones in SQLite', open)
accountStoreSuite('the linked accounts in SQLite', open)
