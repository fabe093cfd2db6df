import { getRequestListener } from '@hono/node-server'
import type { WebSocket } from 'ws'
import { bound } from '#bounds/bound.ts'
import { limitFirstBytes } from '#bounds/first-bytes.ts'
import { Tally } from '#bounds/tally.ts'
import type { Clock } from '#core/clock.ts'
import { FoobotError } from '#core/errors.ts'
import type { Key } from '#core/signature/key.ts'
import { type AppOptions, makeApp, type Visitor } from './app.ts'
import { secureHeaders } from './headers.ts'
import { checkAddress } from './hosts.ts'
import { type ListenerOptions, listen, refuseUpgrade, type Visit } from './listener.ts'
import { type SignedIn, signIn } from './sign-in.ts'
import { sourcesBehind } from './source.ts'
import { closeSockets, webSockets } from './web-sockets.ts'

export type HttpOptions = Pick<ListenerOptions, 'host' | 'port' | 'publicUrl' | 'proxy'> &
  AppOptions & {
    readonly clock: Clock
    /** 32 random hex digits. */
    readonly newNonce: () => string
    readonly deployment: string
    /** The keys in force of a person, none for a name that nobody has; the same list while nothing has changed. */
    readonly personKeys: (person: string) => readonly Key[]
    /** Takes over a connection whose person has signed in; must listen to it before it returns. */
    readonly native: (session: SignedIn) => void
    readonly log: { info(fields: Readonly<Record<string, unknown>>, message: string): void }
  }

export type Http = {
  /** What people open and dial. */
  readonly url: string
  readonly port: number
  /** Closes all connections; resolves when they are gone. */
  close(): Promise<void>
}

const frameBytes = bound('native-frame', {
  most: 512 * 1024,
  unit: 'bytes',
  of: 'one frame of a client: a line of 65,536 characters fits, however it is escaped',
  say: 'The connection ends.',
})
const strangerBytes = bound('native-login', {
  most: 16 * 1024,
  unit: 'bytes',
  of: 'all that a client sends before it has signed in',
  say: 'The connection ends.',
})
/** Milliseconds in which sign-ins of one source that fail in one way are said once. */
const saidEvery = 60_000

/**
 * The people's listener: pages and posts, and the WebSocket of terminals. Nobody has an identity here but by a signed login; no
 * header and no field of a frame can give one.
 * @throws FoobotError `http-plain`, `public-url-malformed`, `port-busy`
 */
export const makeHttp = async (options: HttpOptions): Promise<Http> => {
  checkAddress(options.host, options.publicUrl)
  const { clock, publicUrl } = options
  const headers = secureHeaders(publicUrl)
  const sources = sourcesBehind(options.proxy)
  const app = makeApp(options)
  const answer = getRequestListener((request, { incoming }) =>
    app.fetch(request, { source: sources.ofRequest(incoming) } satisfies Visitor),
  )
  const people = webSockets(frameBytes.most)
  const failures = new Tally(saidEvery, clock)

  const listener = await listen(
    { ...options, headers, whereTaken: 'Stop that one, or give another with --port.' },
    {
      request: (request, response) => void answer(request, response),
      upgrade: (request, socket, head, visit, { origin }) => {
        if (request.headers.origin !== undefined && request.headers.origin !== origin)
          return refuseUpgrade(socket, '403 Forbidden', headers)
        if (request.url !== '/native') return refuseUpgrade(socket, '404 Not Found', headers)
        const known = limitFirstBytes(request.socket, strangerBytes)
        people.handleUpgrade(request, socket, head, (ws) => void welcome(ws, visit, known, origin))
      },
    },
  )

  const welcome = async (socket: WebSocket, visit: Visit, known: () => void, origin: string): Promise<void> => {
    // A broken frame ends the connection, which `close` tells.
    socket.on('error', () => socket.terminate())
    try {
      const signedIn = await signIn(socket, { ...options, origins: [origin] })
      known()
      visit.known()
      options.native(signedIn)
      socket.resume()
    } catch (error) {
      if (socket.readyState === socket.OPEN) socket.terminate()
      const code = error instanceof FoobotError ? error.code : 'internal'
      const again = failures.say(`${code} ${visit.source}`)
      if (again === undefined) return
      options.log.info({ code, source: visit.source, again, why: String(error) }, 'a sign-in failed')
    }
  }

  return {
    url: listener.hosts.origin,
    port: listener.port,
    close: () => closeSockets(people, () => listener.close()),
  }
}
