import { afterEach, describe, expect, it } from 'vitest'
import { closeOf, rawLine } from '../contract/native-client.fixture.ts'
import { Door } from '../contract/native-door.fixture.ts'

/**
 * Somebody who has signed in says nothing, and pings without end, or answers what nobody asked, or says one line in pieces
 * without end: no rate of frames counts that, and each costs the server as much as a frame.
 */

// DEFENCE src/platforms/native/connection.ts
// - limitControlFrames(socket, clock)

// DEFENCE src/bounds/control-frames.ts
// - socket.on('pong', count)

// DEFENCE src/http/web-sockets.ts
// - new WebSocketServer({ ...plain, ...pieces(maxPayload), maxPayload, ...more })
// + new WebSocketServer({ ...plain, maxPayload, ...more })

let door: Door
afterEach(() => door.close())

describe('frames that say nothing', () => {
  it.each(['ping', 'pong'] as const)('end the connection of whoever sends a %s again and again', async (kind) => {
    door = await Door.open()
    const jhand = await rawLine(door, 'jhand')
    const steve = await rawLine(door, 'steve')
    const closed = closeOf(jhand)
    let sent = 0
    while (jhand.readyState === jhand.OPEN && sent < 2000) {
      jhand[kind]()
      sent++
      // So few at a time that all would be answered at once.
      if (sent % 20 === 0) await new Promise((resolve) => setTimeout(resolve, 2))
    }
    expect(sent).toBeLessThan(2000)
    await closed
    for (let n = 0; n < 30; n++) steve[kind]()
    await new Promise((resolve) => steve.once('pong', resolve).ping())
    expect(steve.readyState).toBe(steve.OPEN)
    steve.terminate()
  })

  it('are no pieces of a line without end', async () => {
    door = await Door.open()
    const jhand = await rawLine(door, 'jhand')
    const closed = closeOf(jhand)
    for (let n = 0; n < 2000; n++) jhand.send('', { fin: false })
    jhand.send('x', { fin: true })
    expect(await closed).toBe(1008)
  })
})
