import { type ServerOptions, WebSocketServer } from 'ws'

/** Milliseconds that a client may take for the closing handshake. */
const farewell = 1_000
/** No compression: a small frame cannot become a large one. Milliseconds for the closing handshake. */
const plain = { noServer: true, perMessageDeflate: false, closeTimeout: 2_000 }

/** WebSockets on a listener of ours. @param maxPayload bytes of one frame */
export const webSockets = (maxPayload: number, more: Pick<ServerOptions, 'handleProtocols'> = {}): WebSocketServer =>
  new WebSocketServer({ ...plain, maxPayload, ...more })

/** Says goodbye on every WebSocket, then closes what they came in by. */
export const closeSockets = async (sockets: WebSocketServer, close: () => Promise<void>): Promise<void> => {
  for (const client of sockets.clients) client.close(1001, 'the server stops')
  const late = setTimeout(() => {
    for (const client of sockets.clients) client.terminate()
  }, farewell)
  await close()
  clearTimeout(late)
}
