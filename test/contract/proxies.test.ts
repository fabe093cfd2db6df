import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { request } from 'node:https'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { WebSocket } from 'ws'
import { bounds } from '#bounds/bound.ts'
import { signEnvelope } from '#client/signer.ts'
import { loginKind } from '#core/signature/login.ts'
import { Daemons } from '../daemon.fixture.ts'
import { freePorts } from '../free-ports.fixture.ts'
import { root } from '../house/sources.ts'
import { nextFrame } from './native-client.fixture.ts'
import { Door } from './native-door.fixture.ts'

/** What docs/operating.md shows of nginx and Caddy, played with Debian's own, before a real door. */
const page = readFileSync(`${root}docs/operating.md`, 'utf8')
const shown = (language: string): string =>
  new RegExp(`^\`\`\`${language}\n([\\s\\S]*?)^\`\`\`$`, 'm').exec(page)?.[1] ?? ''
const name = 'foobot.acme.example'
const origin = `https://${name}`
const most = (): number => bounds().find((one) => one.name === 'strangers-source')?.most ?? 0

/** Starts one as the page shows it, on a port of the test's, with a certificate of the test's. */
const proxies: Readonly<Record<string, (daemons: Daemons, from: number, to: number) => void>> = {
  nginx: (daemons, from, to) => {
    const at = (file: string): string => join(daemons.folder, file)
    const site = shown('nginx')
      .replace('listen 443 ssl', `listen 127.0.0.1:${from} ssl`)
      .replace('/etc/ssl/foobot.pem', at('foobot.pem'))
      .replace('/etc/ssl/foobot.key', at('foobot.key'))
      .replace('127.0.0.1:8080', `127.0.0.1:${to}`)
      .replace('$http_host', name)
    const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map((one) => `${one}_temp_path ${at(one)};`)
    writeFileSync(
      at('nginx.conf'),
      `daemon off;\npid ${at('pid')};\nerror_log stderr;\nevents {}\nhttp {\naccess_log off;\n${temporary.join('\n')}\n${site}}\n`,
    )
    daemons.start('nginx', ['-c', at('nginx.conf'), '-e', 'stderr'])
  },
  caddy: (daemons, from, to) => {
    const at = (file: string): string => join(daemons.folder, file)
    const site = shown('caddy')
      .replace(
        `${name} {`,
        `https://${name}:${from} {\n  bind 127.0.0.1\n  tls ${at('foobot.pem')} ${at('foobot.key')}`,
      )
      .replace('reverse_proxy 127.0.0.1:8080', `reverse_proxy 127.0.0.1:${to} {\n    header_up Host ${name}\n  }`)
    writeFileSync(at('Caddyfile'), `{\n  admin off\n  auto_https off\n}\n${site}`)
    daemons.start('caddy', ['run', '--config', at('Caddyfile'), '--adapter', 'caddyfile'])
  },
}

describe.each(Object.keys(proxies))('%s, as the page shows it', (which) => {
  const daemons = new Daemons()
  let door: Door
  let port = 0
  let ca: Buffer
  beforeAll(async () => {
    door = await Door.open({ publicUrl: origin, proxy: ['127.0.0.1'] })
    const [free = 0] = await freePorts(1)
    port = free
    execFileSync(
      'openssl',
      [
        'req',
        '-x509',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:P-256',
        '-nodes',
        '-days',
        '2',
        '-subj',
        `/CN=${name}`,
      ].concat(['-addext', `subjectAltName=DNS:${name}`, '-keyout', 'foobot.key', '-out', 'foobot.pem']),
      { cwd: daemons.folder, stdio: 'ignore' },
    )
    ca = readFileSync(join(daemons.folder, 'foobot.pem'))
    proxies[which]?.(daemons, port, door.http.port)
    await daemons.until(async () => ((await ask('/healthz')).status === 200 ? true : undefined), which)
  })
  afterAll(async () => {
    await daemons.stop()
    await door.close()
  })
  const sockets: WebSocket[] = []
  afterEach(() => {
    for (const socket of sockets.splice(0)) socket.terminate()
  })

  const ask = (path: string, headers: Readonly<Record<string, string>> = {}) =>
    new Promise<{ status: number; text: string }>((resolve, reject) => {
      const to = {
        host: '127.0.0.1',
        port,
        servername: name,
        ca,
        path,
        headers: { host: `${name}:${port}`, ...headers },
      }
      const asked = request(to, (answer) => {
        let text = ''
        answer.on('data', (chunk) => {
          text += chunk
        })
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text }))
      })
      asked.on('error', reject)
      asked.end()
    })

  /** @param from a loopback address, which the proxy sees */
  const dial = (from: string): WebSocket => {
    const headers = { host: `${name}:${port}`, 'x-forwarded-for': '203.0.113.9' }
    // The types of `ws` leave out what it hands on to TLS.
    const line = { headers, servername: name, localAddress: from, ca }
    const socket = new WebSocket(`wss://127.0.0.1:${port}/native`, line)
    socket.on('error', () => undefined)
    sockets.push(socket)
    return socket
  }

  it('lets people sign in by the public name', async () => {
    const socket = dial('127.0.0.1')
    const { nonce } = await nextFrame(socket)
    const iat = Math.floor(Date.now() / 1000)
    const login = { v: 2 as const, deployment: 'acme', server: origin, door: 'native' as const, person: 'jhand', iat }
    const body = loginKind.encode({ ...login, nonce: String(nonce) })
    socket.send(
      JSON.stringify({ type: 'login', envelope: await signEnvelope(door.signerOf('jhand'), loginKind, body) }),
    )
    expect(await nextFrame(socket)).toMatchObject({ type: 'welcome', person: 'jhand' })
  })

  it('opens nothing of the inside, whatever a header says', async () => {
    const forged = { 'x-forwarded-for': '127.0.0.1', 'x-forwarded-host': 'localhost' }
    expect((await ask('/metrics', forged)).status).toBe(404)
    expect((await ask('/readyz', forged)).text).toBe('{"ok":true}')
  })

  it('makes two people two sources: one who floods pushes out none but their own', async () => {
    const other = dial('127.0.0.3')
    await nextFrame(other)
    const flood: WebSocket[] = []
    for (let n = 0; n < most() + 20; n++) {
      const socket = dial('127.0.0.2')
      flood.push(socket)
      await nextFrame(socket)
    }
    const open = (): number => flood.filter((socket) => socket.readyState === socket.OPEN).length
    await vi.waitFor(() => expect(open()).toBe(most()), 10_000)
    expect(other.readyState).toBe(other.OPEN)
  })
})
