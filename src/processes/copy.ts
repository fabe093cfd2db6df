import { createHash } from 'node:crypto'
import { createReadStream, existsSync } from 'node:fs'
import { readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import type { BackupHead } from '#wire/control.ts'

/** A copy of the database, and what it must be when it arrives. */
export type Copy = {
  readonly head: BackupHead
  readonly file: string
  /** Takes it away. */
  done(): Promise<void>
}

/**
 * Makes copies in the data folder, where the server may write, for whoever takes them to where the operator wants them:
 * one at a time, and none outlives its use.
 */
export class Copies {
  readonly #file: string
  readonly #backup: (to: string) => Promise<void>
  #isBusy = false

  /** @param backup writes the database to one file, and its checkpoint beside it */
  constructor(data: string, backup: (to: string) => Promise<void>) {
    this.#file = join(data, 'server', 'copy.db')
    this.#backup = backup
  }

  async make(): Promise<Copy> {
    if (this.#isBusy) throw new Error('A backup is being made already: wait until it is done, and try again.')
    this.#isBusy = true
    const done = async (): Promise<void> => {
      await this.clear()
      this.#isBusy = false
    }
    try {
      // One that a killed server has left.
      await this.clear()
      await this.#backup(this.#file)
      return { head: await headOf(this.#file), file: this.#file, done }
    } catch (error) {
      await done()
      throw error
    }
  }

  async clear(): Promise<void> {
    for (const end of ['', '.new', '.new-journal', '.checkpoint']) await rm(`${this.#file}${end}`, { force: true })
  }
}

const headOf = async (file: string): Promise<BackupHead> => {
  const hash = createHash('sha256')
  await pipeline(createReadStream(file), hash)
  const { size } = await stat(file)
  const note = `${file}.checkpoint`
  return {
    size,
    sha256: hash.digest('hex'),
    ...(existsSync(note) && { checkpoint: await readFile(note, 'utf8') }),
  }
}
