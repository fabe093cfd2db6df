/** What may wait: so many things, of so many characters together. */
const most = { things: 500, characters: 256 * 1024 }

type Waiting = { readonly characters: number; readonly show: () => void }

/** What is to be shown, in its order: at once, or later while a question stands. */
export class Held {
  #waiting: Waiting[] | undefined
  #characters = 0
  #leftOut = 0

  /** From now on what comes waits. */
  hold(): void {
    this.#waiting ??= []
  }

  /** @param characters how long it is */
  show(characters: number, show: () => void): void {
    if (!this.#waiting) {
      show()
      return
    }
    if (this.#waiting.length >= most.things || this.#characters + characters > most.characters) {
      this.#leftOut += 1
      return
    }
    this.#waiting.push({ characters, show })
    this.#characters += characters
  }

  /** Shows what waits; gives how many found no room. */
  release(): number {
    const [waiting, leftOut] = [this.#waiting ?? [], this.#leftOut]
    this.#waiting = undefined
    this.#characters = 0
    this.#leftOut = 0
    for (const { show } of waiting) show()
    return leftOut
  }
}

/** What is said of those that found no room; undefined where all did. */
export const leftOutInWords = (leftOut: number): string | undefined =>
  leftOut === 0 ? undefined : `While the question stood more came than fits here: the last ${leftOut} are left out.`
