import type { Clock } from '#core/clock.ts'
import type { Asked } from './asked.ts'
import type { Circumstances, TypedLine } from './unasked.ts'

/** Lines that are remembered: far more than anybody types in the time that counts. */
const most = 256

/** Who uses this client. */
export type Self = { readonly person: string; readonly deployment: string }

/** The lines that were typed into this client to be signed, and how many statements came for each. */
export class TypedLines {
  readonly #self: Self
  readonly #clock: Clock
  readonly #lines = new Map<string, { readonly line: TypedLine; statements: number }>()

  constructor(self: Self, clock: Clock) {
    this.#self = self
    this.#clock = clock
  }

  /**
   * Notes a line that is said with `signs`.
   * @param isPasted it holds what was pasted, or may
   */
  add(id: string, room: string, text: string, isPasted = false): void {
    this.#lines.set(id, { line: { id, room, text, isPasted, at: this.#clock() }, statements: 0 })
    const [oldest] = this.#lines.keys()
    if (this.#lines.size > most && oldest !== undefined) this.#lines.delete(oldest)
  }

  /**
   * What is known as a statement comes, which counts as one for its line, whatever becomes of it; undefined where it
   * follows no line that was typed here.
   */
  meet({ message }: Asked): Circumstances | undefined {
    const known = message === undefined ? undefined : this.#lines.get(message)
    if (!known) return undefined
    const before = known.statements
    known.statements += 1
    return { ...this.#self, line: known.line, before, now: this.#clock() }
  }
}
