import type { Bound } from './bound.ts'

/** A place that somebody holds. */
export type Place = {
  readonly source: string
  /** Gives it back; once is enough. */
  free(): void
}

type Held = Place & { readonly end: () => void }

/**
 * Places that strangers share, by source and in all. A newcomer is never turned away: where a source holds as many as it may,
 * its oldest gives way; where all are taken, the oldest of the source that holds most. So a flood ends its own connections and
 * keeps nobody out.
 */
export class Places {
  readonly #bySource = new Map<string, Set<Held>>()
  readonly #each: Bound
  readonly #all: Bound
  #count = 0

  constructor(each: Bound, all: Bound) {
    this.#each = each
    this.#all = all
  }

  get count(): number {
    return this.#count
  }

  /** @param end called where this place must give way to another */
  take(source: string, end: () => void): Place {
    const mine = this.#bySource.get(source) ?? new Set()
    if (mine.size >= this.#each.most) giveWay(mine, this.#each)
    else if (this.#count >= this.#all.most) giveWay(this.#largest(), this.#all)
    const held: Held = { source, end, free: () => this.#free(held) }
    mine.add(held)
    this.#bySource.set(source, mine)
    this.#count++
    return held
  }

  #free(held: Held): void {
    const mine = this.#bySource.get(held.source)
    if (!mine?.delete(held)) return
    this.#count--
    if (mine.size === 0) this.#bySource.delete(held.source)
  }

  /** Looked for only where all places are taken, among as many sources as there are places at most. */
  #largest(): ReadonlySet<Held> {
    let largest: ReadonlySet<Held> = new Set()
    for (const held of this.#bySource.values()) if (held.size > largest.size) largest = held
    return largest
  }
}

const giveWay = (held: ReadonlySet<Held>, bound: Bound): void => {
  const [oldest] = held
  if (!oldest) return
  bound.reached()
  oldest.free()
  oldest.end()
}
