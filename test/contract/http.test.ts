import { request } from 'node:http'
import { connect } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { type HttpOptions, makeHttp } from '#http/server.ts'

const open: { close(): unknown }[] = []
afterEach(async () => {
  for (const one of open.splice(0)) await one.close()
})

const serverOf = async (options: Partial<HttpOptions> = {}) => {
  const http = await makeHttp({
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
    ...options,
  })
  open.push(http)
  return http
}

type Answer = { readonly status: number; readonly headers: NodeJS.Dict<string | string[]>; readonly text: string }

/** Asks with whatever Host header; `fetch` would not let us lie. */
const ask = (port: number, path: string, options: { host?: string; method?: string; body?: string } = {}) =>
  new Promise<Answer>((resolve, reject) => {
    const { host = `127.0.0.1:${port}`, method = 'GET', body } = options
    const asked = request({ port, path, method, headers: { host } }, (answer) => {
      let text = ''
      answer.on('data', (chunk) => {
        text += chunk
      })
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text }))
    })
    asked.on('error', reject)
    asked.end(body)
  })

describe('routes', () => {
  it('tell that it lives and whether it is ready, and nothing of the inside', async () => {
    const { port } = await serverOf({ ready: () => false })
    expect(await ask(port, '/healthz')).toMatchObject({ status: 200, text: '{"ok":true}' })
    expect(await ask(port, '/readyz')).toMatchObject({ status: 503, text: '{"ok":false}' })
    expect((await ask(port, '/metrics')).status).toBe(404)
    expect((await ask(port, '/')).text).toContain('Foobot of ACME')
  })

  it.each(['/', '/healthz', '/nothing/here', '/%', '/native'])('answer %s with secure headers', async (path) => {
    const { port } = await serverOf()
    const { headers } = await ask(port, path)
    expect(headers['content-security-policy']).toContain("default-src 'none'")
    expect(headers['content-security-policy']).toContain("frame-ancestors 'none'")
    expect(headers['x-content-type-options']).toBe('nosniff')
    expect(headers['referrer-policy']).toBe('no-referrer')
  })

  it.each(['evil.example', '127.0.0.1', '127.0.0.1:1', '169.254.169.254', '127.0.0.1@evil.example', '%'])(
    'do not answer to the name %s',
    async (host) => {
      const { port } = await serverOf()
      const answer = await ask(port, '/healthz', { host })
      expect(answer.status).toBe(421)
      expect(answer.headers['x-content-type-options']).toBe('nosniff')
    },
  )

  it('take no large body', async () => {
    const { port } = await serverOf()
    expect((await ask(port, '/', { method: 'POST', body: 'x'.repeat(65 * 1024) })).status).toBe(413)
    expect((await ask(port, '/', { method: 'POST', body: 'x' })).status).toBe(404)
  })

  it('say nothing of what broke', async () => {
    const { port } = await serverOf({
      ready: () => {
        throw new Error('secret inside')
      },
    })
    const answer = await ask(port, '/readyz')
    expect(answer.status).toBe(500)
    expect(answer.text).not.toContain('secret')
    expect(answer.headers['x-frame-options']).toBe('DENY')
  })
})

describe('an upgrade', () => {
  /** The first line of what a raw upgrade is answered. */
  const upgrade = (port: number, path: string, headers: readonly string[]) =>
    new Promise<string>((resolve, reject) => {
      const socket = connect(port, '127.0.0.1')
      const all = [
        'Connection: Upgrade',
        'Upgrade: websocket',
        'Sec-WebSocket-Version: 13',
        'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
      ]
      socket.write(`GET ${path} HTTP/1.1\r\n${[...all, ...headers].join('\r\n')}\r\n\r\n`)
      socket.once('data', (data) => {
        socket.destroy()
        resolve(String(data).split('\r\n')[0] ?? '')
      })
      socket.once('error', reject)
    })

  it.each([
    ['from our own page', '/native', '127.0.0.1', 'http://127.0.0.1', '101'],
    ['from a terminal', '/native', '127.0.0.1', undefined, '101'],
    ['from another site', '/native', '127.0.0.1', 'https://evil.example', '403'],
    ['from a page in a frame without origin', '/native', '127.0.0.1', 'null', '403'],
    ['by another name', '/native', 'evil.example', undefined, '421'],
    ['to another place', '/other', '127.0.0.1', undefined, '404'],
    ['to the runners, who have no door here', '/runner', '127.0.0.1', undefined, '404'],
  ])('%s is answered as it must be', async (_, path, host, origin, status) => {
    const { port } = await serverOf()
    const headers = [
      `Host: ${host}:${port}`,
      ...(origin ? [`Origin: ${origin === 'http://127.0.0.1' ? `${origin}:${port}` : origin}`] : []),
    ]
    expect(await upgrade(port, path, headers)).toContain(`HTTP/1.1 ${status}`)
  })
})

describe('an address', () => {
  it('beyond this machine needs https before it', async () => {
    await expect(serverOf({ host: '0.0.0.0' })).rejects.toMatchObject({ code: 'http-plain' })
    await expect(serverOf({ host: '0.0.0.0', publicUrl: 'http://foobot.acme.example' })).rejects.toMatchObject({
      code: 'http-plain',
    })
    const { url, port } = await serverOf({ host: '0.0.0.0', publicUrl: 'https://foobot.acme.example/' })
    expect(url).toBe('https://foobot.acme.example')
    const { headers } = await ask(port, '/healthz', { host: 'foobot.acme.example' })
    expect(headers['strict-transport-security']).toBeDefined()
  })

  it.each(['foobot.acme.example', 'https://foobot.acme.example/chat', 'https://a:b@foobot.acme.example', 'ftp://x'])(
    'cannot be %s',
    async (publicUrl) => {
      await expect(serverOf({ publicUrl })).rejects.toMatchObject({ code: 'public-url-malformed' })
    },
  )

  it('that is taken is said in one line', async () => {
    const { port } = await serverOf()
    await expect(serverOf({ port })).rejects.toMatchObject({
      code: 'port-busy',
      say: `I cannot listen on port ${port}: another program uses it. Stop that one, or give another with --port.`,
    })
  })
})
