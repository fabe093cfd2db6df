import type { Server } from 'node:http'
import { Registry } from 'prom-client'
import type { ServerConfig } from '#config/server.ts'
import type { Logger } from '#engine/logger.ts'
import { makeOperator } from '#http/operator.ts'
import { makeWaiting } from '#http/waiting.ts'
import { listenOn } from '#links/ws/socket-file.ts'
import { listenAt } from './listen-at.ts'

/** Stands where the server will, while that cannot start: it tells that it waits, and the operator why. */
export class WaitingRoom {
  readonly #log: Logger
  #open: Server[] = []
  #why = ''

  constructor(log: Logger) {
    this.#log = log
  }

  /** Says from now on why it waits, and begins to listen where it does not yet. */
  async open(config: Pick<ServerConfig, 'host' | 'metrics'>, port: number, why: string): Promise<void> {
    this.#why = why
    if (this.#open.length > 0) return
    const parts = () => [{ part: 'start', ok: false, why: this.#why }]
    const operator = makeOperator(() => ({ ok: false, parts: parts() }), new Registry())
    await this.#listen(makeWaiting(), (server) => listenTo(server, port, config.host))
    await this.#listen(operator, (server) =>
      'socket' in config.metrics
        ? listenOn(server, config.metrics.socket, 'group')
        : listenAt(server, config.metrics.port),
    )
  }

  /** Lets both addresses go; resolves when they are free. */
  async close(): Promise<void> {
    const open = this.#open
    this.#open = []
    for (const server of open) {
      const closed = new Promise((resolve) => server.close(resolve))
      server.closeAllConnections()
      await closed
    }
  }

  /** Where one cannot be had, it waits without. */
  async #listen(server: Server, listen: (server: Server) => Promise<void>): Promise<void> {
    try {
      await listen(server)
      this.#open.push(server)
    } catch (error) {
      this.#log.warn({ error: String(error) }, 'while I wait, I cannot be asked there')
    }
  }
}

const listenTo = (server: Server, port: number, host: string): Promise<void> =>
  new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, resolve)
  })
