import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openLog } from '#cli/log-folder.ts'
import { auditLog } from '#core/log/audit.ts'
import { openNote } from '#core/log/checkpoint.ts'
import { sameHash } from '#core/log/hash.ts'
import { rootAt } from '#core/log/proofs.ts'
import { databaseFile, openStorage } from '#storage/open.ts'
import { type LogFolder, makeLogFolder, runFoobot } from '../contract/log-folder.fixture.ts'

let folder: LogFolder
beforeEach(async () => {
  folder = await makeLogFolder()
})
afterEach(async () => {
  await folder.storage.close()
  rmSync(folder.data, { recursive: true })
})

const path = (file: string): string => join(folder.data, 'log', file)
const verify = (...args: readonly string[]) =>
  runFoobot('log', 'verify', '--data', folder.data, '--key', folder.logKey, ...args)

/** Files that the log at its end consists of: partial ones of earlier ends lie there for readers of those. */
const files = (): string[] => {
  const size = folder.storage.log.size
  return readdirSync(path(''), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(path('').length).replace(/^\//, ''))
    .filter((file) => !file.startsWith('signatures/') && !(file.includes('.p/') && !isOfEnd(file, size)))
}

const isOfEnd = (file: string, size: number): boolean => {
  const [, row = '', width = ''] = /^tile\/(\w+)\/.*\.p\/(\d+)$/.exec(file) ?? []
  const level = row === 'entries' ? 0 : Number(row)
  return Math.floor(size / 256 ** level) % 256 === Number(width)
}

const flipped = (good: Uint8Array, at: number, bit: number): Uint8Array => {
  const evil = Buffer.from(good)
  evil[at] = (evil[at] ?? 0) ^ bit
  return evil
}

describe('somebody who can write the log’s files', () => {
  it('cannot change any byte of a small log unseen', () => {
    const { read } = openLog(folder.data, { origin: 'acme/log', key: folder.logKey })
    // In memory: thousands of writes to a disk would take longer than all the checks.
    const audit = (file: string, bytes: Uint8Array): void => {
      const seen = (path: string) => (path === file ? bytes : read(path))
      const note = Buffer.from(seen('checkpoint') ?? '').toString('utf8')
      auditLog(seen, openNote(note, 'acme/log', folder.logKey))
    }
    for (const file of files()) {
      const good = readFileSync(path(file))
      audit(file, good)
      for (let at = 0; at < good.length; at++) {
        expect(() => audit(file, flipped(good, at, 1 << (at % 8))), `${file} at ${at}`).toThrow()
      }
    }
  })

  it('cannot change any byte of a larger one unseen, and the file is named', async () => {
    await folder.append(600)
    expect(files().sort()).toContain('tile/1/000.p/2')
    expect((await verify()).exit).toBe(0)
    for (const file of files()) {
      const good = readFileSync(path(file))
      for (const part of [0, 0.001, 0.3, 0.5, 0.77, 0.999]) {
        writeFileSync(path(file), flipped(good, Math.floor(good.length * part), 1))
        const { exit, err, out } = await verify()
        expect([exit, out], `${file} at ${part}`).toEqual([1, ''])
        expect(err.trim()).not.toContain('\n')
        if (file.startsWith('tile/')) expect(err).toContain('tile/')
        writeFileSync(path(file), good)
      }
    }
  })

  it('cannot leave out, cut, swap or replace files', async () => {
    await folder.append(600)
    for (const file of files()) {
      const good = readFileSync(path(file))
      rmSync(path(file))
      expect((await verify()).exit, `${file} left out`).toBe(1)
      for (const evil of [good.subarray(0, -1), Buffer.concat([good, Buffer.of(0)]), Buffer.alloc(0)]) {
        writeFileSync(path(file), evil)
        expect((await verify()).exit, file).toBe(1)
      }
      writeFileSync(path(file), good)
    }
    const [a, b] = [path('tile/entries/000'), path('tile/entries/001')]
    const [first, second] = [readFileSync(a), readFileSync(b)]
    writeFileSync(a, second)
    writeFileSync(b, first)
    expect((await verify()).err).toContain('tile/0/000')
  })

  it('cannot show an older, shorter log to who has kept a later checkpoint', async () => {
    const kept = join(folder.data, 'kept')
    const old = readFileSync(path('checkpoint'))
    await folder.append(1)
    writeFileSync(kept, readFileSync(path('checkpoint')))
    writeFileSync(path('checkpoint'), old)
    expect((await verify()).exit).toBe(0)
    expect((await verify('--checkpoint', kept)).exit).toBe(1)
  })
})

describe('somebody who has the log’s key', () => {
  it('cannot show a log that was written anew to who has kept a checkpoint', async () => {
    const kept = join(folder.data, 'kept')
    writeFileSync(kept, readFileSync(path('checkpoint')))
    const other = await makeLogFolder()
    const { log } = other.storage
    expect(sameHash(rootAt(log.size, log), rootAt(log.size, folder.storage.log))).toBe(false)
    for (const file of files()) {
      if (existsSync(join(other.data, 'log', file)))
        writeFileSync(path(file), readFileSync(join(other.data, 'log', file)))
    }
    writeFileSync(path('checkpoint'), folder.note(log.size, rootAt(log.size, log)))
    expect((await verify()).exit).toBe(0)
    expect((await verify('--checkpoint', kept)).err).toContain('does not extend')
    await other.storage.close()
    rmSync(other.data, { recursive: true })
  })
})

describe('somebody who can write the database', () => {
  it('cannot have a server start on a log that was cut', async () => {
    await folder.storage.close()
    const db = new DatabaseSync(databaseFile(folder.data))
    db.exec('DELETE FROM leaf WHERE number = (SELECT max(number) FROM leaf)')
    db.close()
    await expect(openStorage(folder.data, () => undefined)).rejects.toMatchObject({ code: 'data-damaged' })
    folder = await makeLogFolder()
  })
})
