import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Hosts, hostsOf } from './hosts.ts'

/** Where the server will listen. */
export type Address = { readonly host: string; readonly port: number; readonly publicUrl?: string }

/** Answers where the server will, while it cannot start: it lives, it is not ready, and why. It takes nothing. */
export class WaitingRoom {
  readonly #server: Server
  #hosts: Hosts | undefined
  #why = ''

  constructor() {
    this.#server = createServer({ maxHeaderSize: 16 * 1024, requestTimeout: 10_000, headersTimeout: 10_000 })
    this.#server.on('request', (request, response) => this.#answer(request, response))
  }

  /** Says from now on why it waits, and begins to listen where it does not yet. */
  async open({ host, port, publicUrl }: Address, why: string): Promise<void> {
    this.#why = why
    if (this.#server.listening) return
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject)
      this.#server.listen(port, host, () => {
        this.#server.off('error', reject)
        resolve()
      })
    })
    this.#hosts = hostsOf(host, (this.#server.address() as AddressInfo).port, publicUrl)
  }

  /** Lets the address go; resolves when it is free. */
  async close(): Promise<void> {
    if (!this.#server.listening) return
    const closed = new Promise((resolve) => this.#server.close(resolve))
    this.#server.closeAllConnections()
    await closed
  }

  #answer({ url, headers: { host } }: IncomingMessage, response: ServerResponse): void {
    if (url === '/healthz') {
      send(response, 200, { ok: true })
      return
    }
    const isLocal = this.#hosts?.isLocal(host) === true
    const parts = [{ part: 'start', ok: false, why: this.#why }]
    send(response, 503, isLocal ? { ok: false, parts } : { ok: false })
  }
}

const send = (response: ServerResponse, status: number, what: object): void => {
  response.writeHead(status, { 'content-type': 'application/json', connection: 'close' }).end(JSON.stringify(what))
}
