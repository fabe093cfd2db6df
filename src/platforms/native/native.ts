import { randomBytes } from 'node:crypto'
import type { Reply } from '#core/reply/reply.ts'
import type { About, Account, Conversation, Ears, Message, Platform, Progress, ToSign } from '#engine/platform.ts'
import {
  type ChatMessage,
  directRoom,
  type Enrolled,
  type FromClient,
  type FromServer,
  type HeldKey,
  type ListedRequest,
} from '#wire/native.ts'
import { type Connection, frameBytes, type Incoming, type Session, silence } from './connection.ts'
import { Cursors } from './cursors.ts'
import type { History, SendablePage } from './history.ts'
import { People, type Rates } from './people.ts'
import { readFrame, unreadable } from './read-frame.ts'
import { Room } from './room.ts'
import { type Log, Troubles } from './troubles.ts'

export type NativeOptions = {
  /** The tenant of every account and conversation here. */
  readonly deployment: string
  readonly companyName: () => string
  /** What to call a person. */
  readonly nameOf: (person: string) => string
  /** The company's rooms that a person is in. */
  readonly rooms: (person: string) => readonly string[]
  /** Whether a person is in one of the company's rooms. Nobody else hears anything from it. */
  readonly mayEnter: (person: string, room: string) => boolean
  readonly history: History
  readonly ears: Ears
  /** Whole lines that begin with `text`, without Foobot's name, of what this person may ever say. */
  readonly completions: (person: string, room: string, text: string) => readonly string[]
  /** What waits, as far as this person may see it. */
  readonly requests: (person: string) => readonly ListedRequest[]
  /** Somebody's keys, as far as this person may see them. */
  readonly keys: (person: string, of: string) => readonly HeldKey[]
  /** The second door: consents and key changes. */
  readonly present: (
    person: string,
    envelope: Envelope,
  ) => Promise<{ readonly accepted: boolean; readonly say: string }>
  /** The statement of a waiting request, by code, word or id, as far as this person may sign it; else what to say. */
  readonly toSign: (person: string, which: string) => ToSign | { readonly say: string }
  /** Sets up a second factor of somebody who has signed in with a key. */
  readonly enrol: (signedIn: Pick<Session, 'person' | 'key'>, ask: Enrol['enrolment']) => Promise<Enrolled>
  /** Milliseconds since 1970. */
  readonly clock: () => number
  /** What one person may send, in the place of what is declared. */
  readonly rates?: Rates
  /** Milliseconds between two looks whether clients are still there. Default: 20,000. */
  readonly probeEvery?: number
  readonly log: Log
}

type Enrol = Extract<FromClient, { type: 'enrol' }>
type Envelope = Extract<FromClient, { type: 'present' }>['envelope']
type Say = Extract<FromClient, { type: 'say' }>
type Join = Extract<FromClient, { type: 'join' }>
type TellHistory = Extract<FromClient, { type: 'history' }>

/** What marks a frame for the clients of one account, and keeps it from others. */
type Marks = {
  readonly account?: string
  readonly message?: string
  readonly answers?: string
  readonly progress?: string
  readonly only?: string
}

const notYours = 'I do not know that room, or it is not yours. "/rooms" in "foobot chat" lists yours.'

const noPlace = 'I do not know that place in the history any more. Join the room again, and go on from there.'

/**
 * Foobot's own chat: the WebSocket of terminal and web. An account is a person who has signed in, a room one of the
 * company's, or `@person`, where that person and Foobot are alone.
 */
export class Native implements Platform {
  readonly name = 'native'
  readonly #options: NativeOptions
  readonly #people: People
  readonly #rooms = new Map<string, Room>()
  readonly #cursors = new Cursors(randomBytes(16))
  readonly #troubles: Troubles
  readonly #probing: NodeJS.Timeout

  constructor(options: NativeOptions) {
    this.#options = options
    this.#people = new People(options.rates ?? {}, options.clock)
    this.#troubles = new Troubles(options.log, options.clock)
    this.#probing = setInterval(() => this.#probe(), options.probeEvery ?? silence.most)
  }

