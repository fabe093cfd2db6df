import { randomBytes } from 'node:crypto'
import { setTimeout as after } from 'node:timers/promises'
import { type Asked, readAsked, type StatementFrame } from '#client/asked.ts'
import { Connection } from '#client/connection.ts'
import type { Frame } from '#client/dial.ts'
import { findSigners } from '#client/find-signer.ts'
import { signStatement } from '#client/sign-statement.ts'
import { type Self, TypedLines } from '#client/typed-lines.ts'
import { reasonsToAsk } from '#client/unasked.ts'
import type { RequestView } from '#wire/native.ts'
import type { ClientKind } from './script.ts'

export type ChatClientOptions = {
  readonly server: string
  readonly data: string
  readonly person: string
  readonly client: ClientKind
  readonly heard: (frame: Frame) => void
  /** Somebody reads a statement, and will say yes to it. */
  readonly reads: (asked: Asked) => Promise<void>
  /** Something that this client alone is told. */
  readonly told: (say: string, isGood: boolean) => void
}

/** Entries of a room's history to hear again where the line broke, or to begin with. */
const history = 200
/** Milliseconds that a line may stay broken. */
const keepTrying = 60_000

/** One person's terminal. */
export class ChatClient {
  readonly person: string
  readonly #options: ChatClientOptions
  readonly #connection: Connection
  readonly #typed: TypedLines
  readonly #self: Self
  readonly #states = new Map<string, RequestView['state'] | 'unknown'>()
  readonly #joining = new Map<string, (joined: boolean) => void>()
  #busy: Promise<void> = Promise.resolve()
  /** It will not come back: its key is not in force any more, or the server is gone. */
  #isGone = false

  private constructor(options: ChatClientOptions, connection: Connection, self: Self) {
    this.person = options.person
    this.#options = options
    this.#connection = connection
    this.#self = self
    this.#typed = new TypedLines(self, Date.now)
  }

  static async open(options: ChatClientOptions): Promise<ChatClient> {
    const { server, person, data } = options
    let client: ChatClient | undefined
    const connection = new Connection({
      server,
      person,
      signers: await findSigners({ person, data }),
      clock: Date.now,
      newId: () => randomBytes(12).toString('hex'),
      keepTrying,
      ears: {
        heard: (frame) => (client === undefined ? undefined : client.#heard(frame)),
        lost: () => undefined,
        back: () => undefined,
        gone: (error) => {
          if (client) client.#isGone = true
          options.told(error.say, false)
        },
      },
    })
    const { deployment } = await connection.open()
    client = new ChatClient(options, connection, { person, deployment })
    return client
  }

  /** Hears a room from now on; false where it is not this person's. */
  join(room: string): Promise<boolean> {
    return new Promise((resolve) => {
      this.#joining.set(room, resolve)
      this.#connection.join(room, history)
    })
  }

  say(room: string, text: string): void {
    const signs = this.#options.client === 'signing'
    const id = this.#connection.say(room, text, signs)
    this.#states.set(id, 'unknown')
    if (signs) this.#typed.add(id, room, text)
  }

  /** Whether nothing that was said here is on its way: each line has ended, or waits for somebody. */
  get isSettled(): boolean {
    return this.#isGone || [...this.#states.values()].every((state) => state !== 'unknown' && state !== 'running')
  }

  /**
   * Resolves when all that the server had to say before this moment was heard, and dealt with, though the line broke; or
   * when this client is gone.
   */
  async caughtUp(): Promise<void> {
    while (!this.#isGone && !(await this.#isAnswered())) await after(20)
    await this.#busy
  }

  #isAnswered(): Promise<boolean> {
    return this.#connection.requests().then(
      () => true,
      () => false,
    )
  }

  close(): void {
    this.#connection.close()
  }

  #heard(frame: Frame): void {
    switch (frame.type) {
      case 'joined':
        this.#joining.get(frame.room)?.(true)
        break
      case 'request':
        this.#states.set(frame.message, frame.request.state)
        break
      case 'problem':
        this.#problem(frame)
        break
      case 'statement':
        this.#busy = this.#busy
          .then(() => this.#sign(frame))
          .catch((error: unknown) => this.#options.told(String(error), false))
    }
    this.#options.heard(frame)
  }

  #problem({ say, message, room }: Extract<Frame, { type: 'problem' }>): void {
    if (message !== undefined) {
      this.#states.set(message, 'refused')
      this.#options.told(say, false)
      return
    }
    if (room !== undefined) this.#joining.get(room)?.(false)
  }

  /** As a person does at a terminal: the own line's statement is signed by the rule, everything else is read first. */
  async #sign(frame: StatementFrame): Promise<void> {
    const asked = readAsked(frame)
    const known = this.#typed.meet(asked)
    if (!known) return
    if (reasonsToAsk(asked, known).length > 0) await this.#options.reads(asked)
    const signing = { signer: this.#connection.signer, ...this.#self, now: Date.now() }
    const { accepted, say } = await this.#connection.present(await signStatement(asked, signing))
    this.#options.told(say, accepted)
  }
}
