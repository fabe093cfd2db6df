import { closeSync, fsyncSync, mkdirSync, openSync, readdirSync, rmSync, statSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { z } from 'zod'
import { bound } from '#bounds/bound.ts'
import { digest, envelope } from '#core/statement/fields.ts'
import type { RunnerLogger } from './logger.ts'

/** Days for which orders and receipts are kept, whether they are recorded or not. */
const keptDays = 35
const most = bound('kept-papers', {
  most: 512 * 1024 * 1024,
  unit: 'bytes',
  of: 'orders and receipts that a runner keeps of today, and of the 34 days before',
  say: 'The oldest day goes; what today has too much is not kept, and the runner’s log says so.',
})

const paper = z.union([
  /** An order that was claimed: its warrant's exact bytes, and the leaf of which log it is. */
  z.strictObject({ log: z.int().min(1), order: z.base64(), index: z.int().min(0) }),
  /** Signed receipts, and the log that counted when they were signed. */
  z.strictObject({ log: z.int().min(1), receipts: envelope }),
  /** Receipts that were proven to be a leaf of a log. */
  z.strictObject({ log: z.int().min(1), recorded: digest, index: z.int().min(0) }),
])

export type Paper = z.infer<typeof paper>

/** Keeps a paper of the log that counts now. */
export type KeepPaper = (paper: WithoutLog<Paper>) => void

type WithoutLog<P> = P extends Paper ? Omit<P, 'log'> : never

/**
 * What a runner can hand in where the server's disk is gone: a file for each day, below its folder. Nothing here decides
 * what runs; that is the claims file's.
 */
export class KeptPapers {
  readonly #folder: string
  readonly #log: RunnerLogger
  /** Texts that wait for the write that is on its way. */
  #waiting: string[] = []
  #writing: Promise<void> | undefined
  #day = ''
  /** Bytes of today's file. */
  #bytes = 0

  constructor(folder: string, log: RunnerLogger) {
    this.#folder = join(folder, 'kept')
    this.#log = log
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 })
  }

  /** Keeps a paper. Those of one turn share one durable write. @param now seconds */
  keep(made: Paper, now: number): void {
    this.#waiting.push(`${JSON.stringify(made)}\n`)
    this.#writing ??= this.#writeAll(now)
  }

  /** Resolves when all is on the disk. */
  async flush(): Promise<void> {
    await this.#writing
  }

  /** All that is kept, oldest first. A line that cannot be read was never written to its end, and is passed over. */
  async *all(): AsyncGenerator<Paper> {
    await this.flush()
    for (const day of this.#days()) {
      const file = await open(join(this.#folder, day))
      try {
        for await (const line of createInterface({ input: file.createReadStream({ autoClose: false }) })) {
          if (line === '') continue
          const read = paper.safeParse(jsonOf(line))
          if (read.success) yield read.data
          else this.#log.warn({ day }, 'a kept paper cannot be read')
        }
      } finally {
        await file.close()
      }
    }
  }

  async #writeAll(now: number): Promise<void> {
    await new Promise((resolve) => setImmediate(resolve))
    while (this.#waiting.length > 0) {
      const texts = this.#waiting
      this.#waiting = []
      try {
        await this.#write(texts.join(''), now)
      } catch (error) {
        this.#log.error({ error: String(error) }, 'orders and receipts could not be kept')
      }
    }
    this.#writing = undefined
  }

  async #write(text: string, now: number): Promise<void> {
    const day = `${dayOf(now)}.jsonl`
    if (day === this.#day && this.#bytes > most.most) {
      most.reached()
      throw new Error(`${day} has ${this.#bytes} bytes already`)
    }
    const file = await open(join(this.#folder, day), 'a', 0o600)
    try {
      // What an earlier process left half written must not spoil this.
      await file.appendFile(day === this.#day ? text : `\n${text}`)
      await file.datasync()
      this.#bytes = (await file.stat()).size
    } finally {
      await file.close()
    }
    if (day === this.#day) return
    this.#day = day
    this.#forgetOld(now)
  }

  /** A new day has begun: those that are too old go, and the oldest where there is too much. */
  #forgetOld(now: number): void {
    const first = dayOf(now - keptDays * 86_400)
    let bytes = 0
    for (const day of this.#days()
      .filter((one) => one !== this.#day)
      .toReversed()) {
      const file = join(this.#folder, day)
      bytes += statSync(file).size
      if (day < first || bytes > most.most) rmSync(file, { force: true })
    }
    const folder = openSync(this.#folder, 'r')
    try {
      fsyncSync(folder)
    } finally {
      closeSync(folder)
    }
  }

  #days(): readonly string[] {
    return readdirSync(this.#folder)
      .filter((name) => /^\d{4}-\d{2}-\d{2}\.jsonl$/.test(name))
      .sort()
  }
}

/** In UTC, as `2026-01-31`. */
const dayOf = (seconds: number): string => new Date(seconds * 1000).toISOString().replace(/T.*$/, '')

const jsonOf = (line: string): unknown => {
  try {
    return JSON.parse(line)
  } catch {
    return undefined
  }
}
