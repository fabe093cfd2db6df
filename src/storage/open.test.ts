import { type ChildProcess, spawn } from 'node:child_process'
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { copyFile, mkdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as after } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { auditLog, type ReadFile } from '#core/log/audit.ts'
import { claimedHead } from '#core/log/checkpoint.ts'
import type { Leaf } from '#engine/store.ts'
import { databaseFile, openStorage, type Storage } from './open.ts'

const leaf = (n: number): Leaf => ({ bytes: Buffer.from(`leaf ${n}`) })
const note = (size: number, root: Uint8Array): string =>
  `acme/log\n${size}\n${Buffer.from(root).toString('base64')}\n\n\u2014 acme/log AAAAAAA=\n`
const fail = (error: unknown): void => {
  throw error
}

describe('a data folder', () => {
  let data: string
  beforeEach(() => {
    data = mkdtempSync(join(tmpdir(), 'foobot-data-'))
  })
  afterEach(() => rm(data, { recursive: true }))

  const file = (path: string): string => join(data, 'log', path)
  const read: ReadFile = (path) => (existsSync(file(path)) ? readFileSync(file(path)) : undefined)
  const head = () => claimedHead(readFileSync(file('checkpoint'), 'utf8'))
  const append = async ({ records, log }: Storage, count: number, perCommit = 50): Promise<void> => {
    for (let end = log.size + count; log.size < end; ) {
      const more = Math.min(perCommit, end - log.size)
      await records.commit(
        Array.from({ length: more }, (_, i) => ({ leaf: leaf(log.size + i) })),
        note,
      )
    }
  }

  it('has the log as files that hold all of it, soon after a commit', async () => {
    const storage = await openStorage(data, fail)
    expect(existsSync(file('checkpoint'))).toBe(false)
    for (const count of [1, 254, 1, 1, 255, 300]) {
      await append(storage, count)
      await vi.waitFor(() => expect(head().size).toBe(storage.log.size), { timeout: 2000, interval: 10 })
      const seen: string[] = []
      auditLog(read, head(), undefined, (entry) => seen.push(Buffer.from(entry).toString()))
      expect(seen).toEqual(Array.from({ length: storage.log.size }, (_, n) => `leaf ${n}`))
    }
    await storage.close()
  })

  it('keeps partial files of the last two checkpoints only, also over a restart', async () => {
    let storage = await openStorage(data, fail)
    const partial = () =>
      readdirSync(file('tile/entries')).flatMap((name) =>
        name.endsWith('.p') ? readdirSync(file(`tile/entries/${name}`)) : [],
      )
    for (const count of [1, 1, 1, 1]) {
      await append(storage, count)
      await storage.files.flush()
    }
    expect(partial().sort()).toEqual(['3', '4'])
    await storage.close()
    storage = await openStorage(data, fail)
    for (const count of [1, 1, 250, 1, 1]) {
      await append(storage, count)
      await storage.files.flush()
    }
    expect(partial()).toEqual(['1', '2'])
    auditLog(read, head())
    await storage.close()
  })

  it('puts the signatures of leaves beside the tree', async () => {
    const storage = await openStorage(data, fail)
    const signed = { ...leaf(1), signatures: JSON.stringify([{ keyid: 'k', sig: 'AAAA' }]) }
    await storage.records.commit([{ leaf: leaf(0) }, { leaf: signed }], note)
    await storage.close()
    expect(readFileSync(file('signatures/000'), 'utf8')).toBe('{"index":1,"keyid":"k","sig":"AAAA"}\n')
  })

  it('writes at start what a crash kept from the files', async () => {
    const storage = await openStorage(data, fail)
    await append(storage, 300)
    await storage.files.flush()
    const old = readFileSync(file('checkpoint'))
    await append(storage, 300)
    await storage.close()
    writeFileSync(file('checkpoint'), old)
    rmSync(file('tile/0/001'))
    rmSync(file('tile/entries/002.p'), { recursive: true })
    await (await openStorage(data, fail)).close()
    expect(head().size).toBe(600)
    auditLog(read, head())

    rmSync(file(''), { recursive: true })
    await (await openStorage(data, fail)).close()
    auditLog(read, head())
  })

  describe('whose log has a file that was emptied, cut or lost', () => {
    const files = [
      'checkpoint',
      'tile/0/000',
      'tile/0/002.p/88',
      'tile/1/000.p/2',
      'tile/entries/000',
      'tile/entries/002.p/88',
      'signatures/000',
    ]
    const hurts: readonly (readonly [string, (path: string) => void])[] = [
      ['emptied', (path) => truncateSync(path)],
      ['cut', (path) => truncateSync(path, Math.floor(statSync(path).size / 2))],
      ['lost', (path) => rmSync(path)],
    ]
    const made = async (mended: (paths: readonly string[]) => void): Promise<Storage> => {
      const storage = await openStorage(data, fail, mended)
      const signed = { ...leaf(0), signatures: JSON.stringify([{ keyid: 'k', sig: 'AAAA' }]) }
      await storage.records.commit([{ leaf: signed }], note)
      await append(storage, 599)
      await storage.files.flush()
      return storage
    }

    it('has it again at the next start, and says so', async () => {
      await (await made(fail)).close()
      for (const path of files) {
        const whole = readFileSync(file(path))
        for (const [, hurt] of hurts) {
          hurt(file(path))
          const mended: string[] = []
          const storage = await openStorage(data, fail, (paths) => mended.push(...paths))
          expect(readFileSync(file(path))).toEqual(whole)
          expect([path, ...mended]).toContain(path)
          if (existsSync(file('checkpoint')) && path !== 'checkpoint') expect(mended).toEqual([path])
          await storage.close()
        }
      }
      auditLog(read, head())
    })

    it.each(hurts)('has it again while it runs: %s', async (_, hurt) => {
      const mended: string[] = []
      const storage = await made((paths) => mended.push(...paths))
      // What follows each commit has been written, too.
      await after(200)
      expect(storage.files.mended).toBeUndefined()
      for (const path of files) {
        const whole = readFileSync(file(path))
        hurt(file(path))
        await storage.files.look()
        expect(readFileSync(file(path))).toEqual(whole)
        expect(storage.files.mended).toContain(path)
      }
      expect(mended).toEqual(expect.arrayContaining(files))
      auditLog(read, head())
      await storage.close()
    })
  })

  it('refuses to start where an old copy was restored, or another log', async () => {
    const storage = await openStorage(data, fail)
    await append(storage, 5)
    await storage.backup(join(data, 'old'))
    await append(storage, 5)
    await storage.close()
    await copyFile(databaseFile(data), join(data, 'good'))
    await copyFile(join(data, 'old'), databaseFile(data))
    await expect(openStorage(data, fail)).rejects.toMatchObject({ code: 'log-restored-old-copy' })

    rmSync(databaseFile(data))
    await expect(openStorage(data, fail)).rejects.toMatchObject({ code: 'log-restored-old-copy' })

    await copyFile(join(data, 'good'), databaseFile(data))
    const forked = note(10, new Uint8Array(32))
    writeFileSync(file('checkpoint'), forked)
    await expect(openStorage(data, fail)).rejects.toMatchObject({ code: 'log-restored-old-copy' })
    expect(readFileSync(file('checkpoint'), 'utf8')).toBe(forked)
  })

  it('refuses to start from an old copy, too, where the checkpoint is empty and the files go further', async () => {
    const storage = await openStorage(data, fail)
    await append(storage, 5)
    await storage.backup(join(data, 'old'))
    await append(storage, 300)
    await storage.close()
    await copyFile(join(data, 'old'), databaseFile(data))
    truncateSync(file('checkpoint'))
    await expect(openStorage(data, fail)).rejects.toMatchObject({ code: 'log-restored-old-copy' })
    rmSync(file('tile/entries/000'))
    await expect(openStorage(data, fail)).resolves.toBeDefined()
  })

  it('is let go where the log files cannot be written at the end, and has them at the next start', async () => {
    const failed: unknown[] = []
    const storage = await openStorage(data, (error) => failed.push(error))
    await append(storage, 5)
    rmSync(file(''), { recursive: true, force: true })
    writeFileSync(file(''), 'no folder')
    await storage.close()
    expect(failed).toEqual([expect.objectContaining({ code: 'not-writable' })])
    rmSync(file(''))
    await (await openStorage(data, fail)).close()
    expect(head().size).toBe(5)
  })

  it('is proven to be writable by writing, and nothing changes', async () => {
    const storage = await openStorage(data, fail)
    await append(storage, 5)
    const written = () => statSync(`${databaseFile(data)}-wal`).size
    const before = written()
    await storage.records.prove()
    // At least one page, and no leaf.
    expect(written() - before).toBeGreaterThanOrEqual(4096)
    expect(storage.log.size).toBe(5)
    await storage.close()
    const again = await openStorage(data, fail)
    expect(again.log.size).toBe(5)
    await again.close()
    await expect(again.records.prove()).rejects.toThrow('not open')
  })

  it('is backed up while it is written, with the checkpoint of what the copy holds', async () => {
    const storage = await openStorage(data, fail)
    await append(storage, 500)
    const done = storage.backup(join(data, 'copy'))
    await append(storage, 200, 5)
    await done
    await storage.close()
    const other = join(data, 'other')
    await mkdir(join(other, 'server'), { recursive: true })
    await copyFile(join(data, 'copy'), databaseFile(other))
    const restored = await openStorage(other, fail)
    expect(restored.log.size).toBeGreaterThanOrEqual(500)
    expect((await restored.records.seal())?.note).toBe(readFileSync(join(data, 'copy.checkpoint'), 'utf8'))
    await restored.close()
    expect(readdirSync(data).sort()).toEqual(['copy', 'copy.checkpoint', 'log', 'other', 'server'])
  })

  it('says that files cannot be written, and writes them when they can', async () => {
    const failed: unknown[] = []
    const storage = await openStorage(data, (error) => failed.push(error))
    writeFileSync(file(''), 'a file where the folder should be')
    await append(storage, 3)
    await vi.waitFor(() => expect(failed).toHaveLength(1), 1000)
    expect(storage.log.size).toBe(3)
    rmSync(file(''))
    await vi.waitFor(() => expect(head().size).toBe(3), { timeout: 3000 })
    await storage.close()
  })

  it('is damaged, and says so, where leaves and seal do not fit', async () => {
    const storage = await openStorage(data, fail)
    await append(storage, 5)
    await storage.close()
    const { DatabaseSync } = await import('node:sqlite')
    const db = new DatabaseSync(databaseFile(data))
    db.exec('DELETE FROM leaf WHERE number = 4')
    db.close()
    await expect(openStorage(data, fail)).rejects.toMatchObject({ code: 'data-damaged' })
  })

  it('loses nothing that was acknowledged when it is killed in the middle of writing', async () => {
    for (let kill = 0; kill < 10; kill++) {
      const acknowledged = await commitUntilKilled(data, 20 + ((kill * 37) % 90))
      const storage = await openStorage(data, fail)
      const size = storage.log.size
      expect(size).toBeGreaterThanOrEqual(acknowledged)
      const stored = storage.log.leaves(0, size).map(({ bytes }) => Buffer.from(bytes).toString())
      expect(stored).toEqual(Array.from({ length: size }, (_, n) => `leaf ${n}`))
      expect(head().size).toBe(size)
      auditLog(read, head())
      await storage.close()
    }
  })
})

