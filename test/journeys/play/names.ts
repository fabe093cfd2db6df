const name = /<([a-z][a-z0-9-]*)>/g

/**
 * What data decides, by the names that a conversation gives it: the first line that holds `<code>` says what it is, and
 * from then on it is that.
 */
export class Names {
  readonly #values = new Map<string, string>()

  /** Whether a heard line is the one that was expected; then its names are known. */
  match(expected: string, heard: string): boolean {
    const fresh: string[] = []
    const pattern = expected
      .split(name)
      .map((part, index) => (index % 2 === 0 ? escaped(part) : this.#pattern(part, fresh)))
      .join('')
    const found = new RegExp(`^${pattern}$`).exec(heard)
    if (!found) return false
    for (const [index, one] of fresh.entries()) this.#values.set(one, found[index + 1] ?? '')
    return true
  }

  /** Gives a name its value, whatever it was before. */
  set(one: string, value: string): void {
    this.#values.set(one, value)
  }

  /** A line with its names filled in; a name that nothing has given a value stays as it is. */
  fill(text: string): string {
    return text.replace(name, (written, one: string) => this.#values.get(one) ?? written)
  }

  /** @throws Error where a name has no value yet */
  filled(text: string): string {
    const full = this.fill(text)
    const [unknown] = full.match(name) ?? []
    if (unknown !== undefined) throw new Error(`nothing that was heard says what ${unknown} is: "${text}"`)
    return full
  }

  #pattern(one: string, fresh: string[]): string {
    const known = this.#values.get(one)
    if (known !== undefined) return escaped(known)
    const before = fresh.indexOf(one)
    if (before >= 0) return `\\${before + 1}`
    fresh.push(one)
    return '(.+?)'
  }
}

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
