import { randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readKeyFile } from '#client/key-file.ts'
import { makeKeyFile } from '#client/make-key.ts'
import type { Signer } from '#client/signer.ts'
import { plain } from '#core/reply/reply.ts'
import type { Key } from '#core/signature/key.ts'
import type { Message, Progress } from '#engine/platform.ts'
import { type Http, makeHttp } from '#http/server.ts'
import type { History, Page } from '#platforms/native/history.ts'
import { Native, type NativeOptions } from '#platforms/native/native.ts'
import type { ChatMessage, ListedRequest } from '#wire/native.ts'

/** Who is in which room of the small company that stands behind the door. */
const rooms: Readonly<Record<string, readonly string[]>> = {
  devs: ['jhand', 'steve'],
  finance: ['fiona'],
  everyone: ['jhand', 'steve', 'fiona'],
}
export const people = ['jhand', 'steve', 'fiona'] as const

/** A history that outlives the server, as a database does. */
export class MemoryHistory implements History {
  readonly entries: Parameters<History['append']>[0][] = []
  /** Awaited before each append: for tests of order. */
  gate: () => Promise<void> = async () => undefined

  async append(entry: Parameters<History['append']>[0]): ReturnType<History['append']> {
    const known = this.entries.find(
      ({ room, account, message }) =>
        message !== undefined && room === entry.room && account === entry.account && message === entry.message,
    )
    if (!known) this.entries.push(entry)
    await this.gate()
    if (!known) return 'new'
    return known.chat.text === entry.chat.text ? 'known' : 'other'
  }

  async page(room: string, { before, count, bytes }: Parameters<History['page']>[1]): Promise<Page> {
    const placed = this.entries.map((entry, n) => ({ place: n + 1, ...entry }))
    const older = placed.filter((entry) => entry.room === room && (before === undefined || entry.place < before))
    let size = 0
    const tooMuch = older.findLastIndex((entry, n) => {
      size += Buffer.byteLength(JSON.stringify(entry.chat))
      return n < older.length - 1 && (size > bytes || older.length - n > count)
    })
    return { entries: older.slice(tooMuch + 1), hasOlder: tooMuch >= 0 }
  }

  /** What is kept of a room. */
  of(room: string): readonly ChatMessage[] {
    return this.entries.flatMap((entry) => (entry.room === room ? [entry.chat] : []))
  }
}

export type Act = (door: Door, message: Message) => Promise<void>

/** A stand-in for the engine behind its port: a few lines with a known answer. */
const acts: Readonly<Record<string, Act>> = {
  hello: async (door, message) => {
    await door.answer(message, 'Hello yourself.')
    door.follow(message, { state: 'done', owes: [] })
  },
  draw: async (door, message) => {
    const data = readFileSync(new URL('../../examples/acme/pictures/mansel.png', import.meta.url)).toString('base64')
    const picture = { type: 'picture', mediaType: 'image/png', data, alt: 'Michael Ansel' } as const
    await door.native.send(message.conversation, { text: '', blocks: [picture] }, { answers: message })
    door.follow(message, { state: 'done', owes: [] })
  },
  fail: async (door, message) => {
    await door.answer(message, 'That went wrong.')
    door.follow(message, { state: 'failed', code: '7F3A-92C1', owes: [] })
  },
  forbidden: async (door, message) => {
    await door.answer(message, 'I do not know that command, or it is not yours here.')
    door.follow(message, { state: 'refused', owes: [] })
  },
  upgrade: async (door, message) => {
    const say = 'Please "Foobot auth me".'
    const owes = [{ kind: 'second-factor', say, because: 'tier sensitive', from: ['jhand'] }] as const
    door.follow(message, {
      state: 'pending',
      id: 'a'.repeat(32),
      code: '7F3A-92C1',
      command: 'upgrade AcmeOps to Pro',
      owes,
    })
    await door.answer(message, 'Two-factor required. Please "Foobot auth me".')
    await door.released
    await door.answer(message, 'Upgraded AcmeOps to a Pro account!')
    door.follow(message, { state: 'done', id: 'a'.repeat(32), code: '7F3A-92C1', owes: [] })
  },
  push: async (door, message) => {
    const known = { id: 'b'.repeat(32), code: '0CCF-5395', command: 'push' }
    door.follow(message, { state: 'running', ...known, owes: [] })
    for (const text of ['Writing objects: 50%', 'Writing objects: 100%']) {
      await door.native.send(
        message.conversation,
        { text: '', blocks: [{ type: 'progress', text }] },
        { answers: message, progress: known.id },
      )
    }
    await door.native.send(
      message.conversation,
      {
        text: '',
        from: 'delivery',
        blocks: [{ type: 'code', text: 'To ../remote.git\n   1601d54..0ccf537  master -> master' }],
        footer: { code: known.code, tier: 'member', command: 'push' },
      },
      { answers: message },
    )
    door.follow(message, { state: 'done', ...known, owes: [] })
  },
}

const waiting = (person: string): ListedRequest => ({
  state: 'pending',
  id: 'a'.repeat(32),
  code: '7F3A-92C1',
  command: 'upgrade AcmeOps to Pro',
  owes: [],
  person,
  room: 'devs',
})

