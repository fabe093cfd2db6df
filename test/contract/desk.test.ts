import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readDeskConfig } from '#config/desk.ts'
import { type Desk, makeDesk } from '#http/desk.ts'
import { deskDigests, deskFiles } from '#processes/desk-files.ts'
import { freePort } from '#processes/free-port.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'foobot-desk-'))
afterAll(() => rmSync(folder, { recursive: true }))

describe('what the desk serves', () => {
  const run = promisify(execFile)
  const build = async (name: string): Promise<Record<string, string>> => {
    const out = join(folder, name)
    const vite = join(root, 'node_modules/.bin/vite')
    await run(vite, ['build', '-c', 'web/desk/vite.config.ts', '--outDir', out, '--logLevel', 'warn'], { cwd: root })
    const digest = (file: string): string =>
      createHash('sha256')
        .update(readFileSync(join(out, file)))
        .digest('hex')
    return Object.fromEntries(readdirSync(out).map((file) => [file, digest(file)]))
  }

  it('is what its sources give, each time', async () => {
    const kept = Object.fromEntries(deskDigests())
    expect(Object.keys(kept)).toEqual(['desk.css', 'desk.js', 'icon.svg', 'index.html'])
    expect(await build('first'), 'run "npm run build:desk" and keep web/desk/dist').toEqual(kept)
    expect(await build('second')).toEqual(kept)
  })

  it('has no code in its page, and no text that would become some', () => {
    const texts = [...deskFiles()].map(([path, bytes]) => [path, Buffer.from(bytes).toString()] as const)
    const page = texts.find(([path]) => path === 'index.html')?.[1] ?? ''
    expect(page.match(/<script[^>]*>/g)).toEqual(['<script type="module" crossorigin src="/desk.js">'])
    expect(page).not.toMatch(/<style|\son[a-z]+=|\sstyle=/)
    for (const [, text] of texts) expect(text).not.toMatch(/\beval\(|new Function\(|document\.write/)
  })
})

describe('its answers', () => {
  let port: number
  let desk: Desk
  beforeAll(async () => {
    port = await freePort()
    const files = deskFiles()
    const options = { server: 'https://foobot.acme.example', host: '127.0.0.1', files }
    desk = await makeDesk({ clock: Date.now, ...options, origin: `http://desk.localhost:${port}`, port })
  })
  afterAll(() => desk.close())

  type Answer = { readonly status: number; readonly headers: NodeJS.Dict<string | string[]>; readonly body: Buffer }
  const ask = (path: string, { method = 'GET', host = `desk.localhost:${port}` } = {}): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const asked = request({ host: '127.0.0.1', port, path, method, headers: { host } }, async (answer) => {
        const body = Buffer.concat(await answer.toArray())
        resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body })
      })
      asked.on('error', reject).end()
    })

  it('are its files, by their names alone', async () => {
    for (const [path, bytes] of deskFiles()) {
      const { status, body } = await ask(`/${path}?x`)
      expect(status).toBe(200)
      expect(body.equals(bytes)).toBe(true)
    }
    expect((await ask('/')).headers['content-type']).toBe('text/html; charset=utf-8')
    expect((await ask('/desk.js')).headers['content-type']).toBe('text/javascript; charset=utf-8')
    expect((await ask('/', { method: 'HEAD' })).body).toHaveLength(0)
  })

  it.each(['/../package.json', '/%2e%2e/package.json', '//desk.js', '/toString', '/desk.js/', '/index.html%00'])(
    'are nothing for %s',
    async (path) => {
      expect((await ask(path)).status).toBe(404)
    },
  )

  it('are only read, and only by its own name', async () => {
    expect((await ask('/', { method: 'POST' })).status).toBe(405)
    for (const host of [`localhost:${port}`, 'desk.localhost', `127.0.0.1:${port}`, 'evil.example']) {
      expect((await ask('/', { host })).status).toBe(421)
    }
  })

  it.each([
    ['/', 'GET', 'its own name'],
    ['/nothing', 'GET', 'its own name'],
    ['/', 'PUT', 'its own name'],
    ['/', 'GET', 'evil.example'],
  ])('carry every header: %s %s %s', async (path, method, host) => {
    const { headers } = await ask(path, { method, ...(host === 'evil.example' && { host }) })
    const policy = String(headers['content-security-policy']).split('; ')
    expect(policy).toEqual([
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "img-src 'self'",
      'connect-src https://foobot.acme.example',
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
      "require-trusted-types-for 'script'",
      "trusted-types 'none'",
    ])
    expect(headers).toMatchObject({
      'cross-origin-opener-policy': 'same-origin',
      'cross-origin-resource-policy': 'same-origin',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'cache-control': 'no-store',
    })
    expect(headers).not.toHaveProperty('access-control-allow-origin')
    expect(headers).not.toHaveProperty('set-cookie')
  })

  it('say which port is taken', async () => {
    const again = makeDesk({
      clock: Date.now,
      origin: 'http://desk.localhost:1',
      server: 'http://localhost:1',
      host: '127.0.0.1',
      port,
      files: new Map(),
    })
    await expect(again).rejects.toMatchObject({ code: 'port-busy' })
  })
})

describe('its configuration', () => {
  const read = (text: string) => {
    const file = join(folder, 'desk.yaml')
    writeFileSync(file, text)
    return readDeskConfig(file)
  }

  it('is an origin and a server', () => {
    expect(read('origin: https://desk.acme.example\nserver: https://foobot.acme.example\n')).toEqual({
      proxy: [],
      origin: 'https://desk.acme.example',
      server: 'https://foobot.acme.example',
      host: '127.0.0.1',
      port: 8081,
    })
  })

  it.each([
    ['server: https://foobot.acme.example', 'write an origin'],
    ['origin: https://desk.acme.example', 'write an origin'],
    ['origin: http://desk.acme.example\nserver: https://foobot.acme.example', 'write https'],
    ['origin: http://desk.localhost:8081/\nserver: http://localhost:8080', 'write https'],
    ['origin: http://127.0.0.1:8081\nserver: http://localhost:8080', 'a name'],
    ['origin: http://localhost:8080\nserver: http://localhost:8080', 'the same'],
    ['origin: http://desk.localhost:8081\nserver: http://localhost:8080\nhost: 0.0.0.0', 'heard by other machines'],
    ['origin: http://desk.localhost:8081\nserver: http://localhost:8080\nkey: x', 'means nothing here'],
  ])('refuses %j', (text, reason) => {
    expect(() => read(text)).toThrow(reason)
  })
})
