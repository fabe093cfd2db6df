import { errorSentences } from '#core/errors.ts'
import type { AwaitedRunners } from './store.ts'

/**
 * The runners that have to hand in what they know of the log before. Until each has, or an administrator named it as lost,
 * a key that somebody removed after the copy was taken may still count here: so nobody signs in, and no yes is taken.
 */
export class Awaited {
  readonly #store: AwaitedRunners
  readonly #names: Set<string>

  /** @param names those in the store */
  constructor(store: AwaitedRunners, names: readonly string[]) {
    this.#store = store
    this.#names = new Set(names)
  }

  has(runner: string): boolean {
    return this.#names.has(runner)
  }

  get names(): readonly string[] {
    return [...this.#names]
  }

  /** Waits for this one no more; false where it was not awaited. */
  async forget(runner: string): Promise<boolean> {
    const forgotten = await this.#store.forget(runner)
    this.#names.delete(runner)
    return forgotten
  }

  /** What anybody hears who wants to sign in or says yes; undefined where nobody is awaited. No runner is named to strangers. */
  get whyClosed(): string | undefined {
    return this.#names.size === 0 ? undefined : errorSentences['runners-awaited']
  }
}
