import { type Asked, readAsked, type StatementFrame } from '#client/asked.ts'
import type { Connection } from '#client/connection.ts'
import { signStatement } from '#client/sign-statement.ts'
import { type Self, TypedLines } from '#client/typed-lines.ts'
import { reasonsToAsk } from '#client/unasked.ts'
import type { Clock } from '#core/clock.ts'
import type { RequestView } from '#wire/native.ts'
import { isYes } from '../ask-to-sign.ts'
import { explain } from '../failure.ts'
import type { Line, Style } from '../terminal/paint.ts'
import { sheetLines } from '../terminal/sheet.ts'

/** Milliseconds before an answer counts: nobody reads faster, and what was typed before is no answer. */
const readingTime = 1_000
/** Questions that may wait: a server that asks for more is not listened to. */
const mostQuestions = 8

/** What the signing needs of the terminal. */
export interface SigningScreen {
  /** Somebody can be asked: lines come from a keyboard, and what is shown is seen. */
  readonly asks: boolean
  /** A line is begun. */
  readonly typing: boolean
  show(lines: readonly Line[]): void
  note(text: string, style?: Style): void
  /** The question takes the place of the prompt; undefined brings the prompt back. */
  question(text: string | undefined): void
}

export type ChatSigningOptions = {
  readonly on: boolean
  readonly connection: Pick<Connection, 'say' | 'present' | 'signer'>
  readonly self: Self
  readonly screen: SigningScreen
  readonly clock: Clock
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
  /** When the first question was put, in milliseconds since 1970. */
  #putAt: number | undefined

  constructor({ on, connection, self, screen, clock }: ChatSigningOptions) {
    this.on = on
    this.#connection = connection
    this.#self = self
    this.#screen = screen
    this.#clock = clock
    this.#typed = new TypedLines(self, clock)
  }

  say(room: string, text: string): string {
    const id = this.#connection.say(room, text, this.on)
    if (this.on) this.#typed.add(id, room, text)
    return id
  }

  /** Says what to do where a signature is owed that this client could give, and does not. */
  standing({ state, owes, code }: RequestView): void {
    if (this.on || state !== 'pending') return
    if (!owes.some(({ kind }) => kind === 'signature' || kind === 'second-factor')) return
    const { person } = this.#self
    const elsewhere = code === undefined ? '' : `, or: foobot sign ${code} --as ${person}`
    this.#screen.note(
      `Your signature is owed, and signing is off here. /sign on, and say it again${elsewhere}`,
      'yellow',
    )
  }

  heard(frame: StatementFrame): void {
    try {
      const asked = readAsked(frame)
      const known = this.#typed.meet(asked)
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
    if (!asked || this.#putAt === undefined) return false
    if (isYes(line) && this.#clock() - this.#putAt < readingTime) {
      this.#screen.note('That was too fast to have read it. Please answer again.', 'yellow')
      return true
    }
    this.#questions.shift()
    this.#putAt = undefined
    this.#screen.question(undefined)
    if (isYes(line)) void this.#sign(asked)
    else this.#screen.note(`Not signed: ${asked.code}.`, 'yellow')
    this.putNext()
    return true
  }

  /** Puts the next question where none stands and no line is begun. */
  putNext(): void {
    const [asked] = this.#questions
    if (!asked || this.#putAt !== undefined || this.#screen.typing) return
    this.#screen.show(sheetLines(asked, this.#clock()))
    this.#screen.question('Sign this? [y/N] ')
    this.#putAt = this.#clock()
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
      this.#screen.note(say, accepted ? 'dim' : 'yellow')
    } catch (error) {
      this.#failed(error)
    }
  }

  #failed(error: unknown): void {
    this.#screen.note(`Not signed. ${explain(error).line}`, 'yellow')
  }
}
