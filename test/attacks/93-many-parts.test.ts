import { connect } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { type Http, makeHttp } from '#http/server.ts'

/**
 * A stranger posts a body a byte at a time, in one packet: a hundred times as much work as the same bytes at once. After a
 * thousand parts nothing of it is read any more.
 */

// DEFENCE src/http/limit-body.ts
// - const full = length > limit.most ? limit : read.length > parts.most ? parts : undefined
// + const full = length > limit.most ? limit : undefined

// DEFENCE src/http/limit-body.ts
// - if (!c.req.raw.headers.has('transfer-encoding')) return inBytes(c, next)
// + if (limit.most > 0) return inBytes(c, next)

// DEFENCE src/http/listener.ts
// - method === 'POST' && /^\/hooks\/[\w-]+(\?|$)/.test(url)
// + url.startsWith('/hooks/')

let http: Http
let heard: number[] = []
afterEach(() => http.close())
const openDoor = async (): Promise<void> => {
  heard = []
  http = await makeHttp({
    host: '127.0.0.1',
    port: 0,
    clock: Date.now,
    newNonce: () => '0'.repeat(32),
    deployment: 'acme',
    companyName: () => 'ACME',
    personKeys: () => [],
    ready: () => true,
    present: async () => ({ accepted: false, say: 'Nothing waits for that.' }),
    deskOrigins: () => [],
    native: () => undefined,
    log: { info: () => undefined },
    hear: async ({ body }) => {
      heard.push(body.length)
      return 'taken'
    },
  })
}

/** Sends bytes as they are, and gives all that is answered until the connection ends. */
const answered = (text: string): Promise<string> =>
  new Promise((resolve) => {
    let answer = ''
    const socket = connect(http.port, '127.0.0.1')
    socket.setEncoding('utf8').on('data', (data) => {
      answer += data
    })
    socket.on('error', () => undefined).on('close', () => resolve(answer))
    socket.write(text)
  })
const post = (path: string, parts: number, size = 1): string =>
  [
    `POST ${path} HTTP/1.1`,
    `Host: 127.0.0.1:${http.port}`,
    'Connection: close',
    'Transfer-Encoding: chunked',
    'Content-Type: application/json',
    '',
    `${`${size.toString(16)}\r\n${'x'.repeat(size)}\r\n`.repeat(parts)}0\r\n\r\n`,
  ].join('\r\n')

describe('a body in parts', () => {
  it.each(['/hooks/on-call', '/present', '/phone', '/'])('is read no further than it may, at %s', async (path) => {
    await openDoor()
    expect(await answered(post(path, 20_000))).toMatch(/^HTTP\/1\.1 413 /)
    expect(heard).toEqual([])
  })

  it('is taken whole where the parts are few', async () => {
    await openDoor()
    expect(await answered(post('/hooks/on-call', 200, 1024))).toMatch(/^HTTP\/1\.1 200 /)
    expect(heard).toEqual([200 * 1024])
    expect(await answered(post('/hooks/on-call', 257, 1024))).toMatch(/^HTTP\/1\.1 413 /)
  })
})

describe('the path of a webhook', () => {
  it.each(['/hooks/../present', '/hooks/%2e%2e/', '/hooks/x/../../present'])(
    'lets nobody go by another: %s',
    async (path) => {
      await openDoor()
      const many = `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1:${http.port}\r\nContent-Length: 0\r\n\r\n`
      const answer = await answered(
        many.repeat(299) + many.replace('Content-Length', 'Connection: close\r\nContent-Length'),
      )
      // Of 300 at once, 200 have their turn at once, and 32 wait for it.
      expect(answer.split('HTTP/1.1 429 ').length).toBeGreaterThan(20)
    },
  )
})
