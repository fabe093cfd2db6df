import { createServer } from 'node:http'
import { afterEach, describe, expect, it } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { dial } from '#client/dial.ts'
import { signEnvelope } from '#client/signer.ts'
import { loginKind } from '#core/signature/login.ts'
import { closeOf, nextFrame } from '../contract/native-client.fixture.ts'
import { Door, type DoorOptions } from '../contract/native-door.fixture.ts'

/**
 * Somebody listens by another name of the same machine, and hands a person's login on to the real server. The login names what
 * the person dialled, and the server goes by one name alone.
 */

// DEFENCE src/core/signature/login.ts
// - if (!facts.servers.includes(login.server)) refuse(`for server ${login.server}`)

// DEFENCE src/http/server.ts
// - const signedIn = await signIn(socket, { ...options, origins: [origin] })
// + const local = ['localhost', '127.0.0.1', '[::1]'].map((name) => `http://${name}:${listener.port}`)
// + const signedIn = await signIn(socket, { ...options, origins: [origin, ...local] })

// DEFENCE src/http/listener.ts
// - if (!hosts.isOurs(request.headers.host))
// + if (hosts.origin === '')

const open: { close(): unknown }[] = []
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close()
})
const doorOf = async (options: DoorOptions = {}): Promise<Door> => {
  const door = await Door.open(options)
  open.push(door)
  return door
}

/** Signs in at a door with a login for another address: what it is closed with, or `let in`. */
const signedInAs = async (door: Door, server: string, host: string): Promise<number | 'let in'> => {
  const socket = new WebSocket(`ws://127.0.0.1:${door.http.port}/native`, { headers: { host } })
  open.push({ close: () => socket.terminate() })
  const { nonce } = await nextFrame(socket)
  const iat = Math.floor(Date.now() / 1000)
  const login = {
    v: 2 as const,
    deployment: 'acme',
    server,
    door: 'native' as const,
    person: 'jhand',
    nonce: String(nonce),
    iat,
  }
  const envelope = await signEnvelope(door.signerOf('jhand'), loginKind, loginKind.encode(login))
  const closed = closeOf(socket)
  const answered = nextFrame(socket)
  socket.send(JSON.stringify({ type: 'login', envelope }))
  return (await answered).type === 'welcome' ? 'let in' : closed
}

describe('a login for another name of the machine', () => {
  it.each([
    ['localhost', (port: number) => `http://localhost:${port}`],
    ['the other loopback', (port: number) => `http://[::1]:${port}`],
    ['another address of loopback', (port: number) => `http://127.0.0.2:${port}`],
    ['another port', (port: number) => `http://127.0.0.1:${port === 65_535 ? 1 : port + 1}`],
    ['https', (port: number) => `https://127.0.0.1:${port}`],
    ['the socket of runners', () => 'unix:acme'],
    ['another machine', () => 'https://foobot.evil.example'],
  ])('signs nobody in: %s', async (_, server) => {
    const door = await doorOf()
    const { port } = door.http
    expect(await signedInAs(door, server(port), `127.0.0.1:${port}`)).toBe(4401)
    expect(await signedInAs(door, `http://127.0.0.1:${port}`, `127.0.0.1:${port}`)).toBe('let in')
  })

  it('signs nobody in by what is listened on where there is a public address', async () => {
    const door = await doorOf({ publicUrl: 'https://foobot.acme.example' })
    const { port } = door.http
    for (const name of ['127.0.0.1', 'localhost', '[::1]']) {
      expect(await signedInAs(door, `http://${name}:${port}`, 'foobot.acme.example')).toBe(4401)
    }
    expect(await signedInAs(door, 'https://foobot.acme.example', 'foobot.acme.example')).toBe('let in')
  })

  it('is handed on by whoever listens at the other loopback, and lets them in nowhere', async () => {
    const door = await doorOf()
    const { port } = door.http
    const between = createServer()
    const sockets = new WebSocketServer({ server: between })
    const outcome = new Promise<number>((resolve) => {
      sockets.on('connection', async (victim) => {
        const real = new WebSocket(`ws://127.0.0.1:${port}/native`, { headers: { host: `127.0.0.1:${port}` } })
        open.push({ close: () => real.terminate() })
        real.on('message', (data) => victim.send(String(data)))
        victim.on('message', (data) => real.send(String(data)))
        resolve(await closeOf(real))
      })
    })
    await new Promise<void>((resolve) => between.listen(port, '::1', resolve))
    open.push({ close: () => new Promise((resolve) => between.close(resolve)) })
    const signer = door.signerOf('jhand')
    const dialling = { server: `http://[::1]:${port}`, person: 'jhand', signer, clock: Date.now }
    await expect(dial({ ...dialling, hear: () => undefined, left: () => undefined })).rejects.toMatchObject({
      code: 'login-refused',
    })
    expect(await outcome).toBe(4401)
    sockets.close()
  })

  it.each(['localhost', '[::1]', '127.0.0.2', 'foobot.evil.example'])(
    'is not even challenged by the name %s',
    async (name) => {
      const door = await doorOf()
      const socket = new WebSocket(`ws://127.0.0.1:${door.http.port}/native`, {
        headers: { host: `${name}:${door.http.port}` },
      })
      const status = new Promise((resolve) => {
        socket.once('unexpected-response', (_, { statusCode }) => resolve(statusCode))
        socket.once('open', () => resolve('open'))
      })
      socket.on('error', () => undefined)
      expect(await status).toBe(421)
      socket.terminate()
    },
  )
})
