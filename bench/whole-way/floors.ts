import { generateKeyPairSync, randomBytes, sign, verify } from 'node:crypto'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Case } from '../measure.ts'
import { temporaryFolder } from '../way.ts'

/** What the whole way cannot be quicker than: its disk, its database and its signatures, bare. */
export const floors = {
  datasync: 'fdatasync after 600 bytes',
  sync: 'fsync after 600 bytes',
  commit: 'SQLite, one row a commit',
  sign: 'Ed25519, sign 1 KiB',
  verify: 'Ed25519, verify 1 KiB',
} as const

export const makeFloors = async (): Promise<{ cases: readonly Case[]; close: () => Promise<void> }> => {
  const folder = temporaryFolder()
  const file = await open(join(folder, 'appended'), 'a', 0o600)
  const line = randomBytes(600)
  const db = new DatabaseSync(join(folder, 'rows.db'))
  db.exec('PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL')
  db.exec('CREATE TABLE row (number INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT')
  const add = db.prepare('INSERT INTO row (bytes) VALUES (?)')
  const row = randomBytes(1024)
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  const signature = sign(null, row, privateKey)
  return {
    cases: [
      {
        name: floors.datasync,
        run: async (times) => {
          for (let i = 0; i < times; i += 1) {
            await file.appendFile(line)
            await file.datasync()
          }
        },
      },
      {
        name: floors.sync,
        run: async (times) => {
          for (let i = 0; i < times; i += 1) {
            await file.appendFile(line)
            await file.sync()
          }
        },
      },
      {
        name: floors.commit,
        run: (times) => {
          for (let i = 0; i < times; i += 1) add.run(row)
        },
      },
      {
        name: floors.sign,
        run: (times) => {
          for (let i = 0; i < times; i += 1) sign(null, row, privateKey)
        },
      },
      {
        name: floors.verify,
        run: (times) => {
          for (let i = 0; i < times; i += 1) {
            if (!verify(null, row, publicKey, signature)) throw new Error('a signature does not hold')
          }
        },
      },
    ],
    close: async () => {
      await file.close()
      db.close()
    },
  }
}
