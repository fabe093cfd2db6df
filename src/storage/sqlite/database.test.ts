import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openDatabase } from './database.ts'
import { type Migration, shippedMigrations } from './migrate.ts'
import { transaction } from './transaction.ts'

const step = (version: number, sql: string): Migration => ({ version, name: `${version}`, sql })

describe('the database of a data folder', () => {
  let folder: string
  let file: string
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'foobot-db-'))
    file = join(folder, 'server', 'foobot.db')
  })
  afterEach(() => rm(folder, { recursive: true }))

  it('is durable at each commit, and keeps references', () => {
    const db = openDatabase(file)
    const pragma = (name: string) => Object.values(db.prepare(`PRAGMA ${name}`).get() ?? {})[0]
    expect(pragma('journal_mode')).toBe('wal')
    expect(pragma('synchronous')).toBe(2)
    expect(pragma('foreign_keys')).toBe(1)
    expect(pragma('locking_mode')).toBe('exclusive')
    db.close()
  })

  it('belongs to one process, and is free again at once when that is killed', async () => {
    const program = `const { openDatabase } = await import(${JSON.stringify(new URL('database.ts', import.meta.url).href)})
      openDatabase(${JSON.stringify(file)}); console.log('open'); setInterval(() => {}, 1000)`
    const owner = spawn(process.execPath, ['--input-type=module', '-e', program], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    await once(owner.stdout, 'data')
    expect(() => openDatabase(file)).toThrow(expect.objectContaining({ code: 'data-folder-in-use' }))
    owner.kill('SIGKILL')
    await once(owner, 'exit')
    openDatabase(file).close()
  })

  it('belongs to one opener within a process too', () => {
    const db = openDatabase(file)
    expect(() => openDatabase(file)).toThrow(expect.objectContaining({ code: 'data-folder-in-use' }))
    db.close()
    openDatabase(file).close()
  })

  it('goes forward step by step, after a copy where there is data', () => {
    const first = step(1, 'CREATE TABLE a (n INTEGER); INSERT INTO a VALUES (7)')
    const second = step(2, 'ALTER TABLE a ADD COLUMN m INTEGER; UPDATE a SET m = n')
    openDatabase(file, [first]).close()
    expect(existsSync(`${file}.before-1`)).toBe(false)
    const db = openDatabase(file, [first, second])
    expect(db.prepare('SELECT n, m FROM a').get()).toMatchObject({ n: 7, m: 7 })
    db.close()
    const copy = new DatabaseSync(`${file}.before-2`, { readOnly: true })
    expect(copy.prepare('SELECT * FROM a').get()).toEqual(expect.not.objectContaining({ m: 7 }))
    copy.close()
    openDatabase(file, [first, second]).close()
  })

  it('takes a step whole or not at all', () => {
    const first = step(1, 'CREATE TABLE a (n INTEGER)')
    const broken = step(2, 'CREATE TABLE b (n INTEGER); CREATE TABLE a (n INTEGER)')
    openDatabase(file, [first]).close()
    expect(() => openDatabase(file, [first, broken])).toThrow('already exists')
    const db = openDatabase(file, [first])
    expect(db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'b'").get()).toBeUndefined()
    db.close()
  })

  it('refuses what a newer program wrote, and what is none of ours', () => {
    openDatabase(file, [step(1, 'CREATE TABLE a (n INTEGER)'), step(2, 'CREATE TABLE b (n INTEGER)')]).close()
    expect(() => openDatabase(file, [step(1, '')])).toThrow(expect.objectContaining({ code: 'data-newer' }))

    const foreign = join(folder, 'foreign.db')
    const db = new DatabaseSync(foreign)
    db.exec('CREATE TABLE theirs (n INTEGER)')
    db.close()
    expect(() => openDatabase(foreign)).toThrow(expect.objectContaining({ code: 'data-damaged' }))

    const noise = join(folder, 'noise.db')
    writeFileSync(noise, 'this is no database at all, whatever its name says. '.repeat(100))
    expect(() => openDatabase(noise)).toThrow(expect.objectContaining({ code: 'data-damaged' }))
  })

  it('has its steps in order without a gap', () => {
    const migrations = shippedMigrations()
    const [first] = migrations
    expect(migrations.map(({ version }) => version)).toEqual(migrations.map((_, i) => (first?.version ?? 0) + i))
  })

  it('refuses data from before the first of them, in one sentence', () => {
    openDatabase(file, [step(1, 'CREATE TABLE a (n INTEGER)')]).close()
    const refused = expect.objectContaining({ code: 'older-format', say: expect.stringContaining('new data folder') })
    expect(() => openDatabase(file)).toThrow(refused)
  })

  it('takes back what was begun where the work throws', () => {
    const db = openDatabase(file, [step(1, 'CREATE TABLE a (n INTEGER)')])
    const work = () => {
      db.exec('INSERT INTO a VALUES (1)')
      throw new Error('no')
    }
    expect(() => transaction(db, work)).toThrow('no')
    expect(db.isTransaction).toBe(false)
    expect(db.prepare('SELECT count(*) AS n FROM a').get()).toMatchObject({ n: 0 })
    db.close()
    expect(readdirSync(join(folder, 'server'))).toEqual(['foobot.db'])
  })
})
