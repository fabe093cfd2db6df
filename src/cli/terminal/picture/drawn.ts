/**
 * What our own code drew for a terminal: the one thing that is sent there as it is. It is made of numbers and of pixels that
 * were decoded here. INVARIANT: no text of anybody else ever becomes a part of it; nothing that travels can be one.
 */
export class Drawn {
  readonly #sequence: string

  constructor(sequence: string) {
    this.#sequence = sequence
  }

  get sequence(): string {
    return this.#sequence
  }
}
