import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { Registry } from 'prom-client'
import { secureHeaders } from './headers.ts'
import { isLoopback } from './hosts.ts'

/** Whether each part of the server does its work. */
export type Health = {
  readonly ok: boolean
  readonly parts: readonly { readonly part: string; readonly ok: boolean; readonly why?: string }[]
}

/**
 * The operator's listener, for a Unix socket or a port of this machine: `/metrics`, and `/readyz` with what is not ready. It tells
 * of the inside, and changes nothing. No page that resolves to this machine reads it: Host must be a loopback name.
 */
export const makeOperator = (health: () => Health, metrics: Registry): Server => {
  const headers = secureHeaders(undefined)
  const answer = async (request: IncomingMessage): Promise<Answer> => {
    if (!isNear(request.headers.host)) return text(421, 'This listener goes by the names of its own machine alone.')
    if (request.method !== 'GET') return text(405, 'This is only read.')
    switch (request.url) {
      case '/metrics':
        return { status: 200, type: metrics.contentType, body: await metrics.metrics() }
      case '/readyz': {
        const { ok, parts } = health()
        return { status: ok ? 200 : 503, type: 'application/json', body: JSON.stringify({ ok, parts }) }
      }
      default:
        return text(404, 'There is nothing here but /metrics and /readyz.')
    }
  }
  return createServer(
    { maxHeaderSize: 16 * 1024, headersTimeout: 10_000, requestTimeout: 10_000 },
    (request, response) => {
      request.resume()
      void answer(request)
        .catch(() => text(500, 'Something broke on my side: look into the log of the server.'))
        .then(({ status, type, body }) => response.writeHead(status, { ...headers, 'content-type': type }).end(body))
    },
  )
}

type Answer = { readonly status: number; readonly type: string; readonly body: string }

const text = (status: number, say: string): Answer => ({ status, type: 'text/plain; charset=utf-8', body: `${say}\n` })

/** Also without a port: a client of a Unix socket names whatever it likes, most often `localhost`. */
const isNear = (host: string | undefined): boolean => host !== undefined && isLoopback(host.replace(/:\d+$/, ''))
