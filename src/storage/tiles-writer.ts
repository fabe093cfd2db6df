import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { FoobotError } from '#core/errors.ts'
import { claimedHead } from '#core/log/checkpoint.ts'
import { sameHash } from '#core/log/hash.ts'
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
import type { Leaf, Seal } from '#engine/store.ts'

/** The log as its files are written from it. */
export interface WritableLog extends LogReader {
  hash(level: number, index: number): Uint8Array
  leaves(from: number, to: number): readonly Leaf[]
  seal(): Seal | undefined
}

/** Milliseconds from a commit to its files: what is left of 200 is for writing them. */
const delay = 100

/** Milliseconds until a write that failed is tried again. */
const patience = 1000

/**
 * Keeps the log's files up to date: tiles, entry bundles, signatures, and last of all the checkpoint, each replaced
 * whole. They are a copy: the database is what counts, and whatever is missing is written from it.
 */
export class TilesWriter {
  readonly #folder: string
  readonly #log: WritableLog
  readonly #failed: (error: unknown) => void
  #written: number
  #timer: NodeJS.Timeout | undefined
  /** Settles when the last write that was asked for has ended, well or not. */
  #last: Promise<void> = Promise.resolve()
  #closed = false
  #failing: string | undefined
  /** Partial files of the checkpoints before: who reads one of those may still need them. */
  #partial: readonly string[] = []
  #outdated: readonly string[] = []

  private constructor(folder: string, log: WritableLog, written: number, failed: (error: unknown) => void) {
    this.#folder = folder
    this.#log = log
    this.#written = written
    this.#failed = failed
  }

  /**
   * Compares the files with the log, and writes what they lack.
   * @param failed told of each write that failed; it is tried again a second later
   * @throws FoobotError `log-restored-old-copy` where the files hold a log that this one does not extend
   */
  static async open(folder: string, log: WritableLog, failed: (error: unknown) => void): Promise<TilesWriter> {
    const held = await readIfThere(join(folder, 'checkpoint'))
    const head = held === undefined ? { size: 0, root: rootAt(0, log) } : claimedHead(held)
    if (head.size > log.size) {
      throw new FoobotError('log-restored-old-copy', `${folder} holds ${head.size} leaves, the database ${log.size}`)
    }
    if (!sameHash(rootAt(head.size, log), head.root)) {
      throw new FoobotError(
        'log-restored-old-copy',
        `${folder} and the database hold different first ${head.size} leaves`,
      )
    }
    const writer = new TilesWriter(folder, log, head.size, failed)
    writer.#outdated = await writer.#leftovers(head.size)
    await writer.flush()
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

  /** Writes what is left to write, and writes no more. */
  async close(): Promise<void> {
    this.#closed = true
    clearTimeout(this.#timer)
    await this.flush()
  }

  async #run(): Promise<void> {
    this.#timer = undefined
    try {
      await this.flush()
      this.#failing = undefined
    } catch (error) {
      this.#failing = error instanceof Error ? error.message : String(error)
      this.#failed(error)
      if (!this.#closed) this.#timer ??= setTimeout(() => this.#run(), patience)
    }
  }

  async #write(): Promise<void> {
    const seal = this.#log.seal()
    if (!seal) return
    for (const [path, bytes] of this.#files(this.#written, seal.size)) await this.#replace(path, bytes)
    await this.#replace('checkpoint', Buffer.from(seal.note, 'utf8'))
    if (seal.size > this.#written) await this.#tidy(partialFiles(seal.size))
    this.#written = seal.size
  }

  /** What a tree of `to` leaves has and one of `from` had not, made one at a time. */
  *#files(from: number, to: number): Generator<readonly [path: string, bytes: Uint8Array]> {
    if (from === to) return
    for (const span of spans(to, from)) {
      const start = span.index * tileWidth
      const leaves = this.#log.leaves(start, start + span.width)
      if (leaves.length !== span.width) throw new FoobotError('data-damaged', `a leaf behind ${start} is missing`)
      yield [entriesPath(span), encodeEntries(leaves.map(({ bytes }) => bytes))]
      const signatures = leaves.flatMap((leaf, i) => signatureLines(leaf, start + i))
      if (signatures.length > 0) yield [signaturesPath(span.index), Buffer.from(signatures.join(''), 'utf8')]
    }
    for (let level = 0; level < tileLevels(to); level++) {
      const [before, count] = [tileHashes(level, from), tileHashes(level, to)]
      if (before === count) return
      for (const span of spans(count, before)) {
        yield [tilePath(level, span), encodeTile(this.#hashes(level, span))]
      }
    }
  }

  #hashes(level: number, { index, width }: Span): Uint8Array[] {
    return Array.from({ length: width }, (_, i) => this.#log.hash(level, index * tileWidth + i))
  }

  async #replace(path: string, bytes: Uint8Array): Promise<void> {
    const target = join(this.#folder, path)
    await mkdir(dirname(target), { recursive: true, mode: 0o750 })
    const file = await open(`${target}.new`, 'w', 0o640)
    try {
      await file.writeFile(bytes)
      await file.datasync()
    } finally {
      await file.close()
    }
    await rename(`${target}.new`, target)
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

const listIfThere = async (folder: string): Promise<string[]> => {
  try {
    return await readdir(folder)
  } catch (error) {
    if (isMissing(error)) return []
    throw error
  }
}

const isMissing = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ENOENT'
