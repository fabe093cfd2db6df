import type { EventName } from '#core/log/event.ts'
import { codeOf } from '#core/statement/statement.ts'
import type { Receipts } from '#core/warrant/receipts.ts'
import { placeOf, type Stated, type Told } from './log-story.ts'
import { line } from './terminal/clean.ts'

/** An order whose end the log does not tell: its runner has lost the receipt, or somebody kept it back. */
export type WithoutEnd = {
  readonly index: number
  /** The number of its log, where that is not the first. */
  readonly log?: number
  readonly code: string
  readonly runner: string
  readonly exp: number
}

/** Events after which no receipt is waited for. */
const ends: readonly EventName[] = ['cancelled', 'expired', 'failed', 'interrupted', 'refused']

/** Finds warrants that have no end, reading the logs from the first leaf to the last. */
export class OrdersWithoutEnd {
  readonly #open = new Map<string, WithoutEnd & { readonly request: string }>()

  read(told: Told): void {
    switch (told.kind) {
      case 'warrant':
        this.#began(told, told.stated)
        return
      case 'receipts':
        this.#ended(told.value)
        return
      case 'recovered':
        if (told.stated) this.#began(told, told.stated)
        if (told.receipts) this.#ended(told.receipts)
        return
      case 'event':
        if (told.value.request === undefined || !ends.includes(told.value.what)) return
        for (const [digest, { request }] of this.#open) if (request === told.value.request) this.#open.delete(digest)
        return
      case 'log-begins':
    }
  }

  #began({ index, log }: Told, { statement, digest }: Stated): void {
    const { id: request, runner, exp } = statement
    this.#open.set(digest, { index, ...(log !== undefined && { log }), code: codeOf(digest), runner, exp, request })
  }

  #ended({ receipts }: Receipts): void {
    for (const { statement } of receipts) this.#open.delete(statement)
  }

  /** Those whose life is over. @param now seconds since 1970 */
  overdue(now: number): readonly WithoutEnd[] {
    return [...this.#open.values()].filter(({ exp }) => exp < now).map(({ request: _, ...one }) => one)
  }
}

/** A sentence for each, to print. */
export const sentenceOfOrder = ({ code, runner, exp, ...leaf }: WithoutEnd): string =>
  line`${placeOf(leaf)}: order ${code} to ${runner} has no receipt, and expired at ${new Date(exp * 1000).toISOString()}: look at what it was about, and ask the runner for its receipts.`
