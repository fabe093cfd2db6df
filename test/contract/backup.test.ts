import { spawnSync } from 'node:child_process'
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { copyFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { askForBackup } from '#client/control.ts'
import { makeControl } from '#http/control.ts'
import { Copies } from '#processes/copy.ts'
import { databaseFile, openStorage } from '#storage/open.ts'
import { type BackupHead, backupHeader, controlSocket } from '#wire/control.ts'
import { writeBackup } from '../../src/cli/backup-file.ts'
import { run } from '../journeys/company.ts'
import { type LogFolder, makeLogFolder, runFoobot } from './log-folder.fixture.ts'

let folder: LogFolder
let to: string
beforeEach(async () => {
  folder = await makeLogFolder()
  mkdirSync(join(folder.data, 'backups'))
  to = join(folder.data, 'backups', 'copy.db')
})
afterEach(() => rmSync(folder.data, { recursive: true }))

const backups = (): readonly string[] => readdirSync(join(folder.data, 'backups')).sort()
const modeOf = (file: string): number => statSync(file).mode & 0o777
/** As a process of its own, under a umask that would let everybody read what is made. */
const backUp = async (data = folder.data) => {
  const words = [process.execPath, 'bin/foobot', 'backup', to, '--data', data]
  const { code, stderr } = await run('sh', ['-c', 'umask 0; exec "$@"', 'sh', ...words])
  return { exit: code, stderr }
}

describe('a backup of a stopped server', () => {
  it('is refused while another has the folder; then it is a copy that starts', async () => {
    const busy = await backUp()
    expect(busy.exit).toBe(1)
    expect(busy.stderr).toContain('Another Foobot server uses this data folder.')
    expect(backups()).toEqual([])
    const { size } = folder.storage.log
    await folder.storage.close()
    expect(await backUp()).toMatchObject({ exit: 0, stderr: '' })
    expect(backups()).toEqual(['copy.db', 'copy.db.checkpoint'])
    expect(readFileSync(`${to}.checkpoint`, 'utf8')).toBe(readFileSync(join(folder.data, 'log', 'checkpoint'), 'utf8'))
    expect(readdirSync(join(folder.data, 'server')).filter((name) => name.startsWith('copy'))).toEqual([])

    rmSync(join(folder.data, 'log'), { recursive: true })
    await copyFile(to, databaseFile(folder.data))
    const restored = await openStorage(folder.data, () => undefined)
    expect(restored.log.size).toBe(size)
    await restored.close()
    expect((await runFoobot('log', 'verify', '--data', folder.data)).exit).toBe(0)
  })

  it('says that there is nothing to copy, and makes no database', async () => {
    await folder.storage.close()
    const empty = join(folder.data, 'empty')
    const { exit, stderr } = await backUp(empty)
    expect(exit).toBe(1)
    expect(stderr).toContain('There is no database in that data folder.')
    expect(existsSync(empty)).toBe(false)
  })
})

describe('a backup of a running server', () => {
  let control: Server
  const listen = (): Promise<void> =>
    new Promise((resolve) => control.listen(join(folder.data, 'server', controlSocket), resolve))
  beforeEach(async () => {
    const copies = new Copies(folder.data, (file) => folder.storage.backup(file))
    const resetRunner = () => Promise.reject(new Error('not here'))
    control = makeControl({ backup: () => copies.make(), resetRunner, loseRunner: resetRunner }, () => undefined)
    await listen()
  })
  afterEach(async () => {
    control.closeAllConnections()
    await new Promise((resolve) => control.close(resolve))
    await folder.storage.close()
  })

  it('is written by the command, for its user alone, and leaves nothing in the data folder', async () => {
    expect(await backUp()).toMatchObject({ exit: 0, stderr: '' })
    expect(backups()).toEqual(['copy.db', 'copy.db.checkpoint'])
    expect([to, `${to}.checkpoint`].map(modeOf)).toEqual([0o600, 0o600])
    expect(readdirSync(join(folder.data, 'server')).filter((name) => name.startsWith('copy'))).toEqual([])
  })

  it('is one at a time', async () => {
    const first = await askForBackup(folder.data)
    await expect(askForBackup(folder.data)).rejects.toThrow('A backup is being made already')
    for await (const _ of first?.bytes ?? []);
    await expect.poll(() => backUp()).toMatchObject({ exit: 0 })
  })

  it('is let go where nobody takes the rest', async () => {
    const first = await askForBackup(folder.data)
    for await (const _ of first?.bytes ?? []) break
    await expect.poll(() => backUp(), { timeout: 5000 }).toMatchObject({ exit: 0 })
  })
})

describe('a backup that is cut', () => {
  let server: Server
  const sends = async (head: BackupHead, bytes: Uint8Array): Promise<void> => {
    await folder.storage.close()
    server = createServer((_, response) => {
      response.writeHead(200, { [backupHeader]: Buffer.from(JSON.stringify(head)).toString('base64') })
      response.write(bytes, () => response.destroy())
    })
    await new Promise<void>((resolve) => server.listen(join(folder.data, 'server', controlSocket), resolve))
  }
  afterEach(() => new Promise((resolve) => server.close(resolve)))
  const sha256 = 'a'.repeat(64)

  it.each([
    ['by its end', { size: 100, sha256 }, 50],
    ['by bytes that are others', { size: 50, sha256 }, 50],
    ['after more than was promised', { size: 50, sha256 }, 51],
  ])('%s leaves nothing behind, and what lay there before', async (_, head, count) => {
    await sends(head, Buffer.alloc(count))
    writeFileSync(to, 'the last one')
    const { exit, stderr } = await backUp()
    expect(exit).toBe(1)
    expect(stderr).toMatch(/^foobot: The backup did not arrive whole \(.*\), so nothing was kept\./)
    expect(backups()).toEqual(['copy.db'])
    expect(readFileSync(to, 'utf8')).toBe('the last one')
  })
})

describe('the file of a backup', () => {
  afterEach(() => folder.storage.close())
  const bytes = Buffer.from('a database')
  const head = { size: bytes.length, sha256: 'b'.repeat(64) }

  it('is closed to others while it is written', async () => {
    const seen: number[] = []
    const slow = async function* () {
      yield bytes
      for (const name of backups()) seen.push(modeOf(join(folder.data, 'backups', name)))
    }
    await expect(writeBackup(to, head, slow())).rejects.toThrow('did not arrive whole')
    expect(seen).toEqual([0o600])
    expect(backups()).toEqual([])
  })

  it.each<readonly [string, () => void]>([
    ['a symbolic link', () => symlinkSync(join(folder.data, 'victim'), to)],
    ['a folder', () => mkdirSync(to)],
    ['no plain file', () => spawnSync('mkfifo', [to])],
  ])('takes the place of a file only: %s stays', async (what, make) => {
    make()
    writeFileSync(join(folder.data, 'victim'), 'as it was')
    const before = lstatSync(to).ino
    const { exit, stderr } = await backUp()
    expect(exit).toBe(2)
    expect(stderr).toContain(`${to} is ${what}: give the path of a file`)
    const nothing = async function* () {}
    await expect(writeBackup(to, head, nothing())).rejects.toThrow(`is ${what}`)
    expect(lstatSync(to).ino).toBe(before)
    expect(readFileSync(join(folder.data, 'victim'), 'utf8')).toBe('as it was')
  })
})