  /** Takes over a connection that has signed in. */
  admit(session: Session): void {
    const { person, socket } = session
    const connection = this.#people.enter(session)
    socket.on('close', () => this.#left(connection))
    if (!connection.isOpen()) {
      this.#left(connection)
      return
    }
    connection.listen((frame) => this.#heard(connection, frame))
    const { nameOf, deployment, companyName, rooms } = this.#options
    connection.send({
      type: 'welcome',
      person,
      name: nameOf(person),
      deployment,
      company: companyName(),
      rooms: [...rooms(person)],
      at: this.#now(),
    })
  }

  async send(to: Conversation, reply: Reply, about: About): Promise<void> {
    const { deployment } = this.#options
    if (to.platform !== this.name || to.tenant !== deployment) throw new Error(`no conversation of ${deployment}`)
    const room = this.#room(to.room)
    const chat: ChatMessage = {
      room: to.room,
      from: 'foobot',
      name: reply.from ?? 'Foobot',
      at: this.#now(),
      text: reply.text,
      blocks: reply.blocks,
      ...(reply.footer && { footer: reply.footer }),
    }
    const marks: Marks = {
      ...(about.answers && { account: about.answers.account.id, answers: about.answers.id }),
      ...(about.progress !== undefined && { progress: about.progress }),
      ...(about.only !== undefined && { only: about.only.id }),
    }
    const show = (): void => this.#show(room, chat, marks)
    if (about.progress !== undefined || about.only !== undefined) return room.show(show)
    try {
      await room.post({ account: 'foobot', chat }, show)
    } catch (error) {
      // Who waits for an answer gets it, kept or not.
      this.#troubles.warn({ room: to.room }, error, 'a reply could not be kept')
      await room.show(show)
    }
  }

  follow({ conversation, account, id }: Pick<Message, 'conversation' | 'account' | 'id'>, progress: Progress): void {
    const { state, owes } = progress
    const ended = state !== 'asking' && state !== 'pending' && state !== 'running'
    for (const connection of this.#people.connectionsOf(account.id)) {
      if (!connection.follows(conversation.room, id)) continue
      connection.send({ type: 'request', message: id, request: { ...progress, owes: [...owes] } })
      if (ended) connection.unfollow(conversation.room, id)
    }
  }

  show({ conversation, account, id }: Pick<Message, 'conversation' | 'account' | 'id'>, toSign: ToSign): void {
    for (const connection of this.#people.connectionsOf(account.id)) {
      if (connection.follows(conversation.room, id)) connection.send({ ...frameToSign(toSign), message: id })
    }
  }

  alone({ id }: Account): Conversation {
    return this.#conversation(directRoom(id), true)
  }

  recheck(): void {
    for (const connection of this.#people.all()) this.#isStill(connection)
  }

  /** It hears for as long as it is there: the port itself is the http server's. */
  health(): { readonly ok: boolean } {
    return { ok: true }
  }

  close(): void {
    clearInterval(this.#probing)
    for (const connection of this.#people.all()) connection.cut(1001, 'The server stops.')
  }

  /**
   * Deals with a frame, when it is its person's turn. Resolves when the next may be taken: what reads history is over by then;
   * what is said goes on, so that a client can cancel what it has asked for.
   */
  async #heard(connection: Connection, { data, binary }: Incoming): Promise<void> {
    await this.#people.turn(connection, data.length)
    if (!connection.isOpen() || !this.#isStill(connection)) return
    const read = binary ? unreadable : readFrame(data.toString())
    if ('say' in read) return connection.cut(4400, read.say)
    const { frame } = read
    if (readsHistory(frame)) await this.#people.turnToRead(connection)
    if (!connection.isOpen() || !this.#isStill(connection)) return
    const handled = this.#handle(connection, frame).catch((error: unknown) => {
      this.#troubles.warn({ person: connection.person, frame: frame.type }, error, 'a frame could not be dealt with')
      const say = 'Something broke on my side, and nothing was done. Please tell an administrator.'
      // Who waits for the answer to a call hears that there will be none.
      connection.send('call' in frame ? { type: 'declined', call: frame.call, say } : { type: 'problem', say })
    })
    if (readsHistory(frame)) await handled
  }

  async #handle(connection: Connection, frame: FromClient): Promise<void> {
    const { completions, enrol, present, requests, toSign } = this.#options
    const { person } = connection
    switch (frame.type) {
      case 'login':
        return connection.cut(4400, 'You have signed in already: connect anew to be somebody else.')
      case 'join':
        return this.#join(connection, frame)
      case 'history':
        return this.#tellHistory(connection, frame)
      case 'say':
        return this.#say(connection, frame)
      case 'complete': {
        const found = this.#mayHear(person, frame.room) ? completions(person, frame.room, frame.text) : []
        return connection.send({ type: 'completions', call: frame.call, completions: [...found] })
      }
      case 'present': {
        const { accepted, say } = await present(person, frame.envelope)
        return connection.send({ type: 'presented', call: frame.call, accepted, say })
      }
      case 'fetch': {
        const { call } = frame
        const found = toSign(person, frame.which)
        return connection.send('say' in found ? { type: 'declined', call, ...found } : { ...frameToSign(found), call })
      }
      case 'keys':
        return connection.send({ type: 'keys', call: frame.call, keys: [...this.#options.keys(person, frame.of)] })
      case 'enrol': {
        const { call, enrolment } = frame
        return connection.send({ type: 'enrolled', call, ...(await enrol(connection, enrolment)) })
      }
      case 'requests':
        return connection.send({ type: 'requests', call: frame.call, requests: [...requests(person)] })
    }
  }

  async #join(connection: Connection, { room, history = 0 }: Join): Promise<void> {
    if (!this.#mayHear(connection.person, room)) return connection.send({ type: 'problem', say: notYours, room })
    await this.#room(room).join(connection, history, (page) =>
      connection.send({ type: 'joined', room, ...this.#sendable(room, page) }),
    )
  }

  async #tellHistory(connection: Connection, { call, room, before, count }: TellHistory): Promise<void> {
    if (!this.#mayHear(connection.person, room)) return connection.send({ type: 'declined', call, say: notYours })
    const place = before === undefined ? undefined : this.#cursors.open(room, before)
    if (before !== undefined && place === undefined) return connection.send({ type: 'declined', call, say: noPlace })
    const page = await this.#room(room).read({ count, ...(place !== undefined && { before: place }) })
    connection.send({ type: 'history', call, ...this.#sendable(room, page) })
  }

  #sendable(room: string, { history, before }: SendablePage): { history: ChatMessage[]; before?: string } {
    return { history, ...(before !== undefined && { before: this.#cursors.seal(room, before) }) }
  }

  async #say(connection: Connection, { room: name, id, text, signs }: Say): Promise<void> {
    const { person } = connection
    const { deployment, ears, nameOf } = this.#options
    if (!this.#mayHear(person, name)) {
      return connection.send({ type: 'problem', say: notYours, message: id, room: name })
    }
    connection.follow(name, id)
    const room = this.#room(name)
    const chat: ChatMessage = { room: name, from: person, name: nameOf(person), at: this.#now(), text, blocks: [] }
    try {
      const appended = await room.post({ account: person, message: id, chat }, () =>
        this.#show(room, chat, { account: person, message: id }),
      )
      if (appended === 'other') {
        const say = 'You have said something else under that id already, so I did nothing with this.'
        return connection.send({ type: 'problem', say, message: id, room: name })
      }
    } catch (error) {
      this.#troubles.warn({ person, room: name }, error, 'a line could not be kept')
      const say = 'I could not keep what you said, so I did nothing with it. Please tell an administrator.'
      return connection.send({ type: 'problem', say, message: id, room: name })
    }
    await ears.receive({
      conversation: this.#conversation(name, name === directRoom(person)),
      account: { tenant: deployment, id: person },
      id,
      at: this.#options.clock(),
      text,
      fresh: true,
      signs,
    })
  }

  /** Shows one message to everybody who hears the room, and to who waits for it as an answer: the same bytes to all. */
  #show(room: Room, chat: ChatMessage, { account, message, answers, progress, only }: Marks): void {
    const plain = { type: 'message', ...(progress !== undefined && { progress }), chat } as const
    const forAll = frameBytes(plain)
    const marks = { ...(message !== undefined && { message }), ...(answers !== undefined && { answers }) }
    const forOwn = account === undefined ? forAll : frameBytes({ ...plain, ...marks })
    const mayHear = new Map<string, boolean>()
    for (const connection of this.#audience(room, account, message ?? answers)) {
      const { person } = connection
      if (only !== undefined && person !== only) continue
      if (!this.#isStill(connection)) continue
      if (!mayHear.has(person)) mayHear.set(person, this.#mayHear(person, room.name))
      if (mayHear.get(person)) connection.write(person === account ? forOwn : forAll)
      else room.leave(connection)
    }
  }

  #audience(room: Room, account: string | undefined, line: string | undefined): ReadonlySet<Connection> {
    if (account === undefined || line === undefined) return room.hearers
    const waiting = [...this.#people.connectionsOf(account)].filter((connection) => connection.follows(room.name, line))
    return new Set([...room.hearers, ...waiting])
  }

  #mayHear(person: string, room: string): boolean {
    return room.startsWith('@') ? room === directRoom(person) : this.#options.mayEnter(person, room)
  }

  #isStill(connection: Connection): boolean {
    if (connection.still()) return true
    connection.cut(4401, 'The key that you signed in with is no longer in force. Sign in with another.')
    this.#left(connection)
    return false
  }

  #left(connection: Connection): void {
    this.#people.leave(connection)
    for (const room of this.#rooms.values()) room.leave(connection)
  }

  #probe(): void {
    for (const connection of this.#people.all()) if (this.#isStill(connection)) connection.probe()
  }

  #room(name: string): Room {
    const known = this.#rooms.get(name)
    if (known) return known
    const room = new Room(name, this.#options.history)
    this.#rooms.set(name, room)
    return room
  }

  #conversation(room: string, isDirect: boolean): Conversation {
    return { platform: this.name, tenant: this.#options.deployment, room, ...(isDirect && { direct: true }) }
  }

  #now(): number {
    return Math.floor(this.#options.clock() / 1000)
  }
}

const frameToSign = ({ as, group, because, statement }: ToSign): Extract<FromServer, { type: 'statement' }> => ({
  type: 'statement',
  as,
  ...(because !== undefined && { because }),
  ...(group !== undefined && { group }),
  statement: Buffer.from(statement).toString('base64'),
})

const readsHistory = (frame: FromClient): boolean =>
  frame.type === 'history' || (frame.type === 'join' && (frame.history ?? 0) > 0)
