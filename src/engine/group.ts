import { FoobotError } from '#core/errors.ts'
import type { Change, RecordStore, Seal, Stored } from './store.ts'

/** At most so many warrants share one durable write and one signature. */
const most = 64

/** Makes the signed note of a tree's end. */
export type Notary = (size: number, root: Uint8Array) => string

type Waiting = {
  readonly changes: readonly Change[]
  readonly resolve: (stored: readonly Stored[]) => void
  readonly reject: (error: unknown) => void
}

/**
 * Groups changes: all that come in one turn of the event loop become one transaction, one durable write and one
 * checkpoint. A group closes at the end of the turn in which its first change came, or at 64.
 */
export class Group {
  readonly #store: RecordStore
  readonly #notary: Notary
  #waiting: Waiting[] = []
  #writing: Promise<void> = Promise.resolve()
  #scheduled = false
  #seal: Seal | undefined
  #failing: string | undefined

  /** @param seal the last one in the store */
  constructor(store: RecordStore, notary: Notary, seal: Seal | undefined) {
    this.#store = store
    this.#notary = notary
    this.#seal = seal
  }

  /** The end of the log as it is durable. */
  get seal(): Seal | undefined {
    return this.#seal
  }

  /** Why the last write failed; undefined where it did not. */
  get failing(): string | undefined {
    return this.#failing
  }

  /**
   * Records changes that belong together: they are never parted. Resolves once they are durable, or lost their compare.
   * Rejects where nothing was stored.
   */
  record(...changes: readonly Change[]): Promise<readonly Stored[]> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ changes, resolve, reject })
      if (this.#waiting.length >= most) this.#close()
      else this.#schedule()
    })
  }

  /** Proves that the store can be written, by writing. Its failure stands in `failing`, until a write succeeds. */
  prove(): Promise<void> {
    this.#writing = this.#writing.then(async () => {
      try {
        await this.#store.prove()
        this.#failing = undefined
      } catch (error) {
        this.#failing = reasonOf(error)
      }
    })
    return this.#writing
  }

  /** Resolves when all that was handed in is written. */
  async drain(): Promise<void> {
    this.#close()
    await this.#writing
  }

  #schedule(): void {
    if (this.#scheduled) return
    this.#scheduled = true
    setImmediate(() => {
      this.#scheduled = false
      this.#close()
    })
  }

  #close(): void {
    const group = this.#waiting
    if (group.length === 0) return
    this.#waiting = []
    this.#writing = this.#writing.then(() => this.#write(group))
  }

  async #write(group: readonly Waiting[]): Promise<void> {
    let sealed = this.#seal
    const note = (size: number, root: Uint8Array): string => {
      const text = this.#notary(size, root)
      sealed = { size, root, note: text }
      return text
    }
    try {
      const stored = await this.#store.commit(
        group.flatMap(({ changes }) => changes),
        note,
      )
      this.#seal = sealed
      this.#failing = undefined
      let next = 0
      for (const { changes, resolve } of group) {
        resolve(stored.slice(next, next + changes.length))
        next += changes.length
      }
    } catch (error) {
      this.#failing = reasonOf(error)
      for (const { reject } of group) reject(error)
    }
  }
}

const reasonOf = (error: unknown): string => {
  if (error instanceof FoobotError) return error.say
  return error instanceof Error ? error.message : String(error)
}
