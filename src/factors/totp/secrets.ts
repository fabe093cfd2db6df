import { closeSync, fsyncSync, openSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { z } from 'zod'
import { FoobotError } from '#core/errors.ts'

const secret = z.strictObject({
  /** In base32. */
  secret: z.string().min(16),
  /** The last step that was used: none up to it counts again. */
  lastStep: z.int(),
  /** Wrong codes in a row. */
  wrong: z.int().min(0),
})

export type Secret = z.infer<typeof secret>

const kept = z.strictObject({
  inForce: z.exactOptional(secret),
  /** Handed out, and not yet confirmed by a first code. */
  offered: z.exactOptional(z.string().min(16)),
})

export type Kept = z.infer<typeof kept>

const file = z.strictObject({ v: z.literal(1), people: z.record(z.string(), kept) })

/**
 * Everybody's secrets, in one file that only the server's user may read. It is written whole, and is on the disk before
 * `put` returns: a code that was used stays used.
 */
export class Secrets {
  readonly #file: string
  #people: ReadonlyMap<string, Kept>

  /** @throws FoobotError `machine-key` where others may read the file, `data-damaged` where it is not what was written */
  constructor(path: string) {
    this.#file = path
    this.#people = new Map(Object.entries(read(path)))
  }

  of(person: string): Kept | undefined {
    return this.#people.get(person)
  }

  put(person: string, value: Kept): void {
    this.#keep(new Map(this.#people).set(person, value))
  }

  /** False where there is nothing of a person's. */
  remove(person: string): boolean {
    if (!this.#people.has(person)) return false
    this.#keep(new Map([...this.#people].filter(([other]) => other !== person)))
    return true
  }

  #keep(people: ReadonlyMap<string, Kept>): void {
    write(this.#file, JSON.stringify({ v: 1, people: Object.fromEntries(people) }))
    this.#people = people
  }
}

const read = (path: string): Readonly<Record<string, Kept>> => {
  try {
    if (statSync(path).mode & 0o077) {
      const say = `The file ${path} holds secrets and others may read it; run: chmod 600 ${path}`
      throw new FoobotError('machine-key', say, say)
    }
    return file.parse(JSON.parse(readFileSync(path, 'utf8'))).people
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {}
    if (error instanceof FoobotError) throw error
    throw new FoobotError('data-damaged', `${path}: ${String(error)}`, `${path} is not what Foobot wrote. Restore it.`)
  }
}

/** Its name too is on the disk: else the file of before, with codes that were not used yet, could come back. */
const write = (path: string, text: string): void => {
  const draft = `${path}.new`
  writeFileSync(draft, text, { mode: 0o600, flush: true })
  renameSync(draft, path)
  const folder = openSync(dirname(path), 'r')
  try {
    fsyncSync(folder)
  } finally {
    closeSync(folder)
  }
}
