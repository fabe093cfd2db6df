import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { WebSocketServer } from 'ws'
import { dial, originOf } from '#client/dial.ts'
import { type Login, loginKind } from '#core/signature/login.ts'
import { readEnvelope } from '#core/statement/envelope.ts'
import { Client } from './native-client.fixture.ts'
import { Door } from './native-door.fixture.ts'

const cleanups: (() => unknown)[] = []
afterEach(async () => {
  vi.restoreAllMocks()
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup()
})

const doorOf = async (...options: Parameters<typeof Door.open>): Promise<Door> => {
  const door = await Door.open(...options)
  cleanups.push(() => door.close())
  return door
}

const clientOf = async (door: Door, person: string, ...rooms: string[]): Promise<Client> => {
  const client = await Client.open(door, person, ...rooms)
  cleanups.push(() => client.connection.close())
  return client
}

describe('a connection', () => {
  it('that breaks is dialled again, and says again what has no end yet, with the same id', async () => {
    const door = await doorOf()
    const jhand = await clientOf(door, 'jhand', 'devs')
    const pending = jhand.connection.say('devs', 'Foobot upgrade AcmeOps to Pro', false)
    await jhand.until(() => jhand.statesOf(pending).length === 1)
    await jhand.ask('devs', 'Foobot hello')
    await door.stop()
    await jhand.until(() => jhand.events.includes('lost'))
    const unheard = jhand.connection.say('devs', 'said while it was away', false)
    const next = await doorOf({ folder: door.folder, history: door.history, port: door.http.port })
    await jhand.until(() => jhand.events.includes('back') && jhand.statesOf(unheard).includes('done'))
    // What has its end is not said again.
    expect(next.heard.map(({ id }) => id)).toEqual([pending, unheard])
    next.release()
    await jhand.until(() => jhand.statesOf(pending).includes('done'))
    expect(door.history.entries.filter(({ message }) => message === pending)).toHaveLength(1)
    expect(jhand.texts('devs')).toContain('Upgraded AcmeOps to a Pro account!')
  })

  it('does not say late what the server may never have heard', async () => {
    const door = await doorOf()
    const jhand = await clientOf(door, 'jhand', 'devs')
    const pending = jhand.connection.say('devs', 'Foobot upgrade AcmeOps to Pro', false)
    await jhand.until(() => jhand.statesOf(pending).length === 1)
    await door.stop()
    await jhand.until(() => jhand.events.includes('lost'))
    const stale = jhand.connection.say('devs', 'Foobot push', false)
    const now = Date.now()
    vi.spyOn(Date, 'now').mockImplementation(() => now + 121_000)
    const next = await doorOf({ folder: door.folder, history: door.history, port: door.http.port })
    await jhand.until(() => jhand.frames.some((frame) => frame.type === 'problem' && frame.message === stale))
    await jhand.until(() => jhand.statesOf(pending).length === 2)
    expect(next.heard.map(({ id }) => id)).toEqual([pending])
  })

  it('gives up when it is told to, and says so once', async () => {
    const door = await doorOf()
    const client = new Client(door, 'jhand', 600)
    cleanups.push(() => client.connection.close())
    await client.connection.open()
    const call = client.connection.complete('devs', 'x')
    await door.stop()
    await Promise.allSettled([call])
    await client.until(() => client.events.includes('gone server-unreachable'))
    expect(client.events.filter((event) => event.startsWith('gone'))).toHaveLength(1)
    await expect(client.connection.requests()).rejects.toMatchObject({ code: 'server-unreachable' })
  })

  it('tries the keys in order, and stays with the one that is let in', async () => {
    const door = await doorOf()
    const line = await dial({
      server: door.http.url,
      person: 'jhand',
      signer: door.signerOf('steve'),
      clock: Date.now,
      hear: () => undefined,
      left: () => undefined,
    }).catch((error: unknown) => error)
    expect(line).toMatchObject({ code: 'login-refused' })
    const { Connection } = await import('#client/connection.ts')
    const connection = new Connection({
      server: door.http.url,
      person: 'jhand',
      signers: [door.signerOf('steve'), door.signerOf('jhand')],
      clock: Date.now,
      newId: () => 'x',
      keepTrying: 0,
      ears: { heard: () => undefined, lost: () => undefined, back: () => undefined, gone: () => undefined },
    })
    expect(await connection.open()).toMatchObject({ person: 'jhand', company: 'ACME', rooms: ['devs', 'everyone'] })
    connection.close()
  })

  it('names the server that it dialled in what it signs, so that no other can use it', async () => {
    const door = await doorOf()
    const logins: Login[] = []
    const server = createServer()
    const sockets = new WebSocketServer({ server })
    sockets.on('connection', (socket) => {
      const at = Math.floor(Date.now() / 1000)
      socket.send(JSON.stringify({ type: 'challenge', deployment: 'acme', nonce: 'a'.repeat(32), at }))
      socket.on('message', (data) => {
        logins.push(readEnvelope(loginKind, JSON.parse(String(data)).envelope).value)
        socket.send('{"type":"sudo"}')
      })
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    cleanups.push(() => server.close())
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    const dialled = dial({
      server: url,
      person: 'jhand',
      signer: door.signerOf('jhand'),
      clock: Date.now,
      hear: () => undefined,
      left: () => undefined,
    })
    await expect(dialled).rejects.toMatchObject({ code: 'server-unreachable' })
    expect(logins).toMatchObject([{ server: url, person: 'jhand', nonce: 'a'.repeat(32) }])
  })

  it('is not even tried by a clock that is far off: says by how much, and signs nothing', async () => {
    const door = await doorOf()
    const sign = vi.fn(door.signerOf('jhand').sign)
    const dialled = dial({
      server: door.http.url,
      person: 'jhand',
      signer: { ...door.signerOf('jhand'), sign },
      clock: () => Date.now() + 90_500,
      hear: () => undefined,
      left: () => undefined,
    })
    await expect(dialled).rejects.toMatchObject({
      code: 'clock-skew',
      say: expect.stringMatching(/^The clock here is 9[01] s ahead of the server's: set the one that is wrong/),
    })
    expect(sign).not.toHaveBeenCalled()
  })
})

describe('an address', () => {
  it.each(['http://localhost:8080', 'http://127.0.0.1:1', 'http://[::1]:8080', 'https://foobot.acme.example'])(
    'can be %s',
    (url) => {
      expect(originOf(`${url}/`)).toBe(url)
    },
  )

  it.each([
    'localhost:8080',
    'http://foobot.acme.example',
    'https://a.b/native',
    'ws://localhost',
    'https://u:p@a.b',
    'http://127.0.0.1.evil.example',
  ])('cannot be %s', (url) => {
    expect(() => originOf(url)).toThrow(expect.objectContaining({ code: 'server-url' }))
  })
})
