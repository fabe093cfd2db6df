import { type ServerOptions, WebSocketServer } from 'ws'

/** Milliseconds that a client may take for the closing handshake. */
const farewell = 1_000
/** No compression: a small frame cannot become a large one. Milliseconds for the closing handshake. */
const plain = { noServer: true, perMessageDeflate: false, closeTimeout: 2_000 }

/** In how many pieces a message may come, and wait for the rest of it: each costs more than its bytes. */
const pieces = (maxPayload: number) => ({ maxFragments: 1024, maxBufferedChunks: Math.ceil(maxPayload / 256) })

/** WebSockets on a listener of ours. @param maxPayload bytes of one frame */
export const webSockets = (maxPayload: number, more: Pick<ServerOptions, 'handleProtocols'> = {}): WebSocketServer =>
  new WebSocketServer({ ...plain, ...pieces(maxPayload), maxPayload, ...more })

/** Says goodbye on every WebSocket, then closes what they came in by. */
export const closeSockets = async (sockets: WebSocketServer, close: () => Promise<void>): Promise<void> => {
  for (const client of sockets.clients) client.close(1001, 'the server stops')
  const late = setTimeout(() => {
    for (const client of sockets.clients) client.terminate()
  }, farewell)
  await close()
  clearTimeout(late)
}
