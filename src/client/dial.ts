import { WebSocket } from 'ws'
import { type Clock, mostSkew, toSeconds } from '#core/clock.ts'
import { FoobotError } from '#core/errors.ts'
import { loginKind } from '#core/signature/login.ts'
import { type FromClient, type FromServer, fromServer } from '#wire/native.ts'
import { type Signer, signEnvelope } from './signer.ts'

export type Welcome = Extract<FromServer, { type: 'welcome' }>
/** What a server says once somebody is signed in. */
export type Frame = Exclude<FromServer, { type: 'challenge' | 'welcome' }>

export type Dialling = {
  /** An origin, as `http://127.0.0.1:8080`. */
  readonly server: string
  readonly person: string
  readonly signer: Signer
  readonly clock: Clock
  readonly hear: (frame: Frame) => void
  /** Called once for a line that was open, when it is not any more; with the code that it was closed with. */
  readonly left: (why: string, code?: number) => void
}

/** An open line to the server. */
export type Line = {
  readonly welcome: Welcome
  send(frame: FromClient): void
  close(): void
}

/** Milliseconds to reach the server, and then to be let in. */
const patience = 10_000
/** Milliseconds to wait for the other side's farewell. */
const farewell = 500
/** Milliseconds without a sign of life; the server gives one every 20 seconds. */
const mostSilence = 60_000
/** Bytes of one frame: a picture fits. */
const mostFrame = 32 * 1024 * 1024

/**
 * The origin that a server is dialled by: what the login names, so that nobody else can use it.
 * @throws FoobotError `server-url`
 */
export const originOf = (server: string): string => {
  const url = URL.parse(server)
  const isOrigin =
    url && /^https?:$/.test(url.protocol) && url.pathname === '/' && url.search === '' && url.username === ''
  if (!isOrigin) refuse(server, 'an address is scheme, host and port, as http://127.0.0.1:8080')
  if (url?.protocol === 'http:' && !/^(localhost|127(\.\d+){3}|\[::1\])$/.test(url.hostname)) {
    refuse(server, 'over a network only https keeps what you say to yourself')
  }
  return url?.origin ?? server
}

const refuse = (server: string, why: string): never => {
  throw new FoobotError(
    'server-url',
    `${server}: ${why}`,
    `I do not dial ${server}: ${why}. Give another with --server URL.`,
  )
}

/**
 * Dials, and signs in with one key.
 * @throws FoobotError `server-unreachable`; `clock-skew`; `login-refused` with the server's own sentence; what the signer
 * throws
 */
export const dial = async (options: Dialling): Promise<Line> => {
  const origin = originOf(options.server)
  const socket = new WebSocket(`${origin.replace(/^http/, 'ws')}/native`, {
    handshakeTimeout: patience,
    maxPayload: mostFrame,
    perMessageDeflate: false,
  })
  const line = new OpenLine(socket, options)
  try {
    const challenge = await line.next('challenge')
    checkClock(toSeconds(options.clock()) - challenge.at)
    const body = loginKind.encode({
      v: 2,
      deployment: challenge.deployment,
      server: origin,
      door: 'native',
      person: options.person,
      nonce: challenge.nonce,
      iat: toSeconds(options.clock()),
    })
    const envelope = await signEnvelope(options.signer, loginKind, body)
    line.send({ type: 'login', envelope })
    return line.open(await line.next('welcome'))
  } catch (error) {
    line.close()
    throw error
  }
}

/** Said here, where it is known by how much, before anybody is asked to touch a key. */
const checkClock = (ahead: number): void => {
  if (Math.abs(ahead) <= mostSkew) return
  const say = `The clock here is ${Math.abs(ahead)} s ${ahead > 0 ? 'ahead of' : 'behind'} the server's: set the one that is wrong, then try again.`
  throw new FoobotError('clock-skew', say, say)
}

type Opening = Extract<FromServer, { type: 'challenge' | 'welcome' }>

