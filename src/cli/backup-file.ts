import { createHash, randomBytes } from 'node:crypto'
import { constants, lstatSync } from 'node:fs'
import { type FileHandle, open, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { writingLater } from '#disk/write-error.ts'
import type { BackupHead } from '#wire/control.ts'
import { UsageError } from './failure.ts'

/** A new file that its owner alone may read, from its first byte on; never somebody's that lies there, nor behind a link. */
const anew = constants.O_CREAT | constants.O_EXCL | constants.O_WRONLY | constants.O_NOFOLLOW

/**
 * Writes a backup and its checkpoint with this user's own rights: each whole or not at all, and readable for nobody else
 * at any moment. What lay there before is replaced once the new ones are whole.
 * @throws Error with a sentence, where not all bytes came or others than were promised; UsageError where something else than
 * a file lies there; FoobotError `disk-trouble`, `not-writable`
 */
export const writeBackup = async (
  to: string,
  { size, sha256, checkpoint }: BackupHead,
  bytes: AsyncIterable<Uint8Array>,
): Promise<void> => {
  const note = `${to}.checkpoint`
  for (const path of [to, note]) demandFile(path)
  const drafts = { database: draftOf(to), note: draftOf(note) }
  const leave = async (): Promise<void> => {
    for (const draft of Object.values(drafts)) await rm(draft, { force: true })
  }
  const interrupted = (): void => void leave().finally(() => process.exit(130))
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, interrupted)
  try {
    await writingLater(to, async () => {
      await fill(drafts.database, checked(bytes, size, sha256))
      if (checkpoint !== undefined) await fill(drafts.note, [Buffer.from(checkpoint, 'utf8')])
      if (checkpoint !== undefined) await rename(drafts.note, note)
      await rename(drafts.database, to)
      await syncFolder(dirname(to))
    })
  } finally {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.off(signal, interrupted)
    await leave()
  }
}

const draftOf = (path: string): string =>
  join(dirname(path), `.${basename(path)}.${randomBytes(8).toString('hex')}.part`)

/**
 * Whatever is no plain file stays what it is: a device, a folder, a link to somewhere else.
 * @throws UsageError
 */
export const demandFile = (path: string): void => {
  const found = lstatSync(path, { throwIfNoEntry: false })
  if (!found || found.isFile()) return
  const what = found.isSymbolicLink() ? 'a symbolic link' : found.isDirectory() ? 'a folder' : 'no plain file'
  throw new UsageError(`${path} is ${what}: give the path of a file, which is made or replaced.`)
}

const fill = async (path: string, bytes: Iterable<Uint8Array> | AsyncIterable<Uint8Array>): Promise<void> => {
  const file = await open(path, anew, 0o600)
  try {
    // Whatever the umask says.
    await file.chmod(0o600)
    for await (const some of bytes) await writeAll(file, some)
    await file.sync()
  } finally {
    await file.close()
  }
}

const writeAll = async (file: FileHandle, bytes: Uint8Array): Promise<void> => {
  for (let done = 0; done < bytes.length; ) done += (await file.write(bytes, done)).bytesWritten
}

/** Passes on what came, and demands at the end that it was all, and what was promised. */
async function* checked(bytes: AsyncIterable<Uint8Array>, size: number, sha256: string): AsyncGenerator<Uint8Array> {
  const hash = createHash('sha256')
  let came = 0
  try {
    for await (const some of bytes) {
      came += some.length
      if (came > size) break
      hash.update(some)
      yield some
    }
  } catch (error) {
    throw incomplete(`${came} of ${size} bytes: ${error instanceof Error ? error.message : String(error)}`)
  }
  if (came !== size) throw incomplete(`${came} of ${size} bytes`)
  if (hash.digest('hex') !== sha256) throw incomplete('its bytes are not those that were copied')
}

const incomplete = (why: string): Error =>
  new Error(`The backup did not arrive whole (${why}), so nothing was kept. Look at the server’s log, and try again.`)

const syncFolder = async (folder: string): Promise<void> => {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
