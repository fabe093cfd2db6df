import { createServer, type IncomingMessage } from 'node:http'
import { type WebSocket, WebSocketServer } from 'ws'
import type { Clock } from '#core/clock.ts'
import { socketOrigin } from '#core/signature/login.ts'
import type { RunnerEars } from '#engine/runner-link.ts'
import { linkProtocol, refuseVersion, speaksOurs } from '#wire/link-protocol.ts'
import { Caller, type CallerOptions } from './caller.ts'
import { listenOn } from './socket-file.ts'

export type RunnerLinkOptions = {
  readonly deployment: string
  readonly ears: RunnerEars
  readonly clock: Clock
  /** 32 random hex digits. */
  readonly newNonce: () => string
  /** Milliseconds that a runner may take to sign in and announce. Default: 10,000. */
  readonly patience?: number
  /** Milliseconds between two looks whether runners are still there. Default: 10,000. */
  readonly probeEvery?: number
  readonly log: CallerOptions['log']
}

/** Bytes of one frame: a group of orders, a bundle, or what a turn of a runner said. */
const mostFrame = 8 * 1024 * 1024
/** No compression: a small frame cannot become a large one. Milliseconds for the closing handshake. */
const plain = { noServer: true, perMessageDeflate: false, closeTimeout: 2_000 }

/** The server's end of the runners' link. Runners dial; the server never does. */
export class RunnerLink {
  readonly #options: RunnerLinkOptions
  readonly #callers = new Set<Caller>()
  readonly #probing: NodeJS.Timeout
  readonly #server = createServer((_, response) => response.writeHead(426).end())
  readonly #sockets = new WebSocketServer({ ...plain, maxPayload: mostFrame, handleProtocols: () => linkProtocol })

  constructor(options: RunnerLinkOptions) {
    this.#options = options
    this.#probing = setInterval(() => this.#probe(), options.probeEvery ?? 10_000)
    const origins = [socketOrigin(options.deployment)]
    this.#server.on('upgrade', (request, socket, head) => {
      if (!speaksOurs(request.headers['sec-websocket-protocol'])) {
        options.log.warn({}, 'somebody dials who speaks another version of the runners’ link')
        socket.end(refuseVersion)
        return
      }
      this.#sockets.handleUpgrade(request, socket, head, (ws) => this.accept(ws, request, origins))
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
   * @param origins by what addresses the server may have been dialled here
   */
  accept(socket: WebSocket, { socket: line }: IncomingMessage, origins: readonly string[]): void {
    const { deployment, ears, clock, newNonce, patience = 10_000, log } = this.#options
    const caller: Caller = new Caller(socket, line, {
      deployment,
      ears,
      clock,
      log,
      origins,
      patience,
      nonce: newNonce(),
      keyOf: (runner) => ears.keyOf(runner),
      replaces: ({ runner }) => this.#replace(runner, caller),
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

  #probe(): void {
    for (const caller of this.#callers) caller.probe()
  }
}
