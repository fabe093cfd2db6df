import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { WebSocket, WebSocketServer } from 'ws'
import { postedBytes } from '#http/hooks.ts'
import { Connection } from '#links/ws/connection.ts'
import { type FromServer, serverFrame } from '#wire/runner.ts'

/**
 * A stranger who knows the address of a webhook posts as much as may be posted, as often as a runner is asked at a time, all
 * in one moment: the runner must not be cut off from its server by that.
 */

// DEFENCE src/links/ws/connection.ts
// - return index === mostMessages || (index > 0 && size > mostInFrame)
// + return index === mostMessages

/** Bytes of a frame that a runner takes, as `runner/link.ts` says, and deliveries that it is asked about at a time. */
const received = 16 * 1024 * 1024
const asked = 64

let server: WebSocketServer
let runner: WebSocket
let connection: Connection
const heard: FromServer[] = []
beforeEach(async () => {
  server = new WebSocketServer({ port: 0, host: '127.0.0.1' })
  await once(server, 'listening')
  const dialled = once(server, 'connection')
  const { port } = server.address() as AddressInfo
  runner = new WebSocket(`ws://127.0.0.1:${port}`, { maxPayload: received })
  runner.on('message', (data) => heard.push(...serverFrame.parse(JSON.parse(String(data)))))
  runner.on('error', () => undefined)
  const [socket] = await dialled
  const rest = { store: 'a'.repeat(32), commands: [], keyChanges: [], claims: [], at: 1 }
  connection = new Connection(socket, 'delivery', { type: 'announce', ...rest })
  connection.welcome(1)
})
afterEach(() => {
  runner.terminate()
  server.close()
})

it('it hears all of it, and what comes after it', async () => {
  const body = Buffer.alloc(postedBytes.most, 1).toString('base64')
  for (let call = 1; call <= asked; call++)
    connection.webhook({ call: call.toString(16).padStart(32, '0'), path: 'on-call', headers: {}, body })
  connection.cancel('a'.repeat(32), 'jhand')
  const end = await new Promise((resolve) => {
    runner.on('message', () => heard.at(-1)?.type === 'cancel' && resolve('heard'))
    runner.on('close', () => resolve('cut off'))
  })
  expect(end).toBe('heard')
  expect(heard.filter(({ type }) => type === 'webhook')).toHaveLength(asked)
})
