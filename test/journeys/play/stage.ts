import { DigitsQuestion, drawDigits } from '#cli/digits.ts'
import { wrapped } from '#cli/terminal/blocks.ts'
import { bodyLines } from '#cli/terminal/message.ts'
import { type Line, type Paint, type Span, styleOf } from '#cli/terminal/paint.ts'
import type { Pictures } from '#cli/terminal/picture/pictures.ts'
import { sheetLines } from '#cli/terminal/sheet.ts'
import type { Asked } from '#client/asked.ts'
import type { PhoneSheet } from '#client/phone.ts'
import type { ChatMessage } from '#wire/native.ts'
import type { Audience } from './audience.ts'
import type { ClientKind } from './script.ts'

/** Where it is shown: a terminal, a file, a recording. */
export type Output = { write(text: string): unknown; readonly isTTY?: boolean; readonly columns?: number }

export type StageOptions = {
  readonly output: Output
  readonly paint: Paint
  readonly pictures: Pick<Pictures, 'lines'>
  /** Waits as people do who type, think and read. */
  readonly pause: (milliseconds: number) => Promise<void>
}

/** Milliseconds: a letter typed, before somebody speaks, to read a statement, to see what happened. */
const pace = { letter: 28, thought: 900, reading: 3_500, look: 1_200 }
const mostWidth = 110
/** What names are given the room of, so that everything said begins in one column. */
const nameWidth = 16

/** Shows a conversation in a terminal as it happens. */
export class Stage implements Audience {
  readonly #output: Output
  readonly #paint: Paint
  readonly #pictures: Pick<Pictures, 'lines'>
  readonly #pause: StageOptions['pause']
  readonly #canMove: boolean
  /** What stands at the end and will be replaced. */
  #moving = false
  #room = ''

  constructor({ output, paint, pictures, pause }: StageOptions) {
    this.#output = output
    this.#paint = paint
    this.#pictures = pictures
    this.#pause = pause
    this.#canMove = output.isTTY === true
  }

  async titled(title: string): Promise<void> {
    await this.#pause(pace.look)
    this.#room = ''
    this.#line([])
    this.#line([])
    this.#line([{ text: title, style: 'bold' }])
  }

  async entered(room: string): Promise<void> {
    if (room === this.#room) return
    this.#room = room
    const rule = '─'.repeat(Math.max(3, this.#width - room.length - 5))
    this.#line([{ text: `── ${room} ${rule}`, style: 'dim' }])
  }

  async types(person: string, client: ClientKind, text: string): Promise<void> {
    await this.#pause(pace.thought)
    this.#clear()
    this.#output.write(this.#paint(speaker(person, styleOf(person))))
    for (const letter of text) {
      this.#output.write(letter)
      await this.#pause(pace.letter)
    }
    const how: Span = { text: client === 'signing' ? '  (a client that signs)' : '', style: 'dim' }
    this.#output.write(`${this.#paint([how])}\n`)
  }

  heard(chat: ChatMessage, progress?: string): void {
    if (chat.from !== 'foobot') return
    if (progress !== undefined) {
      this.#move(bodyLines(chat, this.#width - nameWidth))
      return
    }
    const [first, ...more] = bodyLines(chat, this.#width - nameWidth, this.#pictures)
    // An answer that is its footer alone says nothing here.
    if (!first) return
    this.#line([...speaker('Foobot', 'bold'), ...first])
    for (const line of more) this.#line([{ text: ' '.repeat(nameWidth) }, ...line])
  }

  async reads(person: string, asked: Asked): Promise<void> {
    this.#aside([{ text: `${person} reads, on a terminal of their own:`, style: 'dim' }])
    const place = { columns: this.#width - nameWidth - 2, rows: Number.POSITIVE_INFINITY }
    for (const line of sheetLines(asked, Date.now(), place)) this.#aside(line)
    await this.#pause(pace.reading)
    const digits = drawDigits()
    const { prompt } = new DigitsQuestion('sign it', () => digits)
    this.#aside([{ text: prompt }, { text: digits, style: 'bold' }])
  }

  async holds(person: string, { lines, life, code }: PhoneSheet): Promise<void> {
    this.#aside([{ text: `${person}’s phone rings, and shows:`, style: 'dim' }])
    for (const { name, value } of lines) {
      for (const part of wrapped(`${name}: ${value}`, this.#width - nameWidth - 2)) this.#aside(part)
    }
    this.#aside([{ text: `${life} Code ${code}.`, style: 'dim' }])
    await this.#pause(pace.reading)
  }

  async enters(person: string, typed: string): Promise<void> {
    this.#aside([
      { text: `${person} types what stands in the room: `, style: 'dim' },
      { text: typed, style: 'bold' },
    ])
    await this.#pause(pace.look)
  }

  told(person: string, say: string): void {
    for (const line of wrapped(`${person}: ${say}`, this.#width - nameWidth - 2)) {
      this.#aside(line.map(({ text }) => ({ text, style: 'dim' })))
    }
  }

  async runs(args: readonly string[]): Promise<void> {
    await this.#pause(pace.thought)
    this.#line([{ text: `$ foobot ${args.map(quoted).join(' ')}`, style: 'cyan' }])
  }

  printed(line: string): void {
    for (const part of wrapped(line, this.#width - 2)) {
      this.#line([{ text: `  ${part.map(({ text }) => text).join('')}`, style: 'dim' }])
    }
  }

  async did(what: string): Promise<void> {
    await this.#pause(pace.thought)
    for (const line of wrapped(what, this.#width)) this.#line(line.map(({ text }) => ({ text, style: 'yellow' })))
  }

  /** A line of its own, outside any room. */
  note(text: string, style: Span['style'] = 'dim'): void {
    for (const line of wrapped(text, this.#width))
      this.#line(line.map((span) => ({ ...span, ...(style && { style }) })))
  }

  #aside(line: Line): void {
    this.#line([{ text: `${' '.repeat(nameWidth)}│ `, style: 'dim' }, ...line])
  }

  #line(line: Line): void {
    this.#clear()
    this.#output.write(`${this.#paint(line)}\n`)
  }

  /** Where a terminal can: in place of what moved there before. */
  #move([line = []]: readonly Line[]): void {
    if (!this.#canMove) return
    this.#clear()
    this.#output.write(this.#paint([{ text: ' '.repeat(nameWidth) }, ...line]))
    this.#moving = true
  }

  #clear(): void {
    if (this.#moving) this.#output.write('\r\u001b[K')
    this.#moving = false
  }

  get #width(): number {
    return Math.min(mostWidth, this.#output.columns ?? mostWidth)
  }
}

const speaker = (name: string, style: NonNullable<Span['style']>): Line => [
  { text: name, style },
  { text: ' '.repeat(Math.max(1, nameWidth - name.length)) },
]

const quoted = (word: string): string => (/^[\w./:@=-]+$/.test(word) ? word : `'${word}'`)
