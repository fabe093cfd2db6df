import { request } from 'node:http'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { bounds } from '#bounds/bound.ts'
import { sourcesBehind } from '#http/source.ts'
import { Door, type DoorOptions } from '../contract/native-door.fixture.ts'
import { Flood, upgradeText } from './flood.fixture.ts'

/**
 * Headers that anybody can write say where somebody comes from, or that they are of this machine. Only a proxy that the operator
 * lists is believed, and only what it appended itself; what is inside is told by another listener.
 */

// DEFENCE src/http/source.ts
// - if (!isProxy(remoteAddress)) return sourceOf(remoteAddress)

// DEFENCE src/http/source.ts
// - return sourceOf(seen.at(-1)) || sourceOf(remoteAddress)
// + return sourceOf(seen[0]) || sourceOf(remoteAddress)

// DEFENCE src/http/source.ts
// - ofConnection: (address) => (isProxy(address) ? undefined : sourceOf(address)),
// + ofConnection: (address) => sourceOf(address),

// DEFENCE src/http/app.ts
// - return c.json({ ok }, ok ? 200 : 503)
// + return c.json({ ok, parts: [{ part: 'log', ok: true }] }, ok ? 200 : 503)

const open: { close(): unknown }[] = []
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close()
})
const doorOf = async (options: DoorOptions = {}): Promise<Door> => {
  const door = await Door.open(options)
  open.push(door)
  return door
}
const most = (): number => bounds().find(({ name }) => name === 'strangers-source')?.most ?? 0

/** Opens twice as many as one source may, each of which says something in its headers; so many of them stay. */
const expectStaying = async (door: Door, headers: (n: number) => readonly string[], count: number): Promise<void> => {
  const flood = new Flood(door.http.port)
  open.push({ close: () => flood.end() })
  const host = `127.0.0.1:${door.http.port}`
  for (let n = 0; n < 2 * most(); n++) await flood.open(1, upgradeText(host, headers(n)))
  await vi.waitFor(() => expect(flood.sockets.length - flood.ended).toBe(count), 10_000)
}

const forwarded = (n: number): readonly string[] => [`X-Forwarded-For: 198.51.100.${n}`]

describe('who comes from where', () => {
  it('is what the socket says, where no proxy is listed', async () => {
    await expectStaying(await doorOf(), forwarded, most())
  })

  it('is not said by a header, where whoever sends it is no listed proxy', () => {
    const asking = { headers: { 'x-forwarded-for': '198.51.100.1' }, socket: { remoteAddress: '192.0.2.7' } }
    for (const proxies of [[], ['127.0.0.1'], ['192.0.2.70', '::1']]) {
      expect(sourcesBehind(proxies).ofRequest(asking)).toBe('192.0.2.7')
    }
  })

  it('is what the listed proxy says: people behind it are as many sources as they are', async () => {
    await expectStaying(await doorOf({ proxy: ['127.0.0.1'] }), forwarded, 2 * most())
  })

  it('is not what the client wrote before the proxy did', async () => {
    const door = await doorOf({ proxy: ['127.0.0.1'] })
    const written = (n: number): readonly string[] => [`X-Forwarded-For: 198.51.100.${n}, 203.0.113.9`]
    await expectStaying(door, written, most())
  })

  it.each([
    ['in another header', (n: number) => [`X-Real-IP: 198.51.100.${n}`, `Forwarded: for=198.51.100.${n}`]],
    ['in no address', (n: number) => [`X-Forwarded-For: unknown-${n}`]],
  ])('is the proxy where it is said %s', async (_, headers) => {
    await expectStaying(await doorOf({ proxy: ['127.0.0.1'] }), headers, most())
  })
})

describe('what is inside', () => {
  const ask = (port: number, path: string, headers: Readonly<Record<string, string>>) =>
    new Promise<{ status: number; text: string }>((resolve, reject) => {
      const asked = request({ port, path, headers }, (answer) => {
        let text = ''
        answer.on('data', (chunk) => {
          text += chunk
        })
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, text }))
      })
      asked.on('error', reject)
      asked.end()
    })

  it.each([
    ['by the name of the machine', {}],
    ['by a header that says it came from here', { 'x-forwarded-for': '127.0.0.1', 'x-forwarded-host': 'localhost' }],
    ['by headers of several proxies', { forwarded: 'for=127.0.0.1;host=localhost', 'x-real-ip': '127.0.0.1' }],
  ])('is told nobody at the people’s door: %s', async (_, headers) => {
    for (const options of [{}, { proxy: ['127.0.0.1'] }]) {
      const door = await doorOf(options)
      const { port } = door.http
      const asking = { host: `127.0.0.1:${port}`, ...headers }
      expect((await ask(port, '/metrics', asking)).status).toBe(404)
      expect(await ask(port, '/readyz', asking)).toEqual({ status: 200, text: '{"ok":true}' })
      expect((await ask(port, '/readyz', { ...asking, host: 'localhost' })).status).toBe(421)
    }
  })
})
