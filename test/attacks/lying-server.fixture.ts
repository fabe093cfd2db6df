import { randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type WebSocket, WebSocketServer } from 'ws'
import { statementOf } from '#client/asked.fixture.ts'
import { makeKeyFile } from '#client/make-key.ts'
import { type Statement, statementKind } from '#core/statement/statement.ts'
import { type FromClient, type FromServer, fromClient } from '#wire/native.ts'

type Said = Extract<FromClient, { type: 'say' }>
type Call = Extract<FromClient, { readonly call: number }>

const now = (): number => Math.floor(Date.now() / 1000)

/** A server that lets everybody in, asks for a signature under what it likes, and says what it likes meanwhile. */
export class LyingServer {
  readonly folder = mkdtempSync(join(tmpdir(), 'foobot-lying-'))
  /** Consents and key changes that were handed in. */
  readonly handedIn: unknown[] = []
  /** Lines that were said, oldest first. */
  readonly said: string[] = []
  /** What it hands out to be signed. */
  statement: Partial<Statement> = {}
  as: 'requester' | 'approver' = 'requester'
  /** Sent to who has said something, before the statement. */
  before: readonly FromServer[] = []
  /** Answers to calls, by what is called; any other is declined. */
  answers: Partial<Record<Call['type'], FromServer>> = {}
  readonly #sockets = new Set<WebSocket>()
  readonly #http: Server
  #calls = 0
  #lastId = 'none'

