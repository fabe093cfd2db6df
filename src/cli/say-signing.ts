import { type Asked, readAsked, type StatementFrame } from '#client/asked.ts'
import { notAskedFor } from '#client/asked-for.ts'
import type { Connection } from '#client/connection.ts'
import { signStatement } from '#client/sign-statement.ts'
import { type Self, TypedLines } from '#client/typed-lines.ts'
import { reasonsToAsk, type UnaskedRule } from '#client/unasked.ts'
import { askToSign } from './ask-to-sign.ts'
import { UsageError } from './failure.ts'
import { mismatch } from './mismatch.ts'
import type { SaidLine } from './said-line.ts'
import { complain } from './tell.ts'
import { type Held, leftOutInWords } from './terminal/held.ts'

/** What `foobot say --sign` does with the statements that come for its line, one after the other. */
export class SaySigning {
  readonly #connection: Connection
  readonly #self: Self
  readonly #line: SaidLine
  readonly #expect: string | undefined
  readonly #typed: TypedLines
  readonly #held: Held
  #queue: Promise<void> = Promise.resolve()

  /** @param held shows all that comes while nothing is asked */
  constructor(connection: Connection, self: Self, line: SaidLine, held: Held, expect: string | undefined) {
    this.#held = held
    this.#connection = connection
    this.#self = self
    this.#line = line
    this.#expect = expect
    this.#typed = new TypedLines(self, Date.now)
  }

  say(room: string, text: string): string {
    const id = this.#connection.say(room, text, true)
    this.#typed.add(id, room, text)
    return id
  }

  heard(frame: StatementFrame): void {
    this.#queue = this.#queue.then(() => this.#decide(frame)).catch((error: unknown) => this.#line.failed(error))
  }

  async #decide(frame: StatementFrame): Promise<void> {
    const asked = readAsked(frame)
    const known = this.#typed.meet(asked)
    // It says one line only: what follows no line of its own is nobody's here.
    if (!known || this.#line.isEnded) return
    const other = notAskedFor(known, asked)
    if (other !== undefined) return this.#line.refusedHere(other)
    this.#line.deciding(asked.code)
    const why = reasonsToAsk(asked, known)
    if (why.length > 0 && !(await this.#mayAll(asked, why))) return
    const { person, deployment } = this.#self
    const signing = { signer: this.#connection.signer, person, deployment, now: Date.now() }
    const envelope = await signStatement(asked, signing)
    this.#line.signed()
    const { accepted, say } = await this.#connection.present(envelope)
    if (!accepted) this.#line.refused(say)
  }

  /** Asks, or compares, where it may not be signed at once. */
  async #mayAll(asked: Asked, why: readonly UnaskedRule[]): Promise<boolean> {
    if (asked.as === 'approver' && this.#expect !== undefined) {
      const wrong = mismatch(asked, this.#expect)
      if (wrong !== undefined) this.#line.refusedHere(wrong)
      return wrong === undefined
    }
    const [first] = why
    // Who reads is shown what it is; a program is told why not.
    if (!process.stdin.isTTY && why.length === 1 && first?.name === 'text') {
      throw new UsageError(`That is not how it is signed. Say it in these letters: ${asked.statement.text}`)
    }
    if (await this.#isYes(asked, why)) return !this.#line.isEnded
    this.#line.unsigned('Not signed.')
    return false
  }

  /** While the question stands, what is heard waits: it may have ended the line by then. */
  async #isYes(asked: Asked, why: readonly UnaskedRule[]): Promise<boolean> {
    this.#held.hold()
    try {
      if (asked.as === 'requester') complain(`I ask before I sign this: ${why.map(({ say }) => say).join('; ')}.`)
      return await askToSign(asked)
    } finally {
      const leftOut = leftOutInWords(this.#held.release())
      if (leftOut !== undefined) complain(leftOut)
    }
  }
}