export type DoorOptions = Partial<
  Pick<NativeOptions, 'rates' | 'probeEvery' | 'clock' | 'present' | 'toSign' | 'keys' | 'requests'>
> & {
  readonly history?: MemoryHistory
  readonly folder?: string
  readonly port?: number
  readonly publicUrl?: string
  readonly proxy?: readonly string[]
  readonly deployment?: string
  /** What the stand-in does with more first words. */
  readonly acts?: Readonly<Record<string, Act>>
}

/** The people's door with real sockets and real keys, and a stand-in for the engine behind it. */
export class Door {
  readonly heard: Message[] = []
  readonly warnings: string[] = []
  readonly history: MemoryHistory
  readonly native: Native
  readonly folder: string
  readonly keys = new Map<string, readonly Key[]>()
  readonly signers = new Map<string, Signer>()
  #acts = acts
  release: () => void = () => undefined
  readonly released = new Promise<void>((resolve) => {
    this.release = resolve
  })
  http: Http

  private constructor(folder: string, history: MemoryHistory, native: (door: Door) => Native) {
    this.folder = folder
    this.history = history
    this.native = native(this)
    this.http = { url: '', port: 0, close: async () => undefined }
  }

  static async open(options: DoorOptions = {}): Promise<Door> {
    const folder = options.folder ?? mkdtempSync(join(tmpdir(), 'foobot-door-'))
    const { deployment = 'acme' } = options
    const door = new Door(
      folder,
      options.history ?? new MemoryHistory(),
      (self) =>
        new Native({
          deployment,
          companyName: () => 'ACME',
          nameOf: (person) => person.toUpperCase(),
          rooms: (person) => Object.keys(rooms).filter((room) => rooms[room]?.includes(person)),
          mayEnter: (person, room) => rooms[room]?.includes(person) ?? false,
          history: self.history,
          ears: { receive: (message) => self.receive(message) },
          completions: (_, __, text) => ['push', 'platform install '].filter((line) => line.startsWith(text)),
          keys: options.keys ?? (() => []),
          requests: options.requests ?? ((person) => [waiting(person)]),
          present: options.present ?? (async () => ({ accepted: false, say: 'Nothing waits for that.' })),
          enrol: async () => ({ accepted: false, say: 'Not here.' }),
          toSign: options.toSign ?? (() => ({ say: 'Nothing waits for your yes.' })),
          clock: options.clock ?? (() => Date.now()),
          log: { warn: (fields, message) => self.warnings.push(`${message} ${JSON.stringify(fields)}`) },
          ...(options.rates && { rates: options.rates }),
          ...(options.probeEvery !== undefined && { probeEvery: options.probeEvery }),
        }),
    )
    door.#acts = { ...acts, ...options.acts }
    door.#makeKeys()
    door.http = await makeHttp({
      host: '127.0.0.1',
      port: options.port ?? 0,
      ...(options.publicUrl !== undefined && { publicUrl: options.publicUrl }),
      ...(options.proxy && { proxy: options.proxy }),
      clock: () => Date.now(),
      newNonce: () => randomBytes(16).toString('hex'),
      deployment,
      companyName: () => 'ACME',
      personKeys: (person) => door.keys.get(person) ?? [],
      ready: () => true,
      present: async () => ({ accepted: false, say: 'Nothing waits for that.' }),
      deskOrigins: () => [],
      native: (session) => door.native.admit(session),
      log: { info: (fields, message) => door.warnings.push(`${message} ${JSON.stringify(fields)}`) },
    })
    return door
  }

  #makeKeys(): void {
    mkdirSync(join(this.folder, 'keys'), { recursive: true })
    for (const person of people) {
      const file = join(this.folder, 'keys', person)
      let read: ReturnType<typeof readKeyFile>
      try {
        read = readKeyFile(file)
      } catch {
        makeKeyFile(file, person)
        read = readKeyFile(file)
      }
      if (!read.signer) throw new Error('the key was just made')
      this.signers.set(person, read.signer)
      this.keys.set(person, [read.key])
    }
  }

  signerOf(person: string): Signer {
    const signer = this.signers.get(person)
    if (!signer) throw new Error(`no key of ${person}`)
    return signer
  }

  async receive(message: Message): Promise<void> {
    this.heard.push(message)
    const [, verb = ''] = /^(?:foobot )?(\S+)/i.exec(message.text) ?? []
    const said = message.conversation.direct || /^foobot\b/i.test(message.text)
    const act = said ? this.#acts[verb] : undefined
    if (act) return act(this, message)
    this.follow(message, { state: 'done', owes: [] })
  }

  answer(message: Message, text: string): Promise<void> {
    return this.native.send(message.conversation, plain(text), { answers: message })
  }

  follow(message: Message, progress: Progress): void {
    this.native.follow(message, progress)
  }

  /** Stops as a server does; the folder and the history stay. */
  async stop(): Promise<void> {
    this.native.close()
    await this.http.close()
  }

  async close(): Promise<void> {
    await this.stop()
    rmSync(this.folder, { recursive: true, force: true })
  }
}
