/** What is looked for: its digits, and how many plain gaps may stand between them. */
export type Pattern = { readonly digits: readonly number[]; readonly gaps: number }

/** A pattern that has just ended. */
export type Hit = { readonly length: number; readonly gaps: number }

/**
 * Finds many patterns in one pass: the automaton of Aho and Corasick. Its steps grow with the text alone, however many
 * patterns there are and however they overlap.
 * @see https://doi.org/10.1145/360825.360855
 */
export class Automaton {
  /** Nodes by parent and digit. */
  readonly #next = new Map<number, number>()
  readonly #depth: number[] = [0]
  /** The node of the longest beginning of any pattern that is an end of this node's text. */
  readonly #shorter: number[] = [0]
  readonly #ends: (readonly Hit[])[] = [[]]
  /** The most plain gaps that any pattern has. */
  readonly gaps: number

  constructor(patterns: readonly Pattern[]) {
    const nodes = patterns.map(({ digits, gaps }) => this.#add(digits, { length: digits.length, gaps }))
    this.gaps = Math.max(0, ...patterns.map(({ gaps }) => gaps))
    if (nodes.length > 0) this.#link()
  }

  get isEmpty(): boolean {
    return this.#next.size === 0
  }

  step(node: number, digit: number): number {
    for (let from = node; ; from = this.#shorter[from] ?? 0) {
      const to = this.next(from, digit)
      if (to !== undefined) return to
      if (from === 0) return 0
    }
  }

  /** The node behind one edge. */
  next(node: number, digit: number): number | undefined {
    return this.#next.get(keyOf(node, digit))
  }

  /** How many digits of a pattern have been read. */
  depth(node: number): number {
    return this.#depth[node] ?? 0
  }

  /** The patterns that end here, the longest first. */
  hits(node: number): readonly Hit[] {
    return this.#ends[node] ?? []
  }

  #add(digits: readonly number[], hit: Hit): number {
    let node = 0
    for (const digit of digits) {
      let to = this.next(node, digit)
      if (to === undefined) {
        to = this.#depth.length
        this.#next.set(keyOf(node, digit), to)
        this.#depth.push(this.depth(node) + 1)
        this.#shorter.push(0)
        this.#ends.push([])
      }
      node = to
    }
    this.#ends[node] = [...this.hits(node), hit]
    return node
  }

  /** Level by level, since each node needs what its parent's level knows. */
  #link(): void {
    const edges = [...this.#next].sort(([, a], [, b]) => this.depth(a) - this.depth(b))
    for (const [key, node] of edges) {
      const [parent, digit] = [Math.floor(key / units), key % units]
      const shorter = parent === 0 ? 0 : this.step(this.#shorter[parent] ?? 0, digit)
      this.#shorter[node] = shorter
      const more = this.hits(shorter)
      if (more.length > 0) this.#ends[node] = [...this.hits(node), ...more]
    }
  }
}

/** A digit is a UTF-16 code unit. */
const units = 0x10000

const keyOf = (node: number, digit: number): number => node * units + digit
