import { createHash } from 'node:crypto'
import { type FileHandle, open, readFile, rename } from 'node:fs/promises'
import { dirname } from 'node:path'
import { FoobotError } from '#core/errors.ts'
import { writeError, writingLater } from '#disk/write-error.ts'

/** What a journal needs of the one who keeps it. Each call of `replay` must bear hearing the same record twice. */
export type Keeper = {
  /** Hears every record of the file, in order. Throws where it does not understand one. */
  readonly replay: (record: unknown) => void
  /** The fewest records that say all that is still true: what a compacted file starts with. */
  readonly snapshot: () => Iterable<object>
  /** Hears once, where a write failed, which file it was and why: from then on nothing is written. */
  readonly broken?: (why: Error) => void
}

type Waiting = {
  readonly texts: readonly string[]
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

const start = '0'.repeat(16)
/** Bytes by which a file may grow before it is compacted for the first time. */
const least = 4 * 1024 * 1024

/**
 * An append-only file of records, one JSON text a line. Each line begins with a check over its text and the check of the
 * line before: a changed, missing or moved line shows. All records handed in during one turn, or while a write is on
 * its way, share one write and one fdatasync.
 */
export class Journal {
  readonly #path: string
  readonly #keeper: Keeper
  #file: FileHandle
  #check: string
  #bytes: number
  /** Size after the last compaction. */
  #base: number
  #waiting: Waiting[] = []
  #work: Promise<void> | undefined
  #broken: unknown

  private constructor(path: string, keeper: Keeper, file: FileHandle, end: { check: string; bytes: number }) {
    this.#path = path
    this.#keeper = keeper
    this.#file = file
    this.#check = end.check
    this.#bytes = end.bytes
    this.#base = end.bytes
  }

  /**
   * Opens a file that is there: replays it, and cuts off a last line that was not written to its end.
   * @throws FoobotError `claims-damaged` where anything else is wrong with it
   */
  static async open(path: string, keeper: Keeper): Promise<Journal> {
    const end = replayAll(path, await writingLater(path, () => readFile(path)), keeper)
    const file = await writingLater(path, () => openAt(path, end.bytes))
    return new Journal(path, keeper, file, end)
  }

  /** Makes the file, whole or not at all, from the keeper's snapshot. */
  static async create(path: string, keeper: Keeper): Promise<Journal> {
    const { file, end } = await writingLater(path, () => writeNew(path, keeper.snapshot()))
    return new Journal(path, keeper, file, end)
  }

  /** Resolves once the records are durable. Rejects where they could not be written, and from then on always. */
  append(...records: readonly object[]): Promise<void> {
    if (this.#broken) return Promise.reject(this.#broken)
    const written = new Promise<void>((resolve, reject) => {
      this.#waiting.push({ texts: records.map((record) => JSON.stringify(record)), resolve, reject })
    })
    this.#work ??= new Promise<void>((resolve) => setImmediate(resolve)).then(() => this.#writeAll())
    return written
  }

  /** Writes what waits, and lets the file go. */
  async close(): Promise<void> {
    await this.#work
    this.#broken ??= new FoobotError('internal', `${this.#path} is closed`)
    await this.#file.close()
  }

  async #writeAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting
      this.#waiting = []
      try {
        if (this.#bytes - this.#base > Math.max(least, this.#base)) await this.#compact()
        await this.#write(batch)
        for (const { resolve } of batch) resolve()
      } catch (error) {
        // INVARIANT: after a failed write nobody knows what the file holds, so nothing is claimed until a restart reads it.
        const named = writeError(this.#path, error)
        const why = named instanceof Error ? named : new Error(`${this.#path}: ${String(named)}`)
        this.#broken = why
        for (const { reject } of [...batch, ...this.#waiting]) reject(why)
        this.#waiting = []
        this.#keeper.broken?.(why)
      }
    }
    this.#work = undefined
  }

  async #write(batch: readonly Waiting[]): Promise<void> {
    const { bytes, check } = frame(
      batch.flatMap(({ texts }) => texts),
      this.#check,
    )
    await this.#file.appendFile(bytes)
    await this.#file.datasync()
    this.#check = check
    this.#bytes += bytes.length
  }

  async #compact(): Promise<void> {
    const { file, end } = await writeNew(this.#path, this.#keeper.snapshot())
    await this.#file.close()
    this.#file = file
    this.#check = end.check
    this.#bytes = end.bytes
    this.#base = end.bytes
  }
}

/** The file, with all cut off that does not belong to it. */
const openAt = async (path: string, bytes: number): Promise<FileHandle> => {
  const file = await open(path, 'a', 0o600)
  try {
    await file.truncate(bytes)
    await file.datasync()
    return file
  } catch (error) {
    await file.close()
    throw error
  }
}

const checkOf = (before: string, text: string | Uint8Array): string =>
  createHash('sha256').update(before).update(text).digest('hex').slice(0, start.length)

const frame = (texts: readonly string[], before: string): { bytes: Buffer; check: string } => {
  let check = before
  const lines = texts.map((text) => {
    check = checkOf(check, text)
    return `${check} ${text}\n`
  })
  return { bytes: Buffer.from(lines.join(''), 'utf8'), check }
}

const writeNew = async (path: string, records: Iterable<object>) => {
  const { bytes, check } = frame(
    Array.from(records, (record) => JSON.stringify(record)),
    start,
  )
  const draft = `${path}.new`
  const file = await open(draft, 'w', 0o600)
  try {
    await file.writeFile(bytes)
    await file.datasync()
  } finally {
    await file.close()
  }
  await rename(draft, path)
  const folder = await open(dirname(path), 'r')
  await folder.sync()
  await folder.close()
  return { file: await open(path, 'a', 0o600), end: { check, bytes: bytes.length } }
}

/** A line without its line feed was never acknowledged: nobody was told of it. Anything else that is wrong is damage. */
const replayAll = (path: string, bytes: Buffer, keeper: Keeper): { check: string; bytes: number } => {
  let check = start
  let from = 0
  for (let line = 1; ; line++) {
    const to = bytes.indexOf(0x0a, from)
    if (to < 0) break
    const text = bytes.subarray(from + start.length + 1, to)
    check = checkOf(check, text)
    if (bytes.toString('latin1', from, from + start.length + 1) !== `${check} `)
      throw damaged(path, line, 'its check is wrong')
    try {
      keeper.replay(JSON.parse(text.toString('utf8')))
    } catch (error) {
      throw damaged(path, line, String(error))
    }
    from = to + 1
  }
  if (from === 0) throw damaged(path, 1, 'it has no first line')
  return { check, bytes: from }
}

const damaged = (path: string, line: number, why: string): FoobotError =>
  new FoobotError(
    'claims-damaged',
    `${path}, line ${line}: ${why}`,
    `The claims file ${path} is damaged at line ${line}, so I do not know what was run. Move it away, start the runner again, and have an administrator run "foobot runner reset".`,
  )
