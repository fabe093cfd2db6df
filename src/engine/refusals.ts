import { bound } from '#bounds/bound.ts'
import { cut } from '#core/text/cut.ts'

const kept = bound('last-refusals', {
  most: 10_000,
  unit: 'people',
  of: 'people whose last refusal is kept for "why"',
  say: 'The oldest is forgotten: "why" says that nothing was refused.',
})
/** Code units of one. */
const longest = 1000

/** The last refusal that each person was given, for `why`: in memory only. */
export class Refusals {
  readonly #last = new Map<string, string>()

  get(person: string): string | undefined {
    return this.#last.get(person)
  }

  set(person: string, why: string): void {
    this.#last.delete(person)
    const [oldest] = this.#last.keys()
    if (this.#last.size >= kept.most && oldest !== undefined) {
      kept.reached()
      this.#last.delete(oldest)
    }
    this.#last.set(person, cut(why, longest))
  }
}
