import { connect } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { Client, closeOf, nextFrame, rawLine } from '../contract/native-client.fixture.ts'
import { Door } from '../contract/native-door.fixture.ts'

/** Ten megabytes, a million brackets, a frame that grows when it is unpacked: refused before anything looks at them. */

const open: { close(): unknown }[] = []
const doorOf = async (): Promise<Door> => {
  const door = await Door.open()
  open.push(door)
  return door
}
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close()
})

const tenMegabytes = 'x'.repeat(10 * 1024 * 1024)
const deep = '['.repeat(200_000)

const strangers = async (door: Door): Promise<WebSocket> => {
  const socket = new WebSocket(`${door.http.url.replace('http', 'ws')}/native`)
  socket.on('error', () => undefined)
  await nextFrame(socket)
  return socket
}

describe('what is too large', () => {
  it.each([
    ['a stranger', strangers],
    ['somebody who has signed in', (door: Door) => rawLine(door, 'jhand')],
  ])('from %s ends the connection, and others are heard meanwhile', async (_, lineOf) => {
    const door = await doorOf()
    const steve = await Client.open(door, 'steve', 'devs')
    const socket = await lineOf(door)
    socket.on('error', () => undefined)
    const closed = closeOf(socket)
    socket.send(tenMegabytes)
    await steve.ask('devs', 'Foobot hello')
    expect([1006, 1009]).toContain(await closed)
    expect(door.heard.map(({ account }) => account.id)).toEqual(['steve'])
    steve.connection.close()
  })

  it('is refused as soon as its length is known, not when it has come', async () => {
    const door = await doorOf()
    const socket = connect(door.http.port, '127.0.0.1')
    socket.write(
      `GET /native HTTP/1.1\r\nHost: 127.0.0.1:${door.http.port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`,
    )
    await new Promise((resolve) => socket.once('data', resolve))
    const ended = new Promise((resolve) => socket.once('close', resolve))
    // The head of a text frame of ten megabytes, and none of the ten.
    const head = Buffer.alloc(14)
    head.writeUInt8(0x81, 0)
    head.writeUInt8(0xff, 1)
    head.writeBigUInt64BE(BigInt(tenMegabytes.length), 2)
    socket.resume()
    socket.write(head)
    await ended
    expect(socket.bytesWritten).toBeLessThan(400)
  })

  it('cannot hide in a compressed frame: none is taken', async () => {
    const door = await doorOf()
    const socket = await rawLine(door, 'jhand', { perMessageDeflate: true })
    expect(socket.extensions).toBe('')
    socket.terminate()
  })

  it.each([
    ['deep', deep],
    [
      'a line of 65,537 characters',
      JSON.stringify({ type: 'say', room: 'devs', id: '1', text: 'x'.repeat(65_537), signs: false }),
    ],
    ['a long id', JSON.stringify({ type: 'say', room: 'devs', id: 'x'.repeat(65), text: 'hi', signs: false })],
    ['a long room', JSON.stringify({ type: 'join', room: 'x'.repeat(129) })],
    ['a long history', JSON.stringify({ type: 'join', room: 'devs', history: 501 })],
    ['a number beyond all', '{"type":"requests","call":1e400}'],
  ])('or %s is no frame', async (_, frame) => {
    const door = await doorOf()
    const socket = await rawLine(door, 'jhand')
    const closed = closeOf(socket)
    socket.send(frame)
    expect(await closed).toBe(4400)
    expect(door.heard).toEqual([])
  })

  it.each([
    ['a body', { method: 'POST', body: tenMegabytes }],
    ['a header', { headers: { 'x-long': 'x'.repeat(17 * 1024) } }],
  ])('in %s is refused by http', async (_, init) => {
    const door = await doorOf()
    const answer = await fetch(`${door.http.url}/healthz`, init).catch(() => undefined)
    expect(answer === undefined || answer.status === 413 || answer.status === 431).toBe(true)
    expect((await fetch(`${door.http.url}/healthz`)).status).toBe(200)
  })
})
