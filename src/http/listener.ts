import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { bound } from '#bounds/bound.ts'
import { Line } from '#bounds/line.ts'
import { type Place, Places } from '#bounds/places.ts'
import type { Clock } from '#core/clock.ts'
import { FoobotError } from '#core/errors.ts'
import { type Hosts, hostsOf } from './hosts.ts'
import { sourcesBehind } from './source.ts'

const headerBytes = bound('http-header', {
  most: 16 * 1024,
  unit: 'bytes',
  of: 'the header of a request',
  say: 'The request is answered with 431, and its connection ends.',
})
const headerTime = bound('http-header-time', {
  most: 10_000,
  unit: 'milliseconds',
  of: 'the time for a request’s header, also before its first byte',
  say: 'The connection ends.',
})
const requestTime = bound('http-request-time', {
  most: 30_000,
  unit: 'milliseconds',
  of: 'the time for a whole request with its body',
  say: 'The request is answered with 408, and its connection ends.',
})
const silence = bound('http-silence', {
  most: 60_000,
  unit: 'milliseconds',
  of: 'the time in which nothing moves on a connection, as with a client that does not read its answer',
  say: 'The connection ends.',
})
const ofSource = bound('strangers-source', {
  most: 64,
  unit: 'connections',
  of: 'connections of one source at one listener that have not signed in',
  say: 'The source’s oldest connection ends.',
})
const ofAll = bound('strangers', {
  most: 1024,
  unit: 'connections',
  of: 'connections of all sources at one listener that have not signed in',
  say: 'The oldest connection of the source that holds most ends.',
})
const requests = bound('http-requests', {
  most: 200,
  unit: 'requests',
  perSecond: 50,
  of: 'requests of one source at one listener, webhooks apart',
  say: 'They wait their turn, whoever came last first.',
})
const waiting = bound('http-waiting', {
  most: 32,
  unit: 'requests',
  of: 'requests of one source that wait their turn',
  say: 'That is too much at once: try again in a few seconds.',
})

export type ListenerOptions = {
  /** Address to listen on, as `127.0.0.1`. */
  readonly host: string
  /** 0 takes a free one. */
  readonly port: number
  /** The one origin that is dialled, where a proxy stands before this listener. */
  readonly publicUrl?: string
  /** Addresses of proxies whose word counts for where a request comes from. Default: none. */
  readonly proxy?: readonly string[]
  readonly clock: Clock
  /** What every answer carries. */
  readonly headers: Readonly<Record<string, string>>
  /** What to do where the port is taken, as `Stop that one, or give another with --port.` */
  readonly whereTaken: string
  /** Milliseconds for a header, a whole request, and for nothing at all. Default: the bounds above. */
  readonly deadlines?: { readonly header: number; readonly request: number; readonly silence: number }
}

/** One request, or one connection that an upgrade opens: from where, and how long limits for strangers hold for it. */
export type Visit = {
  readonly source: string
  /** Whoever this is has signed in: the place that they held as a stranger is free. */
  known(): void
}

export type Listening = {
  request(request: IncomingMessage, response: ServerResponse, visit: Visit, hosts: Hosts): void
  /** Absent: no upgrade is taken. */
  upgrade?(request: IncomingMessage, socket: Duplex, head: Buffer, visit: Visit, hosts: Hosts): void
}

export type Listener = {
  readonly hosts: Hosts
  readonly port: number
  /** Takes no more connections, and ends those that are left after `farewell` at the latest. */
  close(): Promise<void>
}

const defaults = { header: headerTime.most, request: requestTime.most, silence: silence.most }

/** Milliseconds that a client may take for the closing handshake. */
const farewell = 1_000

/**
 * A port, and all that holds for whoever comes to it before it is known who they are: deadlines, sizes, places by source, and
 * the one name that is answered to.
 * @throws FoobotError `port-busy`
 */
