import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, it, vi } from 'vitest'
import { WebSocket } from 'ws'
import { makeMachineKey, readMachineKey } from '#config/machine-key.ts'
import { keyid } from '#core/signature/key.ts'
import { loginKind, socketOrigin } from '#core/signature/login.ts'
import { sealEnvelope } from '#core/statement/envelope.ts'
import { RunnerLink } from '#links/ws/runner-link.ts'
import { linkProtocol } from '#wire/link-protocol.ts'
import { closeOf, nextFrame } from '../contract/native-client.fixture.ts'
import { Door } from '../contract/native-door.fixture.ts'

/**
 * One frame of 33 KiB in which nothing is as it must be made megabytes of log: the whole complaint about each of its fields. What
 * somebody does wrong is one short line, and the same from the same source is counted.
 */

// DEFENCE src/links/ws/caller.ts
// - this.#refuse('I cannot read that. Use the same version of Foobot on both sides.', 'a frame that is malformed')
// + this.#refuse('I cannot read that.', frame?.error.message ?? 'binary')

// DEFENCE src/links/ws/runner-link.ts
// - if (again !== undefined) this.#options.log.warn({ ...about, again }, what)
// + this.#options.log.warn({ ...about, again }, what)

// DEFENCE src/links/ws/caller.ts
// - this.#refuse(error.say, error.message, error.code)
// + this.#refuse(error.say, error.message)

// DEFENCE src/http/server.ts
// - if (again === undefined) return

const open: { close(): unknown }[] = []
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close()
})

/** 33 KiB of messages, nothing of which is as it must be. */
const junk = JSON.stringify(
  Array.from({ length: 600 }, (_, n) => ({ type: 'announce', [`field-${n}`]: n, claims: [n, n, n] })),
)
const often = 50

it('whatever strangers send at the people’s door makes one line of log', async () => {
  const door = await Door.open()
  open.push(door)
  for (let n = 0; n < often; n++) {
    const socket = new WebSocket(`${door.http.url.replace('http', 'ws')}/native`)
    socket.on('error', () => undefined)
    await nextFrame(socket)
    const closed = closeOf(socket)
    socket.send(n % 2 ? junk.slice(-8000) : `{"type":"login","envelope":${junk.slice(-8000)}`)
    await closed
  }
  await vi.waitFor(() => expect(door.warnings.length).toBeGreaterThan(0))
  expect(door.warnings.join('').length).toBeLessThan(1000)
})

const makeLink = async () => {
  const folder = mkdtempSync(join(tmpdir(), 'foobot-link-'))
  open.push({ close: () => rmSync(folder, { recursive: true }) })
  const path = join(folder, 'runners.sock')
  const key = makeMachineKey(join(folder, 'runner.key'))
  const lines: string[] = []
  const log = (fields: object, text: string): void => void lines.push(JSON.stringify({ ...fields, text }))
  const link = new RunnerLink({
    deployment: 'acme',
    ears: {
      keyOf: (runner) => (runner === 'zone' ? key : undefined),
      skewed: () => undefined,
      admitted: async () => undefined,
      heard: () => undefined,
      left: () => undefined,
    },
    clock: Date.now,
    newNonce: () => randomBytes(16).toString('hex'),
    log: { info: log, warn: log },
  })
  open.push(link)
  await link.listen(path)
  const dial = async () => {
    const socket = new WebSocket(`ws+unix:${path}:/runner`, linkProtocol)
    socket.on('error', () => undefined)
    const frame = (await nextFrame(socket)) as unknown as readonly [{ readonly nonce: string }]
    return { socket, nonce: frame[0].nonce }
  }
  const { key: text, sign } = readMachineKey(join(folder, 'runner.key'))
  const signIn = (nonce: string): string => {
    const iat = Math.floor(Date.now() / 1000)
    const server = socketOrigin('acme')
    const body = loginKind.encode({ v: 2, deployment: 'acme', server, door: 'runner', runner: 'zone', nonce, iat })
    const envelope = sealEnvelope(loginKind, body, [{ keyid: keyid(text), sig: sign(loginKind.pae(body)) }])
    return JSON.stringify([{ type: 'login', envelope }])
  }
  return { lines, dial, signIn }
}

it('whatever strangers send at the runners’ door makes one line of log', async () => {
  const { lines, dial } = await makeLink()
  for (let n = 0; n < often; n++) {
    const { socket } = await dial()
    const closed = closeOf(socket)
    socket.send(junk.slice(-8000))
    await closed
  }
  expect(lines.length).toBe(1)
  expect(lines.join('').length).toBeLessThan(500)
})

it('whatever envelope strangers send at the runners’ door makes one line of log, though the reason repeats it', async () => {
  const { lines, dial } = await makeLink()
  for (let n = 0; n < often; n++) {
    const { socket } = await dial()
    const closed = closeOf(socket)
    const envelope = { payloadType: `x${n}`, payload: 'e30=', signatures: [{ keyid: '', sig: 'AAAA' }] }
    socket.send(JSON.stringify([{ type: 'login', envelope }]))
    await closed
  }
  expect(lines.length).toBe(1)
  expect(lines[0]).toContain('the envelope says')
})

it('whatever a runner sends makes one line of log', async () => {
  const { lines, dial, signIn } = await makeLink()
  for (let n = 0; n < often; n++) {
    const { socket, nonce } = await dial()
    const closed = closeOf(socket)
    socket.send(signIn(nonce))
    socket.send(junk)
    await closed
  }
  expect(lines.length).toBe(1)
  expect(lines.join('').length).toBeLessThan(500)
})
