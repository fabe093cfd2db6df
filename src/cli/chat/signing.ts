import { type Asked, readAsked, type StatementFrame } from '#client/asked.ts'
import { notAskedFor } from '#client/asked-for.ts'
import type { Connection } from '#client/connection.ts'
import { signStatement } from '#client/sign-statement.ts'
import { type Self, TypedLines } from '#client/typed-lines.ts'
import { reasonsToAsk } from '#client/unasked.ts'
import type { Clock } from '#core/clock.ts'
import type { RequestView } from '#wire/native.ts'
import { DigitsQuestion, wrongNumber } from '../digits.ts'
import { explain } from '../failure.ts'
import type { Line, Style } from '../terminal/paint.ts'
import { type Place, sheetLines } from '../terminal/sheet.ts'

/** Questions that may wait: a server that asks for more is not listened to. */
const mostQuestions = 8

/** What the signing needs of the terminal. */
export interface SigningScreen {
  /** Somebody can be asked: lines come from a keyboard, and what is shown is seen. */
  readonly asks: boolean
  /** A line is begun. */
  readonly typing: boolean
  /** What a sheet is laid out for. */
  readonly place: Place
  /** The client's own words. */
  note(text: string, style?: Style): void
  /** The server's. */
  theirs(text: string, style?: Style): void
  /** From now on only this and what follows it is shown, and all else waits; resolves when nothing is left that was typed before. */
  ask(lines: readonly Line[]): Promise<void>
  /** Takes the place of the prompt. */
  question(prompt: string): void
  /** Shows what became of it, then what waited, and brings the prompt back. */
  answered(lines: readonly Line[]): void
}

export type ChatSigningOptions = {
  readonly on: boolean
  readonly connection: Pick<Connection, 'say' | 'present' | 'signer'>
  readonly self: Self
  readonly screen: SigningScreen
  readonly clock: Clock
  /** Four digits, new each time. */
  readonly draw?: () => string
}

/** Signs what is typed in `foobot chat`, and asks about everything else: one statement after the other. */
export class ChatSigning {
  on: boolean
  readonly #connection: ChatSigningOptions['connection']
  readonly #self: Self
  readonly #screen: SigningScreen
  readonly #clock: Clock
  readonly #typed: TypedLines
  readonly #questions: Asked[] = []
  /** The first question as it stands there; `putting` until it can be answered. */
  #standing: DigitsQuestion | 'putting' | undefined
  readonly #draw: (() => string) | undefined

  constructor({ on, connection, self, screen, clock, draw }: ChatSigningOptions) {
    this.#draw = draw
    this.on = on
    this.#connection = connection
    this.#self = self
    this.#screen = screen
    this.#clock = clock
    this.#typed = new TypedLines(self, clock)
  }

  /** @param isPasted it holds what was pasted, or may */
  say(room: string, text: string, isPasted: boolean): string {
    const id = this.#connection.say(room, text, this.on)
    if (this.on) this.#typed.add(id, room, text, isPasted)
    return id
  }

  /** Says what to do where a signature is owed that this client could give, and does not. */
  standing({ state, owes, code }: RequestView): void {
    if (this.on || state !== 'pending') return
    if (!owes.some(({ kind }) => kind === 'signature' || kind === 'second-factor')) return
    const { person } = this.#self
    const elsewhere = code === undefined || !isCode(code) ? '' : `, or: foobot sign ${code} --as ${person}`
    this.#screen.note(
      `Your signature is owed, and signing is off here. /sign on, and say it again${elsewhere}`,
      'yellow',
    )
  }

  heard(frame: StatementFrame): void {
    try {
      const asked = readAsked(frame)
      const known = this.#typed.meet(asked)
      const wrong = known && notAskedFor(known, asked)
      if (wrong !== undefined) {
        this.#screen.note(wrong, 'yellow')
        return
      }
      const why = known ? reasonsToAsk(asked, known).map(({ say }) => say) : ['it follows no line that you typed here']
      if (!this.on) why.push('signing is off')
      if (why.length === 0) void this.#sign(asked)
      else this.#ask(asked, why)
    } catch (error) {
      this.#failed(error)
    }
  }

  /** Takes a line as the answer to the question that stands there; false where none does. */
  answer(line: string): boolean {
    const [asked] = this.#questions
    const question = this.#standing
    if (!asked || question === undefined) return false
    if (question === 'putting') return true
    const verdict = question.take(line)
    if (verdict === 'again') {
      void this.#put([[{ text: wrongNumber, style: 'yellow' }]], question)
      return true
    }
    this.#questions.shift()
    this.#standing = undefined
    this.#screen.answered(verdict === 'no' ? [[{ text: `Not signed: ${asked.code}.`, style: 'yellow' }]] : [])
    if (verdict === 'yes') void this.#sign(asked)
    this.putNext()
    return true
  }

  /** Puts the next question where none stands and no line is begun. */
  putNext(): void {
    const [asked] = this.#questions
    if (!asked || this.#standing !== undefined || this.#screen.typing) return
    void this.#put(sheetLines(asked, this.#clock(), this.#screen.place))
  }

  /** The number is drawn and shown when nothing is left that was typed before. */
  async #put(lines: readonly Line[], stands?: DigitsQuestion): Promise<void> {
    this.#standing = 'putting'
    await this.#screen.ask(lines)
    const question = stands ?? new DigitsQuestion('sign it', this.#draw)
    this.#standing = question
    this.#screen.question(question.prompt)
  }

  #ask(asked: Asked, why: readonly string[]): void {
    const { code, as } = asked
    if (!this.#screen.asks || this.#questions.length >= mostQuestions) {
      const verb = as === 'approver' ? 'approve' : 'sign'
      this.#screen.note(`Not signed: ${code}. Look at it: foobot ${verb} ${code} --as ${this.#self.person}`, 'yellow')
      return
    }
    this.#questions.push(asked)
    if (as === 'requester') this.#screen.note(`Before I sign ${code}, I ask: ${why.join('; ')}.`, 'yellow')
    if (this.#screen.typing) this.#screen.note('Send or empty the line that you have begun, then press Enter.')
    this.putNext()
  }

  async #sign(asked: Asked): Promise<void> {
    try {
      const { person, deployment } = this.#self
      const signing = { signer: this.#connection.signer, person, deployment, now: this.#clock() }
      const { accepted, say } = await this.#connection.present(await signStatement(asked, signing))
      this.#screen.theirs(say, accepted ? 'dim' : 'yellow')
    } catch (error) {
      this.#failed(error)
    }
  }

  #failed(error: unknown): void {
    this.#screen.note(`Not signed. ${explain(error).line}`, 'yellow')
  }
}

const isCode = (text: string): boolean => /^[0-9A-F]{4}-[0-9A-F]{4}$/.test(text)