export const listen = async (options: ListenerOptions, listening: Listening): Promise<Listener> => {
  const { headers, publicUrl, clock, deadlines = defaults } = options
  const server = createServer({
    maxHeaderSize: headerBytes.most,
    headersTimeout: deadlines.header,
    requestTimeout: deadlines.request,
    connectionsCheckingInterval: Math.min(1000, deadlines.header),
  })
  server.setTimeout(deadlines.silence)
  const sources = sourcesBehind(options.proxy)
  const places = new Places(ofSource, ofAll)
  const line = new Line(requests, waiting, clock)
  /** Of connections that somebody makes directly. */
  const direct = new WeakMap<Duplex, Place>()

  server.on('connection', (socket: Socket) => {
    const source = sources.ofConnection(socket.remoteAddress)
    if (source === undefined) return
    const place = places.take(source, () => socket.destroy())
    direct.set(socket, place)
    socket.once('close', () => place.free())
  })

  const visitOf = (request: IncomingMessage, socket: Duplex, until: Pick<NodeJS.EventEmitter, 'once'>): Visit => {
    const source = sources.ofRequest(request)
    const held = direct.get(socket)
    if (held) return { source, known: () => held.free() }
    const place = places.take(source, () => socket.destroy())
    until.once('close', () => place.free())
    return { source, known: () => place.free() }
  }

  const port = await boundPort(server, options)
  const hosts = hostsOf(addressOf(server), port, publicUrl)

  server.on('request', (request, response) => {
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value)
    const visit = visitOf(request, request.socket, response)
    if (!hosts.isOurs(request.headers.host)) return refuse(request, response, 421, hosts.misdirected)
    // Whoever posts to a webhook is counted where it is known whether that was genuine.
    if (isDelivery(request)) return listening.request(request, response, visit, hosts)
    void line
      .turn(visit.source, () => !request.destroyed)
      .then((mine) => {
        if (mine) listening.request(request, response, visit, hosts)
        else refuse(request, response, 429, waiting.say)
      })
  })

  server.on('upgrade', (request, socket, head) => {
    socket.on('error', () => socket.destroy())
    const visit = visitOf(request, socket, socket)
    if (!hosts.isOurs(request.headers.host))
      return refuseUpgrade(socket, '421 Misdirected Request', headers, hosts.misdirected)
    const { upgrade } = listening
    if (!upgrade) return refuseUpgrade(socket, '404 Not Found', headers)
    void line
      .turn(visit.source, () => !socket.destroyed)
      .then((mine) => {
        if (mine) upgrade(request, socket, head, visit, hosts)
        else refuseUpgrade(socket, '429 Too Many Requests', headers, waiting.say)
      })
  })

  return { hosts, port, close: () => closed(server) }
}

/** By the exact path alone: one that only becomes another when it is read, as `/hooks/../present`, is counted as any other. */
const isDelivery = ({ method, url = '' }: IncomingMessage): boolean =>
  method === 'POST' && /^\/hooks\/[\w-]+(\?|$)/.test(url)

const refuse = (request: IncomingMessage, response: ServerResponse, status: number, say: string): void => {
  request.resume()
  response.setHeader('content-type', 'text/plain; charset=utf-8')
  if (status === 429) response.setHeader('retry-after', '5')
  response.writeHead(status).end(`${say}\n`)
}

/** Answers an upgrade that is not taken. */
export const refuseUpgrade = (
  socket: Duplex,
  status: string,
  headers: Readonly<Record<string, string>>,
  say = '',
): void => {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`)
  const body = say === '' ? '' : `${say}\n`
  socket.end(
    `HTTP/1.1 ${status}\r\n${lines.join('')}content-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`,
  )
}

const boundPort = (server: Server, { host, port, whereTaken }: ListenerOptions): Promise<number> =>
  new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(addressError(error, host, port, whereTaken)))
    server.listen(port, host, () => resolve((server.address() as AddressInfo).port))
  })

const addressOf = (server: Server): string => (server.address() as AddressInfo).address

const addressError = (error: NodeJS.ErrnoException, host: string, port: number, whereTaken: string): Error => {
  if (error.code !== 'EADDRINUSE' && error.code !== 'EACCES') return error
  return new FoobotError(
    'port-busy',
    `${error.code} on ${host}:${port}`,
    `I cannot listen on port ${port}${error.code === 'EACCES' ? '' : ': another program uses it'}. ${whereTaken}`,
  )
}

const closed = async (server: Server): Promise<void> => {
  const gone = new Promise((resolve) => server.close(resolve))
  server.closeIdleConnections()
  const late = setTimeout(() => server.closeAllConnections(), farewell)
  await gone
  clearTimeout(late)
}