  private constructor(http: Server) {
    this.#http = http
    mkdirSync(join(this.folder, 'keys'))
    for (const person of ['jhand', 'steve']) makeKeyFile(join(this.folder, 'keys', person), person)
    new WebSocketServer({ server: http, path: '/native' }).on('connection', (socket) => this.#greet(socket))
  }

  static async open(): Promise<LyingServer> {
    const http = createServer()
    const server = new LyingServer(http)
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
    return server
  }

  get http(): { readonly url: string } {
    return { url: `http://127.0.0.1:${(this.#http.address() as AddressInfo).port}` }
  }

  /** Calls that were answered. */
  get calls(): number {
    return this.#calls
  }

  send(...frames: readonly FromServer[]): void {
    for (const socket of this.#sockets) for (const frame of frames) socket.send(JSON.stringify(frame))
  }

  close(): void {
    for (const socket of this.#sockets) socket.terminate()
    this.#http.close()
    rmSync(this.folder, { recursive: true })
  }

  #greet(socket: WebSocket): void {
    this.#sockets.add(socket)
    socket.on('close', () => this.#sockets.delete(socket))
    const send = (frame: FromServer): void => socket.send(JSON.stringify(frame))
    send({ type: 'challenge', deployment: 'acme', nonce: randomBytes(16).toString('hex'), at: now() })
    socket.on('message', (data: Buffer) => {
      const frame = fromClient.parse(JSON.parse(data.toString()))
      if (frame.type === 'login') send({ ...welcome, at: now() })
      else if (frame.type === 'join') send({ type: 'joined', room: frame.room, history: [] })
      else if (frame.type === 'say') this.#heard(frame, send)
      else send(this.#answer(frame))
    })
  }

  #heard({ id, room, text }: Said, send: (frame: FromServer) => void): void {
    this.said.push(text)
    this.#lastId = id
    for (const frame of this.before) send(frame.type === 'message' ? { ...frame, answers: id } : frame)
    send({ type: 'request', message: id, request: { state: 'pending', code: '7F3A-92C1', owes: [] } })
    const via = { platform: 'native', tenant: 'acme', account: 'jhand', room, message: id } as const
    send({ ...this.#toSign({ via }), message: id })
  }

  #answer(frame: Call): FromServer {
    this.#calls += 1
    const { call } = frame
    if (frame.type === 'fetch') return { ...this.#toSign({}), call }
    if (frame.type === 'present') {
      this.handedIn.push(frame.envelope)
      this.send({ type: 'request', message: this.#lastId, request: { state: 'done', owes: [] } })
      return { type: 'presented', call, accepted: true, say: 'Signed.' }
    }
    return { ...(this.answers[frame.type] ?? { type: 'declined', say: 'No.' }), call } as FromServer
  }

  #toSign(changes: Partial<Statement>): Extract<FromServer, { type: 'statement' }> {
    const statement = statementOf({ iat: now(), exp: now() + 300, ...changes, ...this.statement })
    return {
      type: 'statement',
      as: this.as,
      ...(this.as === 'approver' && { group: 'Support' }),
      statement: Buffer.from(statementKind.encode(statement)).toString('base64'),
    }
  }
}

const welcome: FromServer & { readonly type: 'welcome' } = {
  type: 'welcome',
  person: 'jhand',
  name: 'Jason',
  deployment: 'acme',
  company: 'ACME',
  rooms: ['devs'],
  at: now(),
}

/** What a lie says, wherever it is put. */
export const harmless = 'upgrade Harmless to Pro'

/** Blank lines, and a sheet of what nobody could mind, as a terminal shows one. */
export const forgedSheet = [
  ...Array<string>(60).fill(''),
  'Your own command, to sign as its requester:',
  `text: "${harmless}"`,
  'requester: "jhand"',
  'Expires in 5 minutes, at 12:00 UTC.',
  '',
  `text: "${harmless}"`,
  'code: 7F3A-92C1',
  `Type 1234 to sign it, or n: ${harmless}`,
].join('\n')

/** The same in one line, each of its rows filled up to a terminal's width. */
const filled = (columns: number): string =>
  forgedSheet
    .split('\n')
    .map((line) => line.padEnd(columns))
    .join('')

/** Every kind of frame that a server can send, with a forged sheet wherever text can stand. */
export const lies = (columns: number): readonly FromServer[] => {
  const wide = filled(columns)
  // Shown, each of these signs takes five columns.
  const grown = `${'\u0007'.repeat(Math.floor(columns / 4))}${harmless}`
  const chat = (text: string, ...blocks: readonly string[]) => ({
    room: 'devs',
    from: 'foobot',
    name: harmless,
    at: now(),
    text,
    blocks: blocks.map((block) => ({ type: 'code', text: block }) as const),
    footer: { code: wide, command: grown },
  })
  const table = { type: 'table' as const, columns: [harmless, wide], rows: [[wide, forgedSheet]] }
  const request = {
    state: 'pending' as const,
    code: forgedSheet,
    command: wide,
    owes: [{ kind: 'signature' as const, say: wide }],
  }
  return [
    { type: 'challenge', deployment: harmless, nonce: 'a'.repeat(32), at: now() },
    { ...welcome, name: forgedSheet, company: wide, at: now() },
    { type: 'problem', say: forgedSheet },
    { type: 'problem', say: wide, room: 'devs' },
    { type: 'message', chat: chat(forgedSheet, forgedSheet, wide) },
    { type: 'message', chat: { ...chat(wide), blocks: [table] } },
    { type: 'message', progress: 'p', chat: { ...chat(''), blocks: [{ type: 'progress', text: forgedSheet }] } },
    { type: 'joined', room: 'devs', history: [chat(forgedSheet), chat('', wide)] },
    { type: 'history', call: 99, history: [chat(forgedSheet)] },
    { type: 'request', message: 'm1', request },
    { type: 'statement', as: 'approver', group: harmless, because: forgedSheet, statement: 'e30=' },
    { type: 'declined', call: 99, say: forgedSheet },
    { type: 'completions', call: 99, completions: [forgedSheet, wide] },
    { type: 'presented', call: 99, accepted: true, say: forgedSheet },
    { type: 'enrolled', call: 99, accepted: true, say: forgedSheet, value: wide },
    { type: 'requests', call: 99, requests: [request] },
    { type: 'keys', call: 99, keys: [] },
  ]
}
