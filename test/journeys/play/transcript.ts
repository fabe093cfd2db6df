import { bodyLines } from '#cli/terminal/message.ts'
import type { ChatMessage } from '#wire/native.ts'

/** A line of a room as it was heard. */
export type HeardLine =
  | { readonly type: 'said'; readonly person: string; readonly text: string }
  | {
      readonly type: 'foobot'
      readonly text: string
      /** Counts Foobot's messages: the lines of one have the same. */
      readonly message: number
      /** A system told it by itself: it answers nobody. */
      readonly isEvent: boolean
    }

/** Columns that break no line. */
const wide = 100_000

/** What a message reads like, a line each; how far things stand apart counts for nothing. */
export const linesOf = (chat: Pick<ChatMessage, 'text' | 'blocks'>): readonly string[] =>
  bodyLines(chat, wide)
    .map((line) =>
      line
        .map(({ text }) => text)
        .join('')
        .replace(/ +/g, ' ')
        .trim(),
    )
    .filter((text) => text !== '')

/** All that was heard in a room, in its order. */
export class Transcript {
  readonly #lines: HeardLine[] = []
  /** How often each message was heard: after a broken line a room's history comes again. */
  readonly #known = new Map<string, number>()
  #messages = 0
  #cursor = 0
  #wake: () => void = () => undefined

  /** What was said before anybody of this conversation came. */
  before(history: readonly ChatMessage[]): void {
    for (const chat of history) this.#know(chat)
  }

  add(chat: ChatMessage): void {
    this.#know(chat)
    if (chat.from === 'foobot') {
      this.#messages += 1
      // An event belongs to no request, and Foobot adds no word of its own.
      const isEvent = chat.text === '' && chat.footer === undefined
      const message = this.#messages
      for (const text of linesOf(chat)) this.#lines.push({ type: 'foobot', text, message, isEvent })
    } else {
      this.#lines.push({ type: 'said', person: chat.from, text: chat.text })
    }
    this.#wake()
  }

  /** Adds what of a history was not heard yet; gives that. */
  catchUp(history: readonly ChatMessage[]): readonly ChatMessage[] {
    const times = new Map<string, number>()
    return history.filter((chat) => {
      const key = JSON.stringify(chat)
      const time = (times.get(key) ?? 0) + 1
      times.set(key, time)
      if (time <= (this.#known.get(key) ?? 0)) return false
      this.add(chat)
      return true
    })
  }

  #know(chat: ChatMessage): void {
    const key = JSON.stringify(chat)
    this.#known.set(key, (this.#known.get(key) ?? 0) + 1)
  }

  /** The first line that nobody took yet. */
  get next(): HeardLine | undefined {
    return this.#lines[this.#cursor]
  }

  take(): void {
    this.#cursor += 1
  }

  get taken(): readonly HeardLine[] {
    return this.#lines.slice(0, this.#cursor)
  }

  get untaken(): readonly HeardLine[] {
    return this.#lines.slice(this.#cursor)
  }

  /** Resolves when another line is heard, or the time is over. */
  another(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, milliseconds)
      this.#wake = () => {
        clearTimeout(timer)
        resolve()
      }
    })
  }
}
