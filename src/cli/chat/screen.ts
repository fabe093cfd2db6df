import { createInterface, type Interface } from 'node:readline'
import { clean } from '../terminal/clean.ts'
import { Held, leftOutInWords } from '../terminal/held.ts'
import { Keyboard } from '../terminal/keyboard.ts'
import { hasColour, type Line, type Paint, paintWith } from '../terminal/paint.ts'
import { theirWords } from '../terminal/theirs.ts'

export type ScreenOptions = {
  readonly input: NodeJS.ReadStream
  readonly output: NodeJS.WriteStream
  readonly environment: NodeJS.ProcessEnv
  /** A line was sent; it counts as pasted where it holds what was pasted, or may. */
  readonly typed: (line: string, isPasted: boolean) => void
  /** Whole lines that begin with what is typed so far. */
  readonly complete: (line: string) => Promise<readonly string[]>
  /** No more will be typed. */
  readonly closed: () => void
}

/** Characters that a line takes of what is pasted into it, at most. */
const mostPasted = 64 * 1024
const bell = '\u0007'

/**
 * A terminal with a line being typed at its end: whatever is shown appears above that line, which stays as it is; while a
 * question stands, it waits. Where input or output is no terminal, lines are just printed.
 */
export class Screen {
  readonly #output: NodeJS.WriteStream
  readonly #line: Interface
  readonly #paint: Paint
  readonly #live: boolean
  readonly #keyboard: Keyboard | undefined
  readonly #held = new Held()
  #prompting = false
  /** A question stands, or is about to: it is answered by hand alone. */
  #isAsking = false
  /** Rows of the progress that was shown last; none where something else has been shown since. */
  #moving = 0

  constructor({ input, output, environment, typed, complete, closed }: ScreenOptions) {
    this.#output = output
    this.#live = input.isTTY === true && output.isTTY === true && environment.TERM !== 'dumb'
    this.#paint = paintWith(hasColour(output, environment))
    this.#keyboard = this.#live ? new Keyboard(input, output, (text) => this.#paste(text)) : undefined
    this.#line = createInterface({
      input: this.#keyboard ?? input,
      output,
      terminal: this.#live,
      completer: (line: string, answer: (error: null, result: [string[], string]) => void) => {
        complete(line).then(
          (found) => answer(null, [[...this.#offered(line, found)], line]),
          // Without a line to the server there is nothing to offer; the next key is typed as ever.
          () => answer(null, [[], line]),
        )
      },
    })
    this.#line.on('history', (history: string[]) => {
      // What was pasted, or answered, would come back as if it were typed.
      if (this.#isAsking || this.#keyboard?.isPasted) history.shift()
    })
    this.#line.on('line', (text) => {
      this.#moving = 0
      // Where no keys are seen, a paste cannot be told from what is typed.
      typed(text, this.#keyboard ? this.#keyboard.lineEnded() : input.isTTY === true)
      this.#refresh()
    })
    this.#line.on('SIGINT', () => this.#interrupted())
    this.#line.on('close', () => {
      if (this.#live) this.#output.write('\r\u001b[J')
      this.#prompting = false
      this.#keyboard?.release()
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
    return this.#output.isTTY ? (this.#output.columns ?? 80) : Number.POSITIVE_INFINITY
  }

  prompt(text: string): void {
    this.#prompting = true
    this.#line.setPrompt(this.#live ? text : '')
    this.#refresh()
  }

  get rows(): number {
    return this.#output.isTTY ? (this.#output.rows ?? 24) : Number.POSITIVE_INFINITY
  }

  /** Shows lines that stay, in the place of progress that is the last thing shown: what it says is over by then. */
  show(lines: readonly Line[]): void {
    this.#held.show(lengthOf(lines), () => this.#showNow(lines))
  }

  /** Shows progress until something else is shown. */
  progress(lines: readonly Line[]): void {
    if (!this.#live) return
    this.#held.show(lengthOf(lines), () => {
      this.#above(this.#moving, lines)
      this.#moving = lines.length
    })
  }

  /** From now on only what is asked is shown, and all else waits; resolves when what was typed before is dropped. */
  async ask(lines: readonly Line[]): Promise<void> {
    this.#isAsking = true
    this.#held.hold()
    this.prompt('')
    this.#showNow(lines)
    await this.#keyboard?.dropUnread()
  }

  /** Shows what became of what was asked, then what waited. */
  answered(lines: readonly Line[]): void {
    this.#isAsking = false
    this.#showNow(lines)
    const leftOut = leftOutInWords(this.#held.release())
    if (leftOut !== undefined) this.#showNow([[{ text: leftOut, style: 'yellow' }]])
  }

  close(): void {
    this.#line.close()
  }

  #showNow(lines: readonly Line[]): void {
    this.#above(this.#moving, lines)
    this.#moving = 0
  }

  /** What readline completes a line to: it would show several as if they were ours. */
  #offered(line: string, found: readonly string[]): readonly string[] {
    if (this.#isAsking) return []
    const clear = found.filter((one) => clean(one) === one && !one.includes('\n'))
    const begun = commonStart(clear)
    if (clear.length === 1 || begun.length > line.length) return [begun]
    if (clear.length > 1) this.show(theirWords(clear.join('   '), this.width, 'dim'))
    return []
  }

  /** Into the line, where it waits to be sent; no question is answered by it. */
  #paste(text: string): void {
    if (this.#isAsking) this.#output.write(bell)
    else if (this.#line.line.length + text.length <= mostPasted) this.#line.write(text)
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
    this.#keyboard?.lineEnded()
  }
}

/** What all of them begin with. */
const commonStart = ([first = '', ...others]: readonly string[]): string => {
  const characters = Array.from(first)
  const length = characters.findIndex((_, at) => {
    const start = characters.slice(0, at + 1).join('')
    return others.some((other) => !other.startsWith(start))
  })
  return length < 0 ? first : characters.slice(0, length).join('')
}

const lengthOf = (lines: readonly Line[]): number =>
  lines.reduce(
    (sum, line) => sum + line.reduce((all, { text, drawn }) => all + text.length + (drawn?.sequence.length ?? 0), 1),
    0,
  )
