import type { Socket } from 'node:net'
import type { WebSocket } from 'ws'
import { bound } from '#bounds/bound.ts'
import type { Buckets } from '#bounds/buckets.ts'
import { limitControlFrames } from '#bounds/control-frames.ts'
import { limitFirstBytes } from '#bounds/first-bytes.ts'
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
  /** How fast each runner is read. */
  readonly rates: Buckets
  /** Called once it has signed in. */
  readonly known: () => void
  /** Told of each refusal; `runner` where it was proven which one it is, `kind` a word of ours, whatever `why` repeats. */
  readonly refused: (runner: string | undefined, why: string, kind: string) => void
  readonly log: {
    info(fields: Readonly<Record<string, unknown>>, message: string): void
    warn(fields: Readonly<Record<string, unknown>>, message: string): void
  }
}

/** Of whoever dials as a runner. */
export const loginTime = bound('runner-login-time', {
  most: 10_000,
  unit: 'milliseconds',
  of: 'the time that a runner takes to sign in and announce what it can do',
  say: 'Sign in and announce without delay.',
})
const strangerBytes = bound('runner-login', {
  most: 16 * 1024,
  unit: 'bytes',
  of: 'all that a runner sends before it has signed in',
  say: 'The connection ends.',
})
const earlyMessages = bound('runner-early', {
  most: 4096,
  unit: 'messages',
  of: 'what a runner says before it is admitted',
  say: 'Wait until you are admitted.',
})
/** Of one runner, whatever connection it says it on. */
export const runnerBytes = bound('runner-bytes', {
  most: 64 * 1024 * 1024,
  unit: 'bytes',
  perSecond: 8 * 1024 * 1024,
  of: 'what one runner says in the long run',
  say: 'It is read more slowly.',
})

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
  readonly #uncount: () => void
  #resting: NodeJS.Timeout | undefined
  #answered = true

  constructor(socket: WebSocket, line: Socket, options: CallerOptions) {
    this.#socket = socket
    this.#options = options
    this.#late = setTimeout(() => {
      loginTime.reached()
      this.#refuse(loginTime.say, 'late')
    }, options.patience)
    this.#uncount = limitFirstBytes(line, strangerBytes)
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
    // What rests is not read, its answer neither.
    if (!this.#answered && !this.#resting) this.#socket.terminate()
    this.#answered = false
    if (this.#socket.readyState === this.#socket.OPEN) this.#socket.ping()
  }

  /** Nothing is heard of it any more; the engine is told, if it knew. */
  leave(why: string): void {
    clearTimeout(this.#late)
    clearTimeout(this.#resting)
    if (this.#gone !== undefined) return
    this.#gone = why
    if (this.#connection && this.#admitted) this.#options.ears.left(this.#connection, why)
  }

  #heard(text: string | undefined): void {
    this.#pace(text?.length ?? 0)
    const frame = text === undefined ? undefined : runnerFrame.safeParse(jsonOf(text))
    if (!frame?.success) {
      this.#refuse('I cannot read that. Use the same version of Foobot on both sides.', 'a frame that is malformed')
      return
    }
    for (const message of frame.data) {
      if (this.#gone !== undefined) return
      this.#take(message)
    }
  }

  /** Who says more than the server can take is read more slowly: what it says waits on its own side. */
  #pace(size: number): void {
    const wait = this.#runner === undefined ? 0 : this.#options.rates.of(this.#runner).take(size)
    if (wait === 0 || this.#resting) return
    runnerBytes.reached()
    this.#socket.pause()
    this.#resting = setTimeout(() => {
      this.#resting = undefined
      this.#socket.resume()
    }, wait)
  }

  #take(message: FromRunner): void {
    if (this.#runner === undefined) this.#signIn(message)
    else if (!this.#connection) this.#announce(this.#runner, message)
    else if (this.#admitted) this.#pass(this.#connection, message)
    else if (this.#early.length < earlyMessages.most) this.#early.push(message)
    else {
      earlyMessages.reached()
      this.#refuse(earlyMessages.say, 'too much was said before it was admitted')
    }
  }

  #signIn(message: FromRunner): void {
    try {
      this.#runner = runnerOf(message, this.#options)
      this.#uncount()
      limitControlFrames(this.#socket, this.#options.clock)
      this.#options.known()
    } catch (error) {
      if (!(error instanceof FoobotError)) throw error
      if (error instanceof ClockSkew && error.runner !== undefined)
        this.#options.ears.skewed(error.runner, error.seconds)
      this.#refuse(error.say, error.message, error.code)
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

  #refuse(say: string, detail: string, kind = detail): void {
    if (this.#gone !== undefined) return
    this.#options.refused(this.#runner, detail, kind)
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
