import type { IncomingMessage } from 'node:http'
import type { WebSocket } from 'ws'
import type { Clock } from '#core/clock.ts'
import { linkProtocol, refuseVersion, speaksOurs } from '#wire/link-protocol.ts'
import { secureHeaders } from './headers.ts'
import { checkAddress } from './hosts.ts'
import { type ListenerOptions, listen, refuseUpgrade } from './listener.ts'
import { closeSockets, webSockets } from './web-sockets.ts'

export type RunnerDoorOptions = Pick<ListenerOptions, 'host' | 'port' | 'publicUrl' | 'proxy'> & {
  readonly clock: Clock
  /** Bytes of one frame. */
  readonly mostFrame: number
  /**
   * Takes over a connection that has yet to sign in.
   * @param origin the one that a login may name
   * @param known to be called once it has signed in
   */
  readonly accept: (socket: WebSocket, request: IncomingMessage, origin: string, known: () => void) => void
}

export type RunnerDoor = { readonly url: string; close(): Promise<void> }

/**
 * The listener for runners beyond this machine, apart from the people's: whoever floods that one keeps no runner out.
 * @throws FoobotError `http-plain`, `public-url-malformed`, `port-busy`
 */
export const makeRunnerDoor = async (options: RunnerDoorOptions): Promise<RunnerDoor> => {
  checkAddress(options.host, options.publicUrl)
  const headers = secureHeaders(options.publicUrl)
  const sockets = webSockets(options.mostFrame, { handleProtocols: () => linkProtocol })
  const listener = await listen(
    { ...options, headers, whereTaken: 'Stop that one, or write another under runners into server.yaml.' },
    {
      request: (request, response) => {
        request.resume()
        response.writeHead(426, { 'content-type': 'text/plain; charset=utf-8' }).end('Only runners dial here.\n')
      },
      upgrade: (request, socket, head, visit, { origin }) => {
        // No page is a runner.
        if (request.headers.origin !== undefined) return refuseUpgrade(socket, '403 Forbidden', headers)
        if (request.url !== '/runner') return refuseUpgrade(socket, '404 Not Found', headers)
        if (!speaksOurs(request.headers['sec-websocket-protocol'])) return void socket.end(refuseVersion)
        sockets.handleUpgrade(request, socket, head, (ws) => options.accept(ws, request, origin, () => visit.known()))
      },
    },
  )
  return { url: listener.hosts.origin, close: () => closeSockets(sockets, () => listener.close()) }
}
