import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { WebSocket } from 'ws'
import { bounds } from '#bounds/bound.ts'
import { listen } from '#http/listener.ts'
import { RunnerLink } from '#links/ws/runner-link.ts'
import { linkProtocol } from '#wire/link-protocol.ts'
import { Client, closeOf, nextFrame, rawLine } from '../contract/native-client.fixture.ts'
import { Door } from '../contract/native-door.fixture.ts'
import { Flood, upgradeText } from './flood.fixture.ts'

/**
 * Strangers take every place before anybody has signed in: idle connections, dripping ones, WebSockets that never say who they
 * are. Each source has places of its own, and the newcomer gets one: whoever floods ends their own connections.
 */

// DEFENCE src/bounds/places.ts
// - if (mine.size >= this.#each.most) giveWay(mine, this.#each)
// - else if (this.#count >= this.#all.most) giveWay(this.#largest(), this.#all)

// DEFENCE src/http/listener.ts
// - const place = places.take(source, () => socket.destroy())
// - direct.set(socket, place)
// - socket.once('close', () => place.free())

// DEFENCE src/http/server.ts
// - visit.known()

// DEFENCE src/http/listener.ts
// - connectionsCheckingInterval: Math.min(1000, deadlines.header),

// DEFENCE src/http/server.ts
// - const known = limitFirstBytes(request.socket, strangerBytes)
// + const known = () => undefined

// DEFENCE src/links/ws/runner-link.ts
// - const place = this.#places.take('here', () => socket.destroy())
// + const place = new Places(strangers, strangers).take('here', () => socket.destroy())

const open: { close(): unknown }[] = []
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close()
})
const doorOf = async (): Promise<Door> => {
  const door = await Door.open()
  open.push(door)
  return door
}
const floodOf = (port: number): Flood => {
  const flood = new Flood(port)
  open.push({ close: () => flood.end() })
  return flood
}
const ofSource = (): number => bounds().find(({ name }) => name === 'strangers-source')?.most ?? 0

describe('at the people’s door', () => {
  it.each([
    ['256 that say nothing', 256, ''],
    ['1,000 that say nothing', 1000, ''],
    ['1,000 that begin a header and go no further', 1000, 'GET / HTTP/1.1\r\nHost: '],
  ])('%s keep nobody out, from wherever they come', async (_, count, first) => {
    const door = await doorOf()
    const flood = floodOf(door.http.port)
    // What is not answered is not waited for.
    void flood.open(count, first)
    await vi.waitFor(() => expect(flood.ended).toBeGreaterThanOrEqual(count - ofSource()), 8_000)
    const steve = await Client.open(door, 'steve', 'devs')
    await steve.ask('devs', 'Foobot hello')
    expect(steve.texts('devs')).toContain('Hello yourself.')
    steve.connection.close()
  })

  it('1,000 WebSockets that never say who they are hold no more places than one source has', async () => {
    const door = await doorOf()
    const flood = floodOf(door.http.port)
    for (let opened = 0; opened < 1000; opened += 100) {
      await flood.open(100, upgradeText(`127.0.0.1:${door.http.port}`))
    }
    expect(flood.sockets.length - flood.ended).toBeLessThanOrEqual(ofSource())
    const steve = await Client.open(door, 'steve', 'devs')
    await steve.ask('devs', 'Foobot hello')
    steve.connection.close()
  })

  it('who has signed in gives way to no stranger', async () => {
    const door = await doorOf()
    const steve = await rawLine(door, 'steve')
    const flood = floodOf(door.http.port)
    await flood.open(300)
    await vi.waitFor(() => expect(flood.ended).toBeGreaterThanOrEqual(300 - ofSource()), 8_000)
    expect(steve.readyState).toBe(steve.OPEN)
    steve.terminate()
  })

  it('a stranger of another source gives way to no flood', async () => {
    const door = await doorOf()
    const other = floodOf(door.http.port)
    await other.open(1, '', '127.0.0.9')
    const flood = floodOf(door.http.port)
    await flood.open(1000, '', '127.0.0.2')
    expect(other.ended).toBe(0)
  })

  it('where all places are taken, those give way who hold most', async () => {
    const door = await doorOf()
    const other = floodOf(door.http.port)
    await other.open(1, '', '127.0.0.9')
    const flood = floodOf(door.http.port)
    for (let source = 10; source < 30; source++) await flood.open(60, '', `127.0.0.${source}`)
    expect(other.ended).toBe(0)
    const steve = await Client.open(door, 'steve', 'devs')
    steve.connection.close()
  })

  it('more than a login is read of nobody, in how many frames it ever comes', async () => {
    const door = await doorOf()
    const socket = new WebSocket(`${door.http.url.replace('http', 'ws')}/native`)
    const gone = closeOf(socket)
    socket.on('error', () => undefined)
    await nextFrame(socket)
    for (let sent = 0; sent < 40; sent++) socket.send('x'.repeat(125), { fin: false })
    expect(socket.readyState).toBe(socket.OPEN)
    for (let sent = 0; sent < 400 && socket.readyState === socket.OPEN; sent++)
      socket.send('x'.repeat(125), { fin: false })
    // Not told to leave, as whoever is late: cut.
    expect(await gone).toBe(1006)
  })
})

