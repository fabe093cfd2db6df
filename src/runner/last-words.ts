import { bound } from '#bounds/bound.ts'
import type { FromRunner } from '#wire/runner.ts'

const lastWords = bound('runner-last-words', {
  most: 1024,
  unit: 'requests',
  of: 'last words that a runner keeps until the receipt that belongs to them is recorded',
  say: 'The oldest is not said again where the link breaks: its receipt is.',
})

/** What handlers said last, by request: kept with their receipts, and said again with them where the link broke in between. */
export class LastWords {
  readonly #words = new Map<string, FromRunner>()

  keep(request: string, message: FromRunner): void {
    const [oldest] = this.#words.keys()
    if (this.#words.size >= lastWords.most && oldest !== undefined) {
      lastWords.reached()
      this.#words.delete(oldest)
    }
    this.#words.set(request, message)
  }

  /** These requests are over. */
  forget(requests: readonly string[]): void {
    for (const request of requests) this.#words.delete(request)
  }

  all(): Iterable<FromRunner> {
    return this.#words.values()
  }
}
