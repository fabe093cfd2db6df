import type { EventName } from '#core/log/event.ts'
import { codeOf } from '#core/statement/statement.ts'
import type { Told } from './log-story.ts'
import { line } from './terminal/clean.ts'

/** An order whose end the log does not tell: its runner has lost the receipt, or somebody kept it back. */
export type WithoutEnd = {
  readonly index: number
  readonly code: string
  readonly runner: string
  readonly exp: number
}

/** Events after which no receipt is waited for. */
const ends: readonly EventName[] = ['cancelled', 'expired', 'failed', 'interrupted', 'refused']

/** Finds warrants that have no end, reading the log from its first leaf to its last. */
export class OrdersWithoutEnd {
  readonly #open = new Map<string, WithoutEnd & { readonly request: string }>()

  read(told: Told): void {
    switch (told.kind) {
      case 'warrant': {
        const { statement, digest } = told.stated
        const { id: request, runner, exp } = statement
        this.#open.set(digest, { index: told.index, code: codeOf(digest), runner, exp, request })
        return
      }
      case 'receipts':
        for (const { statement } of told.value.receipts) this.#open.delete(statement)
        return
      case 'event':
        if (told.value.request === undefined || !ends.includes(told.value.what)) return
        for (const [digest, { request }] of this.#open) if (request === told.value.request) this.#open.delete(digest)
    }
  }

  /** Those whose life is over. @param now seconds since 1970 */
  overdue(now: number): readonly WithoutEnd[] {
    return [...this.#open.values()]
      .filter(({ exp }) => exp < now)
      .map(({ index, code, runner, exp }) => ({ index, code, runner, exp }))
  }
}

/** A sentence for each, to print. */
export const sentenceOfOrder = ({ index, code, runner, exp }: WithoutEnd): string =>
  line`Leaf ${index}: order ${code} to ${runner} has no receipt, and expired at ${new Date(exp * 1000).toISOString()}: look at what it was about, and ask the runner for its receipts.`