/** Commits in a process of its own until it is killed; gives the log's size that it acknowledged last. */
const commitUntilKilled = async (data: string, milliseconds: number): Promise<number> => {
  const program = `
    const { openStorage } = await import(${JSON.stringify(new URL('open.ts', import.meta.url).href)})
    const { records, log } = await openStorage(${JSON.stringify(data)}, () => process.exit(1))
    const note = (size, root) => 'acme/log\\n' + size + '\\n' + Buffer.from(root).toString('base64') + '\\n\\n\u2014 acme/log AAAAAAA=\\n'
    for (;;) {
      const leaves = Array.from({ length: 1 + (log.size % 7) }, (_, i) => ({ leaf: { bytes: Buffer.from('leaf ' + (log.size + i)) } }))
      await records.commit(leaves, note)
      console.log(log.size)
      await new Promise(setImmediate)
    }`
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  let acknowledged = 0
  const lines = createInterface(child.stdout)
  lines.once('line', () => setTimeout(() => child.kill('SIGKILL'), milliseconds))
  for await (const line of lines) acknowledged = Number(line)
  await exited(child)
  return acknowledged
}

const exited = (child: ChildProcess): Promise<void> =>
  new Promise((resolve) => {
    if (child.exitCode !== null || child.signalCode !== null) resolve()
    else child.once('exit', () => resolve())
  })
