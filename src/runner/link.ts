import { WebSocket } from 'ws'
import { bound } from '#bounds/bound.ts'
import type { Envelope } from '#core/statement/fields.ts'
import { shortFault } from '#core/text/short-fault.ts'
import { linkProtocol, otherVersion } from '#wire/link-protocol.ts'
import { dialsAnew, type FromRunner, type FromServer, serverFrame } from '#wire/runner.ts'
import type { RunnerLogger } from './logger.ts'

/** What a link does not know by itself. */
export type LinkEnds = {
  /** `ws+unix:<path>`, or `wss://…` (`ws://…` on this machine) without a path. */
  readonly server: string
  readonly deployment: string
  readonly log: RunnerLogger
  /** Signs in: the answer to a challenge, made at `at` by the server's clock (seconds). */
  readonly login: (nonce: string, at: number) => Envelope
  /** What the runner is, has and waits for, as it stands now. */
  readonly announce: () => FromRunner
  /** Hears what one frame brought, after the challenge. */
  readonly hear: (messages: readonly FromServer[]) => void
  /** The server took the runner in: what it has not heard can be said again. */
  readonly admitted: () => void
}

/** Milliseconds before dialling again: doubled with each failure, with a random part so that runners do not come as one. */
const firstPause = 100
const longestPause = 15_000
/** Milliseconds between signs of life: a link that gave none in between is given up. */
const silence = 15_000
/** Bytes of one frame. */
const frameMost = 1024 * 1024
const waiting = bound('runner-link-waiting', {
  most: 8 * 1024 * 1024,
  unit: 'bytes',
  of: 'what a runner has to say while it cannot reach its server',
  say: 'What comes then is not said; receipts are handed over later.',
})
const received = bound('runner-link-frame', {
  most: 16 * 1024 * 1024,
  unit: 'bytes',
  of: 'a frame that a runner takes from its server',
  say: 'The runner hangs up, and dials again.',
})
/** Messages of one frame. */
const together = 4096

/**
 * The runner's end of the link: dials, signs in, and dials again when it breaks. All that is sent in one turn travels in
 * one frame. What is said while it is down waits, within bounds.
 */
export class Link {
  readonly #ends: LinkEnds
  #socket: WebSocket | undefined
  #phase: 'dialling' | 'greeted' | 'admitted' | 'stopped' = 'dialling'
  #epoch = 0
  #waiting: { readonly type: FromRunner['type']; readonly text: string }[] = []
  #waitingBytes = 0
  /** What was not said since the link went down. */
  #dropped = 0
  #scheduled = false
  #pause = firstPause
  /** What was announced on this link has changed since. */
  #announcedAnew = false
  #redial: NodeJS.Timeout | undefined

  constructor(ends: LinkEnds) {
    this.#ends = ends
    this.#dial()
  }

  get admitted(): boolean {
    return this.#phase === 'admitted'
  }

  /** Rises each time the link breaks: an answer to a question of another epoch answers nothing. */
  get epoch(): number {
    return this.#epoch
  }

