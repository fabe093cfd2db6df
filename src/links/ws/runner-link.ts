import { createServer, type IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'
import { bound } from '#bounds/bound.ts'
import { Buckets } from '#bounds/buckets.ts'
import { type Place, Places } from '#bounds/places.ts'
import { Tally } from '#bounds/tally.ts'
import type { Clock } from '#core/clock.ts'
import { socketOrigin } from '#core/signature/login.ts'
import type { RunnerEars } from '#engine/runner-link.ts'
import { linkProtocol, refuseVersion, speaksOurs } from '#wire/link-protocol.ts'
import { Caller, type CallerOptions, loginTime, runnerBytes } from './caller.ts'
import { listenOn } from './socket-file.ts'

export type RunnerLinkOptions = {
  readonly deployment: string
  readonly ears: RunnerEars
  readonly clock: Clock
  /** 32 random hex digits. */
  readonly newNonce: () => string
  /** Milliseconds that a runner may take to sign in and announce. Default: the bound below. */
  readonly patience?: number
  /** Milliseconds between two looks whether runners are still there. Default: 10,000. */
  readonly probeEvery?: number
  readonly log: CallerOptions['log']
}

const frameBytes = bound('runner-frame', {
  most: 8 * 1024 * 1024,
  unit: 'bytes',
  of: 'one frame of a runner: receipts, or what one turn of it said',
  say: 'The link ends, and the runner dials again.',
})
const strangers = bound('runner-strangers', {
  most: 64,
  unit: 'connections',
  of: 'connections at the runners’ socket that have not signed in',
  say: 'The oldest of them ends.',
})
/** Bytes of one frame, for a listener that hands connections on. */
export const mostRunnerFrame = frameBytes.most
/** No compression: a small frame cannot become a large one. Milliseconds for the closing handshake. */
const plain = { noServer: true, perMessageDeflate: false, closeTimeout: 2_000, maxPayload: frameBytes.most }

/** Milliseconds in which one kind of refusal is said once. */
const saidEvery = 60_000

/** The server's end of the runners' link. Runners dial; the server never does. */
export class RunnerLink {
  readonly #options: RunnerLinkOptions
  readonly #callers = new Set<Caller>()
  readonly #probing: NodeJS.Timeout
  readonly #server = createServer({ headersTimeout: 10_000, requestTimeout: 10_000 }, (_, response) =>
    response.writeHead(426).end(),
  )
  readonly #places = new Places(strangers, strangers)
  readonly #refusals: Tally
  readonly #rates: Buckets
  readonly #sockets = new WebSocketServer({ ...plain, handleProtocols: () => linkProtocol })

  constructor(options: RunnerLinkOptions) {
    this.#options = options
    this.#refusals = new Tally(saidEvery, options.clock)
    this.#rates = new Buckets({ most: runnerBytes.most, perSecond: runnerBytes.perSecond ?? 0 }, options.clock)
    this.#probing = setInterval(() => this.#probe(), options.probeEvery ?? 10_000)
    const places = new WeakMap<Duplex, Place>()
    this.#server.on('connection', (socket) => {
      const place = this.#places.take('here', () => socket.destroy())
      places.set(socket, place)
      socket.once('close', () => place.free())
    })
    this.#server.on('upgrade', (request, socket, head) => {
      if (!speaksOurs(request.headers['sec-websocket-protocol'])) {
        this.#refused('somebody dials who speaks another version of the runners’ link', {})
        socket.end(refuseVersion)
        return
      }
      this.#sockets.handleUpgrade(request, socket, head, (ws) =>
        this.accept(ws, request, socketOrigin(options.deployment), () => places.get(socket)?.free()),
      )
    })
  }

  /**
   * Listens on a Unix socket that this user may open, and its group where the folder lets them in: runners are other users.
   * @throws FoobotError `socket-file`
   */
  listen(path: string): Promise<void> {
    return listenOn(this.#server, path, 'group')
  }

  /**
   * Takes over a connection that has yet to sign in.
   * @param origin the one that a login may name here
   * @param known called once it has signed in: it is no stranger any more
   */
  accept(socket: WebSocket, { socket: line }: IncomingMessage, origin: string, known: () => void): void {
    const { deployment, ears, clock, newNonce, patience = loginTime.most, log } = this.#options
    const caller: Caller = new Caller(socket, line, {
      deployment,
      ears,
      clock,
      log,
      origins: [origin],
      rates: this.#rates,
      known,
      patience,
      nonce: newNonce(),
      keyOf: (runner) => ears.keyOf(runner),
      replaces: ({ runner }) => this.#replace(runner, caller),
      refused: (runner, why, kind) =>
        this.#refused('a runner is refused', { ...(runner !== undefined && { runner }), why }, kind),
    })
    this.#callers.add(caller)
    socket.on('close', () => this.#callers.delete(caller))
  }

  /** Closes all links; resolves when they are gone and the socket's file is removed. */
  async close(): Promise<void> {
    clearInterval(this.#probing)
    const closed = new Promise((resolve) => this.#server.close(resolve))
    for (const client of this.#sockets.clients) client.close(1001, 'the server stops')
    this.#server.closeIdleConnections()
    await closed
  }

  /** One runner, one link: the newer one counts, since the older may be dead without knowing. */
  #replace(runner: string, by: Caller): void {
    for (const caller of this.#callers) {
      if (caller === by || caller.connection?.runner !== runner) continue
      caller.leave('the runner has dialled anew')
      caller.connection.close('You have dialled anew: this link ends.')
    }
  }

  /** Anybody who can dial can be refused without end: each kind is said once a minute. */
  #refused(what: string, about: { readonly runner?: string; readonly why?: string }, kind = what): void {
    const again = this.#refusals.say(JSON.stringify([what, about.runner ?? kind]))
    if (again !== undefined) this.#options.log.warn({ ...about, again }, what)
  }

  #probe(): void {
    for (const caller of this.#callers) caller.probe()
  }
}
