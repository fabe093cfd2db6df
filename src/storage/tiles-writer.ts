import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { FoobotError } from '#core/errors.ts'
import { claimedHead } from '#core/log/checkpoint.ts'
import { hashSize, sameHash } from '#core/log/hash.ts'
import { type LogReader, rootAt } from '#core/log/proofs.ts'
import {
  encodeEntries,
  encodeTile,
  entriesPath,
  type Span,
  signaturesPath,
  spans,
  tileHashes,
  tileLevels,
  tilePath,
  tileWidth,
} from '#core/log/tiles.ts'
import type { TreeHead } from '#core/log/tree.ts'
import { writingLater } from '#disk/write-error.ts'
import type { Leaf, Seal } from '#engine/store.ts'

/** The log as its files are written from it. */
export interface WritableLog extends LogReader {
  hash(level: number, index: number): Uint8Array
  leaves(from: number, to: number): readonly Leaf[]
  /** Bytes of the leaves from one number up to another. */
  entryBytes(from: number, to: number): number
  /** Those of them that have signatures, each with its number. */
  signed(from: number, to: number): readonly (readonly [number, Leaf])[]
  seal(): Seal | undefined
}

/** Milliseconds from a commit to its files: what is left of 200 is for writing them. */
const delay = 100

/** Milliseconds until a write that failed is tried again. */
const patience = 1000

/** Files that one look compares: all of a large log are looked at in turn. */
const atOnce = 256

/** One file as it must be. Its bytes are made when they are needed. */
type LogFile = { readonly path: string; readonly size: () => number; readonly bytes: () => Uint8Array }

/**
 * Keeps the log's files up to date: tiles, entry bundles, signatures, and last of all the checkpoint, each replaced
 * whole. They are a copy: the database is what counts, and whatever is missing, empty or cut is written from it.
 */
export class TilesWriter {
  readonly #folder: string
  readonly #log: WritableLog
  readonly #failed: (error: unknown) => void
  readonly #found: (paths: readonly string[]) => void
  #mended: string | undefined
  /** The files that the looks so far have come to. */
  #looked = 0
  #written: number
  #timer: NodeJS.Timeout | undefined
  /** Settles when the last write that was asked for has ended, well or not. */
  #last: Promise<void> = Promise.resolve()
  #closed = false
  #failing: string | undefined
  /** Partial files of the checkpoints before: who reads one of those may still need them. */
  #partial: readonly string[] = []
  #outdated: readonly string[] = []

  private constructor(folder: string, log: WritableLog, written: number, { failed, mended }: Told) {
    this.#folder = folder
    this.#log = log
    this.#written = written
    this.#failed = failed
    this.#found = mended
  }

  /**
   * Compares the files with the log, and writes what they lack.
   * @throws FoobotError `log-restored-old-copy` where the files hold a log that this one does not extend; `disk-trouble`,
   * `not-writable`
   */
  static async open(folder: string, log: WritableLog, told: Told): Promise<TilesWriter> {
    const held = await readIfThere(join(folder, 'checkpoint'))
    const read = held === undefined ? undefined : headIn(held)
    const head = read ?? { size: 0, root: rootAt(0, log) }
    const further = head.size > log.size || (!read && (await goesFurther(folder, log.size)))
    if (further) {
      const size = read?.size ?? 'more'
      throw new FoobotError('log-restored-old-copy', `${folder} holds ${size} leaves, the database ${log.size}`)
    }
    if (!sameHash(rootAt(head.size, log), head.root)) {
      throw new FoobotError(
        'log-restored-old-copy',
        `${folder} and the database hold different first ${head.size} leaves`,
      )
    }
    const writer = new TilesWriter(folder, log, head.size, told)
    writer.#outdated = await writer.#leftovers(head.size)
    await writer.flush()
    if (held !== undefined && !read) writer.#say(['checkpoint'])
    await writer.#mend(writer.#all)
    return writer
  }

  /** Leaves that the files hold. */
  get written(): number {
    return this.#written
  }

  /** Why the last write failed, so that the files are behind; undefined where it did not. */
  get failing(): string | undefined {
    return this.#failing
  }

  /** Which files were empty or cut, and were written again from the database since the start; undefined where none was. */
  get mended(): string | undefined {
    return this.#mended
  }