  /**
   * Says something with the rest of this turn. While the link is down only `say` and `told` wait: what else was to be said
   * is announced anew, or answers a question that nobody asks any more.
   */
  send(message: FromRunner): void {
    if (this.#phase === 'stopped' || (this.#phase === 'dialling' && !waits(message.type))) return
    const text = JSON.stringify(message)
    if (this.#waitingBytes + text.length > waiting.most) {
      waiting.reached()
      if (this.#dropped++ > 0) return
      this.#ends.log.warn({ type: message.type }, 'the link is down and too much waits: this is not said')
      return
    }
    this.#waiting.push({ type: message.type, text })
    this.#waitingBytes += text.length
    if (this.#scheduled) return
    this.#scheduled = true
    setImmediate(() => {
      this.#scheduled = false
      this.#flush()
    })
  }

  /** Hangs up and dials at once: what the runner announced has changed, and is announced when it signs in. */
  redial(): void {
    if (this.#phase === 'admitted') this.#socket?.close(1000, dialsAnew)
    // Not yet let in: first the server must have heard what was announced, so that it closes nothing half open.
    this.#announcedAnew = this.#phase === 'greeted'
  }

  /** Says what waits, and hangs up. */
  async stop(): Promise<void> {
    this.#flush()
    this.#phase = 'stopped'
    clearTimeout(this.#redial)
    const socket = this.#socket
    if (!socket || socket.readyState === WebSocket.CLOSED) return
    await new Promise<void>((resolve) => {
      const timer = setTimeout(() => socket.terminate(), 1000)
      socket.on('close', () => {
        clearTimeout(timer)
        resolve()
      })
      socket.close(1001, 'the runner stops')
    })
  }

  #dial(): void {
    const socket = new WebSocket(doorOf(this.#ends.server), linkProtocol, {
      maxPayload: received.most,
      perMessageDeflate: false,
      handshakeTimeout: 10_000,
      followRedirects: false,
    })
    this.#socket = socket
    let why = ''
    let alive = true
    const beat = setInterval(() => {
      if (!alive) socket.terminate()
      else if (socket.readyState === WebSocket.OPEN) socket.ping()
      alive = false
    }, silence)
    const stir = (): void => {
      alive = true
    }
    socket.on('pong', stir)
    socket.on('message', (data, isBinary) => {
      stir()
      try {
        if (isBinary) throw new Error('a binary frame')
        this.#hear(serverFrame.parse(JSON.parse(String(data))))
      } catch (error) {
        why = `what the server sent cannot be read: ${shortFault(error)}`
        socket.close(1008, 'malformed')
      }
    })
    socket.on('unexpected-response', (request, { statusCode }) => {
      why = statusCode === 426 ? otherVersion : `the server answered ${statusCode}`
      request.destroy()
    })
    socket.on('error', (error) => {
      why ||= error.message
    })
    socket.on('close', (_code, reason) => {
      clearInterval(beat)
      this.#closed(why || reason.toString())
    })
  }

  #closed(why: string): void {
    if (this.#phase === 'stopped') return
    const isOwn = why === dialsAnew
    if (!isOwn) this.#ends.log.warn({ why, again: this.#pause }, 'the link to the server is down')
    this.#phase = 'dialling'
    this.#epoch += 1
    this.#waiting = this.#waiting.filter(({ type }) => waits(type))
    this.#waitingBytes = this.#waiting.reduce((bytes, { text }) => bytes + text.length, 0)
    this.#redial = setTimeout(() => this.#dial(), isOwn ? 0 : this.#pause * (0.5 + Math.random()))
    this.#pause = Math.min(this.#pause * 2, longestPause)
  }

  #hear(messages: readonly FromServer[]): void {
    if (this.#phase === 'stopped') return
    const [first, ...rest] = messages
    if (this.#phase !== 'dialling') {
      this.#pass(messages)
      return
    }
    if (first?.type !== 'challenge') throw new Error('the server did not begin with its challenge')
    if (first.deployment !== this.#ends.deployment) throw new Error(`it is the server of ${first.deployment}`)
    this.#phase = 'greeted'
    this.#announcedAnew = false
    const login: FromRunner = { type: 'login', envelope: this.#ends.login(first.nonce, first.at) }
    this.#write([JSON.stringify(login)])
    this.#write([JSON.stringify(this.#ends.announce())])
    this.#pass(rest)
  }

  #pass(messages: readonly FromServer[]): void {
    const refused = messages.find((message) => message.type === 'refused')
    if (refused) this.#ends.log.error({ why: refused.say }, 'the server refused me')
    if (messages.some(({ type }) => type === 'challenge')) throw new Error('a second challenge')
    if (messages.some(({ type }) => type === 'welcome')) this.#welcome()
    this.#ends.hear(messages)
  }

  #welcome(): void {
    if (this.#phase === 'admitted') return
    this.#phase = 'admitted'
    this.#pause = firstPause
    this.#ends.log.info({}, 'the server took me in')
    this.#flush()
    this.#ends.admitted()
    if (this.#announcedAnew) this.redial()
  }

  #flush(): void {
    if (this.#phase !== 'admitted' || this.#waiting.length === 0) return
    const all = this.#waiting
    this.#waiting = []
    this.#waitingBytes = 0
    this.#dropped = 0
    let frame: string[] = []
    let bytes = 0
    for (const { text } of all) {
      if (frame.length === together || (bytes + text.length > frameMost && frame.length > 0)) {
        this.#write(frame)
        frame = []
        bytes = 0
      }
      frame.push(text)
      bytes += text.length
    }
    this.#write(frame)
  }

  #write(messages: readonly string[]): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(`[${messages.join(',')}]`)
  }
}

const waits = (type: FromRunner['type']): boolean => type === 'say' || type === 'told'

/** Where runners are let in. */
const doorOf = (server: string): string => (server.startsWith('ws+unix:') ? `${server}:/runner` : `${server}/runner`)