describe('a listener', () => {
  const short = async () => {
    const listener = await listen(
      {
        host: '127.0.0.1',
        port: 0,
        clock: Date.now,
        headers: {},
        whereTaken: '',
        deadlines: { header: 300, request: 600, silence: 900 },
      },
      { request: (_, response) => void response.end('here\n') },
    )
    open.push(listener)
    return listener
  }

  /** Far longer than any of the deadlines that the listener was given. */
  const endOf = (socket: Socket): Promise<'ended' | 'still there'> =>
    new Promise((resolve) => {
      socket.once('close', () => resolve('ended'))
      setTimeout(() => resolve('still there'), 15_000).unref()
    })

  it.each([
    ['says nothing', ''],
    ['begins a header', 'GET / HTTP/1.1\r\nHost: x\r\n'],
    ['begins a body', 'POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000\r\n\r\nx'],
  ])('ends a connection that %s and goes no further', async (_, text) => {
    const { port } = await short()
    const socket = connect(port, '127.0.0.1')
    socket.on('error', () => undefined)
    socket.resume()
    socket.write(text.replace('127.0.0.1', `127.0.0.1:${port}`))
    expect(await endOf(socket)).toBe('ended')
  })

  it('ends a connection that drips, however often something comes', async () => {
    const { port } = await short()
    const socket = connect(port, '127.0.0.1')
    socket.on('error', () => undefined)
    socket.resume()
    socket.write('GET / HTTP/1.1\r\n')
    const dripping = setInterval(() => socket.write('X-A: b\r\n'), 50)
    expect(await endOf(socket)).toBe('ended')
    clearInterval(dripping)
  })
})

describe('at the runners’ socket', () => {
  it('strangers hold no more places than there are, and a runner gets one', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'foobot-link-'))
    open.push({ close: () => rmSync(folder, { recursive: true }) })
    const path = join(folder, 'runners.sock')
    const link = new RunnerLink({
      deployment: 'acme',
      ears: {
        keyOf: () => undefined,
        skewed: () => undefined,
        admitted: async () => undefined,
        heard: () => undefined,
        left: () => undefined,
      },
      clock: Date.now,
      newNonce: () => '0'.repeat(32),
      log: { info: () => undefined, warn: () => undefined },
    })
    open.push(link)
    await link.listen(path)
    let ended = 0
    const idle = Array.from({ length: 300 }, () =>
      connect(path)
        .on('close', () => ended++)
        .on('error', () => undefined),
    )
    open.push({ close: () => idle.forEach((socket) => void socket.destroy()) })
    await vi.waitFor(() => expect(ended).toBeGreaterThanOrEqual(300 - 64), 10_000)
    const runner = new WebSocket(`ws+unix:${path}:/runner`, linkProtocol)
    expect(await nextFrame(runner)).toMatchObject([{ type: 'challenge' }])
    runner.terminate()
  })
})

it('nothing of this test stands on a server that takes connections without end', async () => {
  const server = createServer()
  open.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const flood = floodOf((server.address() as { port: number }).port)
  await flood.open(300)
  expect(flood.ended).toBe(0)
})