  /** Looks at the newest files and at some of the others, and writes again those that are empty or cut. Rejects as `flush`. */
  look(): Promise<void> {
    const done = this.#last.then(() => this.#look())
    this.#last = done.then(nothing, nothing)
    return done
  }

  /** The log has grown: its files follow within 200 ms. */
  changed(): void {
    if (!this.#closed) this.#timer ??= setTimeout(() => this.#run(), delay)
  }

  /** Resolves when all that was committed is in the files. Rejects where it could not be written. */
  flush(): Promise<void> {
    const done = this.#last.then(() => this.#write())
    // Whoever asked hears of a failure; the next write begins all the same.
    this.#last = done.then(nothing, nothing)
    return done
  }

  /** Writes what is left to write, and writes no more. What cannot be written now is written at the next start. */
  async close(): Promise<void> {
    this.#closed = true
    clearTimeout(this.#timer)
    await this.flush().catch(this.#failed)
  }

  async #run(): Promise<void> {
    this.#timer = undefined
    try {
      await this.flush()
      this.#failing = undefined
    } catch (error) {
      this.#failing = error instanceof FoobotError ? error.say : String(error)
      this.#failed(error)
      if (!this.#closed) this.#timer ??= setTimeout(() => this.#run(), patience)
    }
  }

  async #write(): Promise<void> {
    const seal = this.#log.seal()
    if (!seal) return
    for (const { path, bytes } of this.#files(this.#written, seal.size)) await this.#replace(path, bytes())
    await this.#replace('checkpoint', Buffer.from(seal.note, 'utf8'))
    if (seal.size > this.#written) await this.#tidy(partialFiles(seal.size))
    this.#written = seal.size
  }

  async #look(): Promise<void> {
    const seal = this.#log.seal()
    // What was appended meanwhile is written first, and looked at the next time.
    if (!seal || seal.size !== this.#written) return
    const all = this.#all
    const from = this.#looked < all.length ? this.#looked : 0
    this.#looked = from + atOnce
    await this.#mend([...all.slice(from, this.#looked), ...this.#files(Math.max(0, seal.size - 1), seal.size)])
    if ((await readIfThere(join(this.#folder, 'checkpoint'))) === seal.note) return
    await this.#replace('checkpoint', Buffer.from(seal.note, 'utf8'))
    this.#say(['checkpoint'])
  }

  /** Writes again what is not as long as it must be. */
  async #mend(files: readonly LogFile[]): Promise<void> {
    const mended: string[] = []
    for (const { path, size, bytes } of files) {
      if (((await sizeOf(join(this.#folder, path))) ?? 0) === size()) continue
      await this.#replace(path, bytes())
      mended.push(path)
    }
    if (mended.length > 0) this.#say(mended)
  }

  #say(paths: readonly string[]): void {
    const [first, ...more] = paths
    const others = more.length > 0 ? ` and ${more.length} more` : ''
    this.#mended = `${first}${others} had been emptied or cut, and were written again from the database: look at the disk`
    this.#found(paths)
  }

  /** The files that there must be by now. */
  get #all(): readonly LogFile[] {
    return [...this.#files(0, this.#written)]
  }

  /** What a tree of `to` leaves has and one of `from` had not. */
  *#files(from: number, to: number): Generator<LogFile> {
    if (from === to) return
    for (const span of spans(to, from)) {
      const start = span.index * tileWidth
      const end = start + span.width
      yield {
        path: entriesPath(span),
        size: () => this.#log.entryBytes(start, end) + 2 * span.width,
        bytes: () => encodeEntries(this.#leaves(start, end).map(({ bytes }) => bytes)),
      }
      const signatures = (): Uint8Array => this.#signatures(start, end)
      yield { path: signaturesPath(span.index), size: () => signatures().length, bytes: signatures }
    }
    for (let level = 0; level < tileLevels(to); level++) {
      const [before, count] = [tileHashes(level, from), tileHashes(level, to)]
      if (before === count) return
      for (const span of spans(count, before)) {
        yield {
          path: tilePath(level, span),
          size: () => hashSize * span.width,
          bytes: () => encodeTile(this.#hashes(level, span)),
        }
      }
    }
  }

  /** Empty where nobody has signed any of them: then there is no file. */
  #signatures(from: number, to: number): Uint8Array {
    const lines = this.#log.signed(from, to).flatMap(([number, leaf]) => signatureLines(leaf, number))
    return Buffer.from(lines.join(''), 'utf8')
  }

  #leaves(from: number, to: number): readonly Leaf[] {
    const leaves = this.#log.leaves(from, to)
    if (leaves.length !== to - from) throw new FoobotError('data-damaged', `a leaf behind ${from} is missing`)
    return leaves
  }

  #hashes(level: number, { index, width }: Span): Uint8Array[] {
    return Array.from({ length: width }, (_, i) => this.#log.hash(level, index * tileWidth + i))
  }

  async #replace(path: string, bytes: Uint8Array): Promise<void> {
    if (bytes.length === 0) return
    const target = join(this.#folder, path)
    await writingLater(target, async () => {
      await mkdir(dirname(target), { recursive: true, mode: 0o750 })
      const file = await open(`${target}.new`, 'w', 0o640)
      try {
        await file.writeFile(bytes)
        await file.datasync()
      } finally {
        await file.close()
      }
      await rename(`${target}.new`, target)
    })
  }

  /** Takes away partial files that two checkpoints have left behind: each newer one begins with the same bytes. */
  async #tidy(partial: readonly string[]): Promise<void> {
    const kept = new Set([...partial, ...this.#partial])
    for (const path of this.#outdated) if (!kept.has(path)) await rm(join(this.#folder, path), { force: true })
    this.#outdated = this.#partial
    this.#partial = partial
  }

  /** Partial files that lie about from before the start. */
  async #leftovers(size: number): Promise<string[]> {
    const folders = partialFiles(size).map((path) => dirname(path))
    const lists = folders.map(async (folder) => {
      const names = await listIfThere(join(this.#folder, folder))
      return names.map((name) => `${folder}/${name}`)
    })
    return (await Promise.all(lists)).flat()
  }
}

/** Who hears of what happens to the files: of each write that failed and is tried again, and of those that were mended. */
type Told = {
  readonly failed: (error: unknown) => void
  readonly mended: (paths: readonly string[]) => void
}

/** Undefined where the file is not whole: an emptied or cut one claims nothing. */
const headIn = (note: string): TreeHead | undefined => {
  try {
    return claimedHead(note)
  } catch (error) {
    if (error instanceof FoobotError && error.code === 'note-malformed') return undefined
    throw error
  }
}

/** Whether there are entries that a tree of so many leaves has not: without a checkpoint, they alone tell of an old copy. */
const goesFurther = async (folder: string, size: number): Promise<boolean> => {
  const [index, width] = [Math.floor(size / tileWidth), size % tileWidth]
  const full = join(folder, entriesPath({ index, width: tileWidth }))
  if ((await sizeOf(full)) !== undefined) return true
  return (await listIfThere(`${full}.p`)).some((name) => Number(name) > width)
}

/** The partial files of a tree of so many leaves. */
const partialFiles = (size: number): string[] => {
  const [bundle] = spans(size, size)
  const tiles = Array.from({ length: tileLevels(size) }, (_, level) => {
    const count = tileHashes(level, size)
    return spans(count, count).map((span) => tilePath(level, span))
  })
  return [...(bundle ? [entriesPath(bundle)] : []), ...tiles.flat()]
}

const nothing = (): void => undefined

const signatureLines = ({ signatures }: Leaf, index: number): string[] => {
  if (signatures === undefined) return []
  const list: readonly object[] = JSON.parse(signatures)
  return list.map((signature) => `${JSON.stringify({ index, ...signature })}\n`)
}

const readIfThere = async (file: string): Promise<string | undefined> => {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}

/** Undefined where there is no such file. */
const sizeOf = async (file: string): Promise<number | undefined> => {
  try {
    return (await stat(file)).size
  } catch (error) {
    if (isMissing(error)) return undefined
    throw error
  }
}

const listIfThere = async (folder: string): Promise<string[]> => {
  try {
    return await readdir(folder)
  } catch (error) {
    if (isMissing(error)) return []
    throw error
  }
}

const isMissing = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ENOENT'
