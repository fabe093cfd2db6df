import { connect, type Socket } from 'node:net'

/** One upgrade as a client sends it, which never says who it is. */
export const upgradeText = (host: string, headers: readonly string[] = [], path = '/native'): string =>
  [
    `GET ${path} HTTP/1.1`,
    `Host: ${host}`,
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    ...headers,
    '\r\n',
  ].join('\r\n')

/** Connections that say nothing, or what they are given, and never more. Ended with `end`. */
export class Flood {
  readonly sockets: Socket[] = []
  readonly #port: number
  /** How many the other side has ended. */
  ended = 0

  constructor(port: number) {
    this.#port = port
  }

  /** @param from a loopback address: another one is another source */
  async open(count: number, first = '', from = '127.0.0.1'): Promise<void> {
    const opened = Array.from({ length: count }, () => this.#open(first, from))
    await Promise.all(opened)
  }

  #open(first: string, from: string): Promise<void> {
    return new Promise((resolve) => {
      const socket = connect({ port: this.#port, host: '127.0.0.1', localAddress: from })
      this.sockets.push(socket)
      socket.on('error', () => undefined)
      socket.on('close', () => {
        this.ended++
        resolve()
      })
      socket.resume()
      socket.once('connect', () => {
        if (first === '') return resolve()
        socket.write(first)
        socket.once('data', () => resolve())
      })
    })
  }

  end(): void {
    for (const socket of this.sockets.splice(0)) socket.destroy()
  }
}
