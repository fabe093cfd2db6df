import { createInterface, type Interface } from 'node:readline'
import { hasColour, type Line, type Paint, paintWith } from '../terminal/paint.ts'

export type ScreenOptions = {
  readonly input: NodeJS.ReadStream
  readonly output: NodeJS.WriteStream
  readonly environment: NodeJS.ProcessEnv
  /** A line was typed. */
  readonly typed: (line: string) => void
  /** Whole lines that begin with what is typed so far. */
  readonly complete: (line: string) => Promise<readonly string[]>
  /** No more will be typed. */
  readonly closed: () => void
}

/**
 * A terminal with a line being typed at its end: whatever is shown appears above that line, which stays as it is. Where
 * input or output is no terminal, lines are just printed.
 */
export class Screen {
  readonly #output: NodeJS.WriteStream
  readonly #line: Interface
  readonly #paint: Paint
  readonly #live: boolean
  #prompting = false
  /** Rows of the progress that was shown last; none where something else has been shown since. */
  #moving = 0

  constructor({ input, output, environment, typed, complete, closed }: ScreenOptions) {
    this.#output = output
    this.#live = input.isTTY === true && output.isTTY === true && environment.TERM !== 'dumb'
    this.#paint = paintWith(hasColour(output, environment))
    this.#line = createInterface({
      input,
      output,
      terminal: this.#live,
      completer: (line: string, answer: (error: null, result: [string[], string]) => void) => {
        complete(line).then(
          (found) => answer(null, [[...found], line]),
          // Without a line to the server there is nothing to offer; the next key is typed as ever.
          () => answer(null, [[], line]),
        )
      },
    })
    this.#line.on('line', (text) => {
      this.#moving = 0
      typed(text)
      this.#refresh()
    })
    this.#line.on('SIGINT', () => this.#interrupted())
    this.#line.on('close', () => {
      if (this.#live) this.#output.write('\r\u001b[J')
      this.#prompting = false
      closed()
    })
  }

  /** Whether what is typed stays to be seen. */
  get echoes(): boolean {
    return this.#live
  }

  /** A line is begun. */
  get typing(): boolean {
    return this.#line.line !== ''
  }

  get width(): number {
    return this.#output.isTTY ? Math.max(20, this.#output.columns ?? 80) : Number.POSITIVE_INFINITY
  }

  prompt(text: string): void {
    this.#prompting = true
    this.#line.setPrompt(this.#live ? text : '')
    this.#refresh()
  }

  /** Shows lines that stay, in the place of progress that is the last thing shown: what it says is over by then. */
  show(lines: readonly Line[]): void {
    this.#above(this.#moving, lines)
    this.#moving = 0
  }

  /** Shows progress until something else is shown. */
  progress(lines: readonly Line[]): void {
    if (!this.#live) return
    this.#above(this.#moving, lines)
    this.#moving = lines.length
  }

  close(): void {
    this.#line.close()
  }

  /** @param over rows above the line being typed that the new ones replace */
  #above(over: number, lines: readonly Line[]): void {
    const text = lines.map((line) => `${this.#paint(line)}\n`).join('')
    if (!this.#live || !this.#prompting) {
      this.#output.write(text)
      return
    }
    const { rows } = this.#line.getCursorPos()
    const up = rows + over
    // readline goes up as many rows as it remembers before it draws its line anew: they are made here. After a paste
    // that is not the row of the cursor.
    const { prevRows = rows }: { prevRows?: number } = this.#line as Interface & { prevRows?: number }
    this.#output.write(`\r${up > 0 ? `\u001b[${up}A` : ''}\u001b[J${text}${'\n'.repeat(prevRows)}`)
    this.#line.prompt(true)
  }

  #refresh(): void {
    if (this.#live && this.#prompting) this.#line.prompt(true)
  }

  /** Ctrl-C empties the line; on an empty one it leaves. */
  #interrupted(): void {
    if (this.#line.line === '') {
      this.#line.close()
      return
    }
    this.#line.write(null, { ctrl: true, name: 'e' })
    this.#line.write(null, { ctrl: true, name: 'u' })
  }
}
