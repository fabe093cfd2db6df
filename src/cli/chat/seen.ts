import type { ChatMessage } from '#wire/native.ts'

/** Messages that are remembered. */
const most = 1000

/** What a picture shows is said in its words too: its points would be most of what is remembered. */
const withoutData = (name: string, value: unknown): unknown => (name === 'data' ? undefined : value)

/** What was shown already: after the line broke, a room's history comes again. */
export class Seen {
  readonly #keys = new Set<string>()

  /** False where it was shown before. */
  add(message: ChatMessage): boolean {
    const key = JSON.stringify(message, withoutData)
    if (this.#keys.has(key)) return false
    this.#keys.add(key)
    const [oldest] = this.#keys
    if (this.#keys.size > most && oldest !== undefined) this.#keys.delete(oldest)
    return true
  }
}
