/** What waits for its turn. */
export type Queued = { readonly source: string; readonly bytes: number }

/** A queue in which each source has its turn: whoever puts in much waits for their own, and nobody else does. */
export class FairQueue<T extends Queued> {
  /** In the order of their turns. */
  readonly #bySource = new Map<string, T[]>()
  #count = 0
  #bytes = 0

  get count(): number {
    return this.#count
  }

  get bytes(): number {
    return this.#bytes
  }

  /** Those of one source, in order. */
  of(source: string): readonly T[] {
    return this.#bySource.get(source) ?? []
  }

  push(item: T): void {
    const mine = this.#bySource.get(item.source)
    if (mine) mine.push(item)
    else this.#bySource.set(item.source, [item])
    this.#count += 1
    this.#bytes += item.bytes
  }

  /** Takes the first one whose source's turn it is and that may go. */
  next(may: (item: T) => boolean): T | undefined {
    for (const [source, [first]] of this.#bySource) if (first && may(first)) return this.#take(source, first)
    return undefined
  }

  /** Takes the last one of the source that has most, where that has more than one. */
  ofLargest(): T | undefined {
    let largest: readonly T[] = []
    for (const items of this.#bySource.values()) if (items.length > largest.length) largest = items
    const last = largest.at(-1)
    return last && largest.length > 1 ? this.#take(last.source, last) : undefined
  }

  #take(source: string, item: T): T {
    const left = this.of(source).filter((other) => other !== item)
    this.#bySource.delete(source)
    if (left.length > 0) this.#bySource.set(source, left)
    this.#count -= 1
    this.#bytes -= item.bytes
    return item
  }
}
