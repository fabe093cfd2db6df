import { afterEach, describe, expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { signEnvelope } from '#client/signer.ts'
import { type Login, loginKind } from '#core/signature/login.ts'
import { sealEnvelope } from '#core/statement/envelope.ts'
import { foobot } from '../contract/cli.fixture.ts'
import { closeOf, nextFrame, rawLine } from '../contract/native-client.fixture.ts'
import { Door } from '../contract/native-door.fixture.ts'

/** Somebody says that he is fiona, at each door that has people behind it, and is nobody. */

let door: Door
const open: { close(): unknown }[] = []
const doorOf = async (): Promise<Door> => {
  door = await Door.open()
  open.push(door)
  return door
}
afterEach(async () => {
  for (const one of open.splice(0).reverse()) await one.close()
})

/** What a client would be told once it is somebody. */
const becomes = async (
  make: (nonce: string) => Promise<unknown> | unknown,
  headers: Record<string, string> = {},
  query = '',
) => {
  const socket = new WebSocket(`${door.http.url.replace('http', 'ws')}/native${query}`, { headers })
  open.push(socket)
  const challenge = await nextFrame(socket)
  const closed = closeOf(socket)
  const answer = nextFrame(socket)
  socket.send(JSON.stringify(await make(String(challenge.nonce))))
  return { answer: await answer, code: await closed }
}

const loginAs = async (signer: string, changes: Partial<Login>, nonce: string): Promise<unknown> => {
  const { server = door.http.url, ...more } = changes
  const iat = Math.floor(Date.now() / 1000)
  const login: Login = { v: 2, deployment: 'acme', server, door: 'native', person: 'fiona', nonce, iat, ...more }
  return { type: 'login', envelope: await signEnvelope(door.signerOf(signer), loginKind, loginKind.encode(login)) }
}

describe('an identity that is only claimed', () => {
  it.each<[string, (nonce: string) => unknown]>([
    ['in the login, signed by another’s key', (nonce) => loginAs('jhand', {}, nonce)],
    [
      'by a login for another server, played on here',
      (nonce) => loginAs('fiona', { server: 'https://evil.example' }, nonce),
    ],
    ['by a login of another connection', () => loginAs('fiona', {}, 'f'.repeat(32))],
    ['by an old login', (nonce) => loginAs('fiona', { iat: Math.floor(Date.now() / 1000) - 60 }, nonce)],
    ['by a login for another deployment', (nonce) => loginAs('fiona', { deployment: 'other' }, nonce)],
    [
      'by a runner’s login',
      (nonce) => {
        const { person, ...rest } = {
          v: 2 as const,
          deployment: 'acme',
          server: door.http.url,
          person: '',
          nonce,
          iat: Math.floor(Date.now() / 1000),
        }
        const body = loginKind.encode({ ...rest, door: 'runner', runner: 'fiona' })
        return signEnvelope(door.signerOf('fiona'), loginKind, body).then((envelope) => ({ type: 'login', envelope }))
      },
    ],
    [
      'by an envelope whose hint names her key',
      async (nonce) => {
        const { envelope } = (await loginAs('jhand', {}, nonce)) as {
          envelope: { payload: string; signatures: { sig: string }[] }
        }
        const [signature] = envelope.signatures
        const body = Buffer.from(envelope.payload, 'base64')
        return {
          type: 'login',
          envelope: sealEnvelope(loginKind, body, [
            { keyid: door.signerOf('fiona').key, sig: Buffer.from(signature?.sig ?? '', 'base64') },
          ]),
        }
      },
    ],
    [
      'in a field beside the login',
      async (nonce) => ({ ...((await loginAs('jhand', { person: 'jhand' }, nonce)) as object), person: 'fiona' }),
    ],
    ['instead of a login', () => ({ type: 'say', room: 'finance', id: '1', text: 'Foobot hello', signs: false })],
    ['with nothing', () => ({ type: 'login' })],
  ])('%s is nobody', async (_, make) => {
    await doorOf()
    const { answer, code } = await becomes(make)
    expect(answer.type).toBe('problem')
    expect(code).toBe(4401)
    expect(door.heard).toEqual([])
  })

  it('in headers, cookies and addresses is not read: who signs as jhand is jhand', async () => {
    await doorOf()
    const headers = {
      'x-forwarded-user': 'fiona',
      'x-remote-user': 'fiona',
      'x-auth-request-user': 'fiona',
      authorization: `Basic ${Buffer.from('fiona:').toString('base64')}`,
      cookie: 'person=fiona; account=fiona',
      forwarded: 'for=127.0.0.1;by=fiona',
    }
    const socket = await rawLine(door, 'jhand', { headers })
    open.push(socket)
    socket.send(JSON.stringify({ type: 'say', room: 'finance', id: '1', text: 'Foobot hello', signs: false }))
    expect(await nextFrame(socket)).toMatchObject({ type: 'problem' })
    socket.send(JSON.stringify({ type: 'say', room: 'devs', id: '2', text: 'Foobot hello', signs: false }))
    await nextFrame(socket)
    expect(door.heard.map(({ account }) => account.id)).toEqual(['jhand'])
  })

  it.each(['?person=fiona', '/fiona', '?as=fiona'])('in the address %s leads nowhere', async (query) => {
    await doorOf()
    const socket = new WebSocket(`${door.http.url.replace('http', 'ws')}/native${query}`)
    const refused = new Promise<string>((resolve) => socket.once('error', (error) => resolve(error.message)))
    expect(await refused).toContain('404')
  })

  it.each([
    { type: 'say', room: 'devs', id: '1', text: 'Foobot hello', signs: false, account: 'fiona' },
    { type: 'say', room: 'devs', id: '1', text: 'Foobot hello', signs: false, person: 'fiona' },
    { type: 'say', room: 'devs', id: '1', text: 'Foobot hello', signs: false, from: 'fiona' },
    { type: 'requests', call: 1, as: 'fiona' },
  ])('in a frame ends the connection: %j', async (frame) => {
    await doorOf()
    const socket = await rawLine(door, 'jhand')
    const closed = closeOf(socket)
    socket.send(JSON.stringify(frame))
    expect(await closed).toBe(4400)
    expect(door.heard).toEqual([])
  })

  it('on the command line needs her key', async () => {
    await doorOf()
    const flags = ['--server', door.http.url, '--data', door.folder, '--key', `${door.folder}/keys/jhand`]
    const { exit, out } = await foobot(['say', '--as', 'fiona', '--room', 'finance', ...flags, 'Foobot hello'])
    expect({ exit, out }).toEqual({ exit: 4, out: '' })
    expect(door.heard).toEqual([])
  })

  it('is answered alike whether there is such a person or not', async () => {
    await doorOf()
    const known = await becomes((nonce) => loginAs('jhand', { person: 'fiona' }, nonce))
    const unknown = await becomes((nonce) => loginAs('jhand', { person: 'nobody' }, nonce))
    expect(known).toEqual(unknown)
  })
})
