import type { Socket } from 'node:net'
import type { WebSocket } from 'ws'
import { toSeconds } from '#core/clock.ts'
import { FoobotError } from '#core/errors.ts'
import { ClockSkew } from '#core/signature/login.ts'
import type { RunnerEars } from '#engine/runner-link.ts'
import { type FromRunner, type FromServer, runnerFrame } from '#wire/runner.ts'
import { Connection } from './connection.ts'
import { runnerOf, type SignInFacts } from './sign-in.ts'

export type CallerOptions = SignInFacts & {
  readonly ears: RunnerEars
  /** Milliseconds to sign in and announce. */
  readonly patience: number
  /** Called before a runner is admitted: the connection that it had until now must go first. */
  readonly replaces: (connection: Connection) => void
  readonly log: {
    info(fields: Readonly<Record<string, unknown>>, message: string): void
    warn(fields: Readonly<Record<string, unknown>>, message: string): void
  }
}

/** Bytes that somebody may send before it is known who it is. */
const mostFromStrangers = 64 * 1024

/** Somebody at the runners' door: signs in, announces, is admitted, and is heard from then on; in that order only. */
export class Caller {
  readonly #socket: WebSocket
  readonly #options: CallerOptions
  readonly #late: NodeJS.Timeout
  #runner: string | undefined
  #connection: Connection | undefined
  #admitted = false
  #gone: string | undefined
  /** What was said while the engine still decided on admission. */
  #early: FromRunner[] = []
  #answered = true

  constructor(socket: WebSocket, line: Socket, options: CallerOptions) {
    this.#socket = socket
    this.#options = options
    this.#late = setTimeout(() => this.#refuse('Sign in and announce without delay.', 'late'), options.patience)
    const before = line.bytesRead
    const count = (): void => {
      if (this.#runner !== undefined) line.off('data', count)
      else if (line.bytesRead - before > mostFromStrangers) line.destroy()
    }
    line.on('data', count)
    socket.on('error', (error) => this.#refuse('That frame cannot be read.', error.message))
    socket.on('message', (data: Buffer, binary: boolean) => this.#heard(binary ? undefined : data.toString()))
    socket.on('close', (code, reason) => this.leave(reason.toString() || `the link broke (${code})`))
    socket.on('pong', () => {
      this.#answered = true
    })
    this.#send({
      type: 'challenge',
      deployment: options.deployment,
      nonce: options.nonce,
      at: toSeconds(options.clock()),
    })
  }

  get connection(): Connection | undefined {
    return this.#connection
  }

  /** Asks whether it is there; one that has not answered the last time is gone. */
  probe(): void {
    if (!this.#answered) this.#socket.terminate()
    this.#answered = false
    if (this.#socket.readyState === this.#socket.OPEN) this.#socket.ping()
  }

  /** Nothing is heard of it any more; the engine is told, if it knew. */
  leave(why: string): void {
    clearTimeout(this.#late)
    if (this.#gone !== undefined) return
    this.#gone = why
    if (this.#connection && this.#admitted) this.#options.ears.left(this.#connection, why)
  }

  #heard(text: string | undefined): void {
    const frame = text === undefined ? undefined : runnerFrame.safeParse(jsonOf(text))
    if (!frame?.success) {
      this.#refuse(
        'I cannot read that. Use the same version of Foobot on both sides.',
        frame?.error.message ?? 'binary',
      )
      return
    }
    for (const message of frame.data) {
      if (this.#gone !== undefined) return
      this.#take(message)
    }
  }

  #take(message: FromRunner): void {
    if (this.#runner === undefined) this.#signIn(message)
    else if (!this.#connection) this.#announce(this.#runner, message)
    else if (this.#admitted) this.#pass(this.#connection, message)
    else this.#early.push(message)
  }

  #signIn(message: FromRunner): void {
    try {
      this.#runner = runnerOf(message, this.#options)
    } catch (error) {
      if (!(error instanceof FoobotError)) throw error
      if (error instanceof ClockSkew && error.runner !== undefined)
        this.#options.ears.skewed(error.runner, error.seconds)
      this.#refuse(error.say, error.message)
    }
  }

  #announce(runner: string, message: FromRunner): void {
    if (message.type !== 'announce') {
      this.#refuse('Announce first.', `${message.type} before announce`)
      return
    }
    clearTimeout(this.#late)
    const connection = new Connection(this.#socket, runner, message)
    this.#connection = connection
    this.#options.replaces(connection)
    this.#options.ears.admitted(connection).then(
      () => this.#admit(connection),
      (error: unknown) => {
        const why = error instanceof FoobotError ? error.say : error instanceof Error ? error.message : String(error)
        this.#refuse(why, why)
      },
    )
  }

  #admit(connection: Connection): void {
    this.#admitted = true
    const { ears, clock, log } = this.#options
    if (this.#gone !== undefined) {
      ears.left(connection, this.#gone)
      return
    }
    log.info({ runner: connection.runner }, 'a runner is here')
    connection.welcome(toSeconds(clock()))
    const early = this.#early
    this.#early = []
    for (const message of early) this.#pass(connection, message)
  }

  #pass(connection: Connection, message: FromRunner): void {
    if (message.type === 'login' || message.type === 'announce') {
      this.#refuse('You have signed in already: dial anew.', `${message.type} twice`)
      return
    }
    connection.learn(message)
    this.#options.ears.heard(connection, message)
  }

  #refuse(say: string, detail: string): void {
    if (this.#gone !== undefined) return
    this.#options.log.warn({ runner: this.#runner, why: detail }, 'a runner is refused')
    this.#send({ type: 'refused', say })
    this.leave(say)
    this.#socket.close(4403)
  }

  #send(message: FromServer): void {
    if (this.#socket.readyState === this.#socket.OPEN) this.#socket.send(JSON.stringify([message]))
  }
}

const jsonOf = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
