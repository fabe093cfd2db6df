import type { ServerResponse } from 'node:http'
import type { Clock } from '#core/clock.ts'
import { listen } from './listener.ts'

export type DeskOptions = {
  /** Where people open it: scheme, host and port. */
  readonly origin: string
  /** The one place that its pages may speak to. */
  readonly server: string
  readonly host: string
  readonly port: number
  /** Addresses of proxies before it. Default: none. */
  readonly proxy?: readonly string[]
  readonly clock: Clock
  /** What it serves: paths, as `desk.js`, and bytes. `index.html` is what people open. */
  readonly files: ReadonlyMap<string, Uint8Array>
}

export type Desk = { close(): Promise<void> }

const types: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  svg: 'image/svg+xml',
}

/**
 * What a desk's pages may do: run their own script, sign by passkey, and hand in what was signed at one server. Nothing
 * written into the page runs, no text becomes markup, and no other page may hold one of them in a frame.
 */
export const deskHeaders = (origin: string, server: string): Readonly<Record<string, string>> => ({
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self'",
    `connect-src ${server}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; '),
  'cross-origin-embedder-policy': 'require-corp',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'origin-agent-cluster': '?1',
  'permissions-policy':
    'publickey-credentials-get=(self), publickey-credentials-create=(self), clipboard-write=(self), ' +
    'camera=(), geolocation=(), microphone=()',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'cache-control': 'no-store',
  ...(origin.startsWith('https:') && { 'strict-transport-security': 'max-age=31536000' }),
})

/**
 * The desk: static files and their headers. It holds nothing, asks nobody, and reads no part of a request but its path.
 * @throws FoobotError `port-busy`
 */
export const makeDesk = async ({ origin, server, host, port, proxy, clock, files }: DeskOptions): Promise<Desk> => {
  const headers = deskHeaders(origin, server)
  const whereTaken = 'Stop that program, or write another port into the desk’s file and the bundle.'
  const listener = await listen(
    { host, port, publicUrl: origin, ...(proxy && { proxy }), clock, headers, whereTaken },
    {
      request: (request, response) => {
        request.resume()
        const isRead = request.method === 'GET' || request.method === 'HEAD'
        if (!isRead) return say(response.setHeader('allow', 'GET, HEAD'), 405, 'This desk is only read.\n')
        const [path = ''] = (request.url ?? '').split('?')
        const file = path === '/' ? 'index.html' : path.slice(1)
        const bytes = files.get(file)
        if (!bytes) return say(response, 404, 'There is nothing here.\n')
        response.setHeader('content-type', types[file.split('.').at(-1) ?? ''] ?? 'application/octet-stream')
        response.setHeader('content-length', bytes.length)
        response.end(request.method === 'HEAD' ? undefined : bytes)
      },
    },
  )
  return { close: () => listener.close() }
}

const say = (response: ServerResponse, status: number, text: string): void => {
  response.setHeader('content-type', 'text/plain; charset=utf-8')
  response.writeHead(status).end(text)
}
