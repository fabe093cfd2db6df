const introducer = 0x1b
const bracket = 0x5b
/** Code units of a sequence that colours, at most: what is longer is text. */
const longest = 24

/**
 * Tells the control sequences of a terminal from text: programs put colours between the digits that they write, and inside
 * what they have found. Takes one UTF-16 code unit after the other.
 */
export class Sequences {
  /** Code units of the sequence that is open; none where none is. */
  #length = 0

  /** Whether the unit belongs to a sequence. */
  take(unit: number): boolean {
    if (unit === introducer) {
      this.#length = 1
      return true
    }
    if (this.#length === 0) return false
    const goesOn = this.#length === 1 ? unit === bracket : unit >= 0x20 && unit <= 0x3f && this.#length < longest
    const ends = this.#length > 1 && unit >= 0x40 && unit <= 0x7e
    this.#length = goesOn ? this.#length + 1 : 0
    return goesOn || ends
  }
}
