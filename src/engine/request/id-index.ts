/** Finds the ids of what stands under a key, in the order in which they came. */
export class IdIndex {
  readonly #ids = new Map<string, Set<string>>()

  get(key: string): readonly string[] {
    return [...(this.#ids.get(key) ?? [])]
  }

  first(key: string): string | undefined {
    const [first] = this.#ids.get(key) ?? []
    return first
  }

  has(key: string): boolean {
    return this.#ids.has(key)
  }

  add(key: string, id: string): void {
    const there = this.#ids.get(key)
    if (there) there.add(id)
    else this.#ids.set(key, new Set([id]))
  }

  delete(key: string, id: string): void {
    const there = this.#ids.get(key)
    there?.delete(id)
    if (there?.size === 0) this.#ids.delete(key)
  }
}
