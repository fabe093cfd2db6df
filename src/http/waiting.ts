import { createServer, type Server } from 'node:http'

/** Answers where the server will listen, while it cannot start: it lives, and is not ready. It takes nothing. */
export const makeWaiting = (): Server =>
  createServer({ maxHeaderSize: 16 * 1024, requestTimeout: 10_000, headersTimeout: 10_000 }, (request, response) => {
    request.resume()
    const isAlive = request.url === '/healthz'
    response
      .writeHead(isAlive ? 200 : 503, { 'content-type': 'application/json', connection: 'close' })
      .end(JSON.stringify({ ok: isAlive }))
  })
