import { randomBytes } from 'node:crypto'
import { type ClientOptions, WebSocket } from 'ws'
import { Connection, type ConnectionEars } from '#client/connection.ts'
import { type Frame, originOf } from '#client/dial.ts'
import { signEnvelope } from '#client/signer.ts'
import { loginKind } from '#core/signature/login.ts'
import type { Door } from './native-door.fixture.ts'

/** A client that remembers what it heard, and can be waited on. */
export class Client {
  readonly frames: Frame[] = []
  readonly events: string[] = []
  readonly connection: Connection
  #changed: () => void = () => undefined

  constructor(door: Door, person: string, keepTrying = Number.POSITIVE_INFINITY) {
    const note = (event: string): void => {
      this.events.push(event)
      this.#changed()
    }
    const ears: ConnectionEars = {
      heard: (frame) => {
        this.frames.push(frame)
        this.#changed()
      },
      lost: () => note('lost'),
      back: () => note('back'),
      gone: (error) => note(`gone ${error.code}`),
    }
    this.connection = new Connection({
      server: door.http.url,
      person,
      signers: [door.signerOf(person)],
      clock: () => Date.now(),
      newId: () => randomBytes(8).toString('hex'),
      keepTrying,
      ears,
    })
  }

  static async open(door: Door, person: string, ...joined: string[]): Promise<Client> {
    const client = new Client(door, person)
    await client.connection.open()
    for (const room of joined) {
      client.connection.join(room, 100)
      await client.until(({ frames }) => frames.some((frame) => frame.type === 'joined' && frame.room === room))
    }
    return client
  }

  async until(isSo: (client: Client) => boolean): Promise<void> {
    while (!isSo(this)) {
      await new Promise<void>((resolve) => {
        this.#changed = resolve
      })
    }
  }

  /** The states that a line went through so far. */
  statesOf(id: string): string[] {
    return this.frames.flatMap((frame) =>
      frame.type === 'request' && frame.message === id ? [frame.request.state] : [],
    )
  }

  texts(room: string): string[] {
    return this.frames.flatMap((frame) =>
      frame.type === 'message' && frame.chat.room === room ? [frame.chat.text] : [],
    )
  }

  /** Says a line and waits for its end. */
  async ask(room: string, text: string): Promise<string> {
    const id = this.connection.say(room, text, false)
    await this.until(() => !['asking', 'pending', 'running'].includes(this.statesOf(id).at(-1) ?? 'running'))
    return id
  }
}

/** A socket that has signed in, for what no client of ours does. */
export const rawLine = async (door: Door, person: string, options: ClientOptions = {}): Promise<WebSocket> => {
  const socket = new WebSocket(`${door.http.url.replace('http', 'ws')}/native`, options)
  const challenge = await nextFrame(socket)
  const login = {
    v: 2 as const,
    deployment: 'acme',
    server: originOf(door.http.url),
    door: 'native' as const,
    person,
    nonce: String(challenge.nonce),
    iat: Math.floor(Date.now() / 1000),
  }
  const envelope = await signEnvelope(door.signerOf(person), loginKind, loginKind.encode(login))
  socket.send(JSON.stringify({ type: 'login', envelope }))
  await nextFrame(socket)
  return socket
}

export const nextFrame = (socket: WebSocket): Promise<Record<string, unknown>> =>
  new Promise((resolve, reject) => {
    socket.once('message', (data) => resolve(JSON.parse(String(data))))
    socket.once('close', (code) => reject(new Error(`closed ${code}`)))
  })

/** The code that a socket is closed with. */
export const closeOf = (socket: WebSocket): Promise<number> => new Promise((resolve) => socket.once('close', resolve))
