/** What a terminal would show of a program that redraws its lines: carriage returns go back to a line's beginning. */
export class Terminal {
  readonly #onRedraw: (line: string, part?: number) => void
  readonly #done: string[] = []
  #line = ''
  #piece = ''

  /** @param onRedraw hears a line each time it is drawn anew, with the percentage in it as a part of 1 */
  constructor(onRedraw: (line: string, part?: number) => void) {
    this.#onRedraw = onRedraw
  }

  write(text: string): void {
    for (const part of text.split(/([\r\n])/)) {
      if (part === '\r') this.#redraw()
      else if (part === '\n') this.#feed()
      else this.#piece += part
    }
  }

  /** The lines as they stand, without trailing spaces; empty ones at the end are left out. */
  lines(): readonly string[] {
    const last = (this.#piece || this.#line).trimEnd()
    return last === '' ? this.#done : [...this.#done, last]
  }

  #redraw(): void {
    if (this.#piece === '') return
    this.#line = this.#piece
    this.#piece = ''
    const line = this.#line.trim()
    const percent = /(\d{1,3})%/.exec(line)?.[1]
    if (percent === undefined) this.#onRedraw(line)
    else this.#onRedraw(line, Math.min(Number(percent), 100) / 100)
  }

  #feed(): void {
    this.#done.push((this.#piece || this.#line).trimEnd())
    this.#line = ''
    this.#piece = ''
  }
}
