import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { getRequestListener } from '@hono/node-server'
import type { Registry } from 'prom-client'
import { type WebSocket, WebSocketServer } from 'ws'
import type { Clock } from '#core/clock.ts'
import { FoobotError } from '#core/errors.ts'
import type { Key } from '#core/signature/key.ts'
import { linkProtocol, refuseVersion, speaksOurs } from '#wire/link-protocol.ts'
import { type Health, makeApp } from './app.ts'
import { secureHeaders } from './headers.ts'
import type { Hear } from './hooks.ts'
import { checkAddress, type Hosts, hostsOf } from './hosts.ts'
import type { AskedByPhone } from './phone.ts'
import type { Present } from './present.ts'
import { type SignedIn, signIn } from './sign-in.ts'

export type HttpOptions = {
  /** Address to listen on, as `127.0.0.1`. */
  readonly host: string
  /** 0 takes a free one. */
  readonly port: number
  /** The origin that people dial where a proxy stands before this server, as `https://foobot.acme.example`. */
  readonly publicUrl?: string
  readonly clock: Clock
  /** 32 random hex digits. */
  readonly newNonce: () => string
  readonly deployment: string
  readonly companyName: () => string
  /** The keys in force of a person, none for a name that nobody has; the same list while nothing has changed. */
  readonly personKeys: (person: string) => readonly Key[]
  /** Why nobody signs in at all; undefined where people do. */
  readonly whyClosed?: () => string | undefined
  readonly health: () => Health
  readonly metrics: Registry
  /** Takes what somebody signed, at `POST /present`. */
  readonly present: Present
  /** Takes what systems post, at `POST /hooks/<path>`. Absent: there is no such address. */
  readonly hear?: Hear
  /** Answers phones that were woken, at `POST /phone`. Absent: there is no such address. */
  readonly phone?: AskedByPhone
  /** Origins whose pages may call that: the desks of the bundle in force. */
  readonly deskOrigins: () => readonly string[]
  /** Takes over a connection whose person has signed in; must listen to it before it returns. */
  readonly native: (session: SignedIn) => void
  /** Takes over a connection at `/runner`, which has yet to sign in. Absent: runners come by the Unix socket alone. */
  readonly runner?: (socket: WebSocket, request: IncomingMessage, origins: readonly string[]) => void
  readonly log: { info(fields: Readonly<Record<string, unknown>>, message: string): void }
}

export type Http = {
  /** What people open and dial. */
  readonly url: string
  readonly port: number
  /** Closes all connections; resolves when they are gone. */
  close(): Promise<void>
}

/** Bytes of one frame: a line of 64 Ki characters fits, however it is escaped. */
const mostNativeFrame = 512 * 1024
const mostRunnerFrame = 8 * 1024 * 1024
/** No compression: a small frame cannot become a large one. Milliseconds for the closing handshake. */
const plain = { noServer: true, perMessageDeflate: false, closeTimeout: 2_000 }
/** Connections that have not signed in yet. */
const mostStrangers = 256
/** Milliseconds that a client may take for the closing handshake. */
const farewell = 1_000

/**
 * The http server: health, metrics, and the WebSockets of people and runners. Nobody has an identity here but by a
 * signed login; no header and no field of a frame can give one.
 * @throws FoobotError `http-plain`, `public-url-malformed`, `port-busy`
 */
export const makeHttp = async (options: HttpOptions): Promise<Http> => {
  checkAddress(options.host, options.publicUrl)
  const server = createServer({ maxHeaderSize: 16 * 1024, requestTimeout: 30_000, headersTimeout: 10_000 })
  const port = await listen(server, options)
  const hosts = hostsOf(options.host, port, options.publicUrl)
  const headers = secureHeaders(options.publicUrl)
  const app = makeApp({ ...options, isLocal: hosts.isLocal })
  const answer = getRequestListener(app.fetch)
  const people = new WebSocketServer({ ...plain, maxPayload: mostNativeFrame })
  const runners = new WebSocketServer({ ...plain, maxPayload: mostRunnerFrame, handleProtocols: () => linkProtocol })
  const signIns = new SignIns(options, hosts)

  server.on('request', (request, response) => {
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
    if (!hosts.isOurs(request.headers.host)) {
      request.resume()
      response.writeHead(421).end('This server does not go by that name.\n')
      return
    }
    void answer(request, response)
  })

  server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => socket.destroy())
    if (!hosts.isOurs(request.headers.host)) return refuse(socket, '421 Misdirected Request', headers)
    const { origin } = request.headers
    if (origin !== undefined && !hosts.origins.includes(origin)) return refuse(socket, '403 Forbidden', headers)
    const { runner } = options
    if (request.url === '/native') {
      if (signIns.full()) return refuse(socket, '503 Service Unavailable', headers)
      return people.handleUpgrade(request, socket, head, (ws) => void signIns.take(ws))
    }
    if (request.url === '/runner' && runner) {
      if (!speaksOurs(request.headers['sec-websocket-protocol'])) {
        socket.end(refuseVersion)
        return
      }
      return runners.handleUpgrade(request, socket, head, (ws) => runner(ws, request, hosts.origins))
    }
    refuse(socket, '404 Not Found', headers)
  })

  return { url: hosts.url, port, close: () => closeAll(server, [people, runners]) }
}

/** Those who have connected and not yet said who they are. */
class SignIns {
  readonly #options: HttpOptions
  readonly #origins: readonly string[]
  #strangers = 0

  constructor(options: HttpOptions, hosts: Hosts) {
    this.#options = options
    this.#origins = hosts.origins
  }

  full(): boolean {
    return this.#strangers >= mostStrangers
  }

  async take(socket: WebSocket): Promise<void> {
    // A broken frame ends the connection, which `close` tells.
    socket.on('error', () => socket.terminate())
    this.#strangers++
    const facts = { ...this.#options, origins: this.#origins }
    try {
      const signedIn = await signIn(socket, facts).finally(() => this.#strangers--)
      this.#options.native(signedIn)
      socket.resume()
    } catch (error) {
      if (socket.readyState === socket.OPEN) socket.terminate()
      const code = error instanceof FoobotError ? error.code : 'internal'
      this.#options.log.info({ code, why: String(error) }, 'a sign-in failed')
    }
  }
}

const listen = (server: Server, { host, port }: HttpOptions): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(addressError(error, host, port)))
    server.listen(port, host, () => resolve((server.address() as AddressInfo).port))
  })

const addressError = (error: NodeJS.ErrnoException, host: string, port: number): Error => {
  if (error.code !== 'EADDRINUSE' && error.code !== 'EACCES') return error
  return new FoobotError(
    'port-busy',
    `${error.code} on ${host}:${port}`,
    `I cannot listen on port ${port}${error.code === 'EACCES' ? '' : ': another program uses it'}. Stop that one, or give another with --port.`,
  )
}

const refuse = (socket: Duplex, status: string, headers: Readonly<Record<string, string>>): void => {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  socket.end(`HTTP/1.1 ${status}\r\n${lines.join('')}content-length: 0\r\nconnection: close\r\n\r\n`)
}

const closeAll = async (server: Server, sockets: readonly WebSocketServer[]): Promise<void> => {
  const closed = new Promise((resolve) => server.close(resolve))
  const clients = sockets.flatMap(({ clients }) => [...clients])
  for (const client of clients) client.close(1001, 'the server stops')
  server.closeIdleConnections()
  const late = setTimeout(() => {
    for (const client of clients) client.terminate()
    server.closeAllConnections()
  }, farewell)
  await closed
  clearTimeout(late)
}