class OpenLine {
  readonly #socket: WebSocket
  readonly #options: Dialling
  #waiting: { type: Opening['type']; resolve: (frame: never) => void; reject: (error: Error) => void } | undefined
  #isOpen = false
  #ended: FoobotError | undefined
  #silence: NodeJS.Timeout | undefined

  constructor(socket: WebSocket, options: Dialling) {
    this.#socket = socket
    this.#options = options
    socket.on('message', (data: Buffer) => this.#heard(data.toString()))
    socket.on('ping', () => this.#alive())
    socket.on('error', (error) => this.#end(unreachable(options.server, error.message)))
    socket.on('unexpected-response', (_, { statusCode }) => this.#end(refusedDial(options.server, statusCode)))
    socket.on('close', (code) => this.#end(unreachable(options.server, `closed: ${code}`), code))
  }

  /** The next frame of the opening. */
  next<T extends Opening['type']>(type: T): Promise<Extract<Opening, { type: T }>> {
    return new Promise((resolve, reject) => {
      if (this.#ended) return reject(this.#ended)
      const late = setTimeout(() => this.#end(unreachable(this.#options.server, 'it does not answer')), patience)
      const settle =
        <A>(then: (value: A) => void) =>
        (value: A) => {
          clearTimeout(late)
          this.#waiting = undefined
          then(value)
        }
      this.#waiting = { type, resolve: settle(resolve), reject: settle(reject) }
    })
  }

  open(welcome: Welcome): Line {
    if (this.#ended) throw this.#ended
    this.#isOpen = true
    this.#alive()
    return { welcome, send: (frame) => this.send(frame), close: () => this.close() }
  }

  send(frame: FromClient): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(frame))
  }

  /** Hangs up; `left` is not called. */
  close(): void {
    this.#isOpen = false
    clearTimeout(this.#silence)
    this.#socket.close()
    // A server that is gone says no farewell.
    setTimeout(() => this.#socket.terminate(), farewell).unref()
  }

  #heard(text: string): void {
    this.#alive()
    const frame = frameOf(text)
    if (!frame) {
      this.#end(
        unreachable(this.#options.server, 'it says what I cannot read: use the same version of Foobot on both sides'),
      )
      return
    }
    if (frame.type === 'challenge' || frame.type === 'welcome') {
      if (this.#waiting?.type === frame.type) this.#waiting.resolve(frame as never)
      return
    }
    if (this.#isOpen) this.#options.hear(frame)
    else if (frame.type === 'problem') this.#end(new FoobotError('login-refused', frame.say, frame.say))
  }

  #end(error: FoobotError, code?: number): void {
    if (this.#ended) return
    this.#ended = error
    clearTimeout(this.#silence)
    this.#waiting?.reject(error)
    this.#socket.terminate()
    if (!this.#isOpen) return
    this.#isOpen = false
    this.#options.left(error.message, code)
  }

  #alive(): void {
    clearTimeout(this.#silence)
    if (this.#isOpen) this.#silence = setTimeout(() => this.#socket.terminate(), mostSilence)
  }
}

const frameOf = (text: string): FromServer | undefined => {
  try {
    const parsed = fromServer.safeParse(JSON.parse(text))
    return parsed.success ? parsed.data : undefined
  } catch {
    return undefined
  }
}

const unreachable = (server: string, why: string): FoobotError =>
  new FoobotError(
    'server-unreachable',
    why,
    `I cannot reach ${server} (${why}). Start it with "npm start", or say where it is with --server URL.`,
  )

/** Not let in as far as a WebSocket. */
const refusedDial = (server: string, status: number | undefined): FoobotError => {
  if (status === 421) {
    const say = `What answers at ${server} goes by another name. Dial the address that the server printed when it started, with --server URL.`
    return new FoobotError('server-url', `${server}: 421`, say)
  }
  if (status === 429) return unreachable(server, 'too many connect from here at once: wait a few seconds')
  return unreachable(server, `it answers ${status}`)
}
