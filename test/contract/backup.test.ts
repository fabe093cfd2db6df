import { existsSync, readFileSync, rmSync } from 'node:fs'
import { copyFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { main as backUp } from '#processes/backup.ts'
import { databaseFile, openStorage } from '#storage/open.ts'
import { type LogFolder, makeLogFolder, runFoobot } from './log-folder.fixture.ts'

let folder: LogFolder
beforeEach(async () => {
  folder = await makeLogFolder()
})
afterEach(() => rmSync(folder.data, { recursive: true }))

it('copies the database of a stopped server, and that copy starts', async () => {
  const copy = join(folder.data, 'copy.db')
  await expect(backUp(folder.data, copy)).rejects.toMatchObject({ code: 'data-folder-in-use' })
  expect(existsSync(copy)).toBe(false)
  const { size } = folder.storage.log
  await folder.storage.close()
  await backUp(folder.data, copy)
  expect(readFileSync(`${copy}.checkpoint`, 'utf8')).toBe(readFileSync(join(folder.data, 'log', 'checkpoint'), 'utf8'))

  rmSync(join(folder.data, 'log'), { recursive: true })
  await copyFile(copy, databaseFile(folder.data))
  const restored = await openStorage(folder.data, () => undefined)
  expect(restored.log.size).toBe(size)
  await restored.close()
  expect((await runFoobot('log', 'verify', '--data', folder.data)).exit).toBe(0)
})

it('says that there is nothing to copy, and makes no database', async () => {
  await folder.storage.close()
  const empty = join(folder.data, 'empty')
  await expect(backUp(empty, join(folder.data, 'copy.db'))).rejects.toMatchObject({ code: 'no-data' })
  expect(existsSync(empty)).toBe(false)
})
