import { setTimeout as after } from 'node:timers/promises'
import type { Frame } from '#client/dial.ts'
import { Phone } from '#client/phone.ts'
import { dayAt, writtenDay } from '#core/command/calendar.ts'
import type { Company } from '../company.ts'
import { type Audience, nobody } from './audience.ts'
import { changeRules } from './change-rules.ts'
import { ChatClient } from './chat-client.ts'
import { type Mismatch, mismatch, written } from './mismatch.ts'
import { Names } from './names.ts'
import { orderFaults } from './order-faults.ts'
import { raiseAlert } from './raise-alert.ts'
import { restartServer } from './restart.ts'
import type { Step } from './script.ts'
import { type HeardLine, Transcript } from './transcript.ts'

/** Milliseconds that a line may take to come. */
const patience = 45_000

/** Counts no message: they are counted from 1. */
const noMessage = 0

type Say = Extract<Step, { type: 'say' }>
type Hear = Extract<Step, { type: 'hear' }>

/** What one room has heard, and how far the file has come in it. */
class Room {
  readonly name: string
  readonly transcript = new Transcript()
  /** Through whom it is heard. */
  ear: ChatClient | undefined
  isJoined = false
  /** Lines that were said, and not heard yet. */
  readonly said: Said[] = []
  /** Foobot's first message after what was just said. */
  answer: number | undefined
  /** Whether others may stand before what comes next. */
  more = false

  constructor(name: string) {
    this.name = name
  }
}

/** A day thirty days ahead, as the example company writes it. */
const nextMonth = (): string =>
  writtenDay(dayAt(new Date(Date.now() + 30 * 86_400_000), 'America/Denver'), 'month-first')

type Said = { readonly person: string; readonly text: string }

/**
 * Plays a conversation against a running company: says what its file says, and holds what is heard against it.
 * @throws Mismatch where something else is heard
 */
export const play = async (
  company: Company,
  file: string,
  steps: readonly Step[],
  audience: Audience = nobody,
): Promise<void> => {
  const player = new Player(company, file, audience)
  try {
    for (const step of steps) await player.take(step)
    await player.settle()
  } finally {
    player.close()
  }
}

class Player {
  readonly #company: Company
  readonly #file: string
  readonly #audience: Audience
  readonly #clients = new Map<string, ChatClient>()
  readonly #rooms = new Map<string, Room>()
  readonly #names = new Names()
  /** What single clients were told, and no line has taken yet. */
  #told: { readonly say: string; readonly isGood: boolean }[] = []
  /** What the last command line printed. */
  #output: string[] = []
  #room: Room | undefined
  #line = 0

  constructor(company: Company, file: string, audience: Audience) {
    this.#company = company
    this.#file = file
    this.#audience = audience
    this.#names.set('next-month', nextMonth())
  }

  async take(step: Step): Promise<void> {
    this.#line = step.line
    switch (step.type) {
      case 'title':
        await this.settle()
        return this.#audience.titled(step.text)
      case 'room':
        this.#room = this.#roomOf(step.room)
        return this.#audience.entered(step.room)
      case 'say':
        return this.#say(step)
      case 'hear':
        return this.#hear(step)
      case 'more':
        this.#here.more = true
        return
      case 'run':
        return this.#run(step.args, step.exit)
      case 'phone':
        return this.#phone(step.person, step.answer)
      case 'come':
        return this.#come(this.#here, await this.#clientOf(step.person, step.client))
      case 'alert':
        await this.#audience.did(`Monitoring raises an alert: ${step.title}`)
        return raiseAlert(this.#company, step.title)
      case 'faults':
        await this.#audience.did(`The system ${step.sandbox} fails next: ${step.faults.join(', ')}`)
        return orderFaults(this.#company, step.sandbox, step.faults)
      case 'plugins':
        throw new Error(`${this.#at}: settings of plugins stand before all else`)
      case 'restart':
        await this.settle()
        await this.#audience.did('The server is killed, and starts again.')
        await restartServer(this.#company)
        for (const client of this.#clients.values()) await client.caughtUp()
        return
      case 'rules':
        await this.settle()
        // Nothing that comes of them is a reply to anybody.
        for (const room of this.#rooms.values()) room.answer ??= noMessage
        await this.#audience.did(`New rules, signed and in force: ${step.file}: ${step.text}`)
        return changeRules(this.#company, step.file, this.#names.filled(step.text))
    }
  }

  close(): void {
    for (const client of this.#clients.values()) client.close()
  }

  get #here(): Room {
    if (!this.#room) throw new Error(`${this.#at}: no room was entered: begin with @room`)
    return this.#room
  }

  get #at(): string {
    return `${this.#file}:${this.#line}`
  }

  async #say({ person, client: kind, text, atOnce }: Say): Promise<void> {
    const room = this.#here
    if (!atOnce) {
      await this.settle()
      room.more = false
    }
    const line = this.#names.filled(text)
    const client = await this.#clientOf(person, kind)
    await this.#come(room, client)
    await this.#audience.types(person, kind, line)
    // Who is not in the room is not heard there.
    if (room.ear) room.said.push({ person, text: line })
    client.say(room.name, line)
  }

  /** Takes a phone into the hand: it must ask something. */
  async #phone(person: string, answer: string): Promise<void> {
    await this.settle()
    const phone = Phone.of(person, this.#company.data)
    const sheet = await phone.screen()
    if (!sheet) throw this.#mismatch(`${person}'s phone asks nothing`, undefined, [])
    await this.#audience.holds(person, sheet)
    const typed = this.#names.filled(answer)
    await this.#audience.enters(person, typed)
    const { say, over } = await (typed === 'no' ? phone.refuse(sheet.wake) : phone.answer(sheet.wake, typed))
    this.#told.push({ say, isGood: over })
    this.#audience.told(`${person}’s phone`, say)
  }

  /** A room is heard through the first who comes. */
  async #come(room: Room, client: ChatClient): Promise<void> {
    if (room.ear) return
    room.ear = client
    if (!(await client.join(room.name))) room.ear = undefined
  }

  async #hear({ mark, text }: Hear): Promise<void> {
    if (mark === '~') return this.#hearTold(text)
    if (mark === '|') return this.#readOutput(text)
    const room = this.#here
    const expected = `${mark} ${this.#names.fill(text)}`
    const until = Date.now() + patience
    for (;;) {
      const heard = await this.#nextOf(room, until)
      if (!heard) throw this.#mismatch('this was not heard', expected, [])
      const isAnswer = !heard.isEvent && (room.answer === undefined || room.answer === heard.message)
      if (this.#names.match(text, heard.text)) {
        if (mark === '*' && isAnswer && room.transcript.taken.length > 0) {
          throw this.#mismatch('this is the first reply to what was just said: write "<"', expected, [heard.text])
        }
        this.#take(room, heard)
        room.more = false
        return
      }
      if (!room.more) throw this.#mismatch('something else was heard', expected, restOf(room))
      this.#take(room, heard)
    }
  }

  #take(room: Room, heard: Extract<HeardLine, { type: 'foobot' }>): void {
    room.transcript.take()
    if (!heard.isEvent) room.answer ??= heard.message
  }

  /** Foobot's next line; people's lines on the way are those that were said. */
  async #nextOf(room: Room, until: number): Promise<Extract<HeardLine, { type: 'foobot' }> | undefined> {
    for (;;) {
      const next = room.transcript.next
      if (next?.type === 'foobot') return next
      if (next) this.#hearSaid(room, next)
      else if (Date.now() >= until) return undefined
      else await room.transcript.another(until - Date.now())
    }
  }

  #hearSaid(room: Room, { person, text }: Extract<HeardLine, { type: 'said' }>): void {
    const index = room.said.findIndex((said) => said.person === person && said.text === text)
    if (index < 0) throw this.#mismatch('somebody said what nobody should', undefined, [`${person}> ${text}`])
    room.said.splice(index, 1)
    room.transcript.take()
    room.answer = undefined
  }

  async #hearTold(text: string): Promise<void> {
    const until = Date.now() + patience
    for (;;) {
      const index = this.#told.findIndex(({ say }) => this.#names.match(text, say))
      if (index >= 0) {
        this.#told.splice(index, 1)
        return
      }
      if (Date.now() > until) {
        const told = this.#told.map(({ say }) => `~ ${say}`)
        throw this.#mismatch('nobody was told this', `~ ${this.#names.fill(text)}`, told)
      }
      await after(20)
    }
  }

  #readOutput(text: string): void {
    const index = this.#output.findIndex((line) => this.#names.match(text, line))
    if (index < 0) {
      throw this.#mismatch(
        'this was not printed',
        `| ${this.#names.fill(text)}`,
        this.#output.map((line) => `| ${line}`),
      )
    }
    this.#output = this.#output.slice(index + 1)
  }

  async #run(args: readonly string[], exit: number): Promise<void> {
    await this.settle()
    const words = args.map((word) => this.#names.filled(word))
    await this.#audience.runs(words)
    const { code, stdout, stderr } = await this.#company.watch(words, (line) => this.#audience.printed(line))
    // What was asked for first, what was said about it after: which of the two came first is up to the machine.
    this.#output = `${stdout}${stderr}`.split('\n').map((line) => line.trim())
    if (code === exit) return
    throw this.#mismatch(`foobot ${words.join(' ')} ended with ${code}, not ${exit}`, undefined, this.#output)
  }

  /**
   * Resolves when nothing of what was said is on its way any more.
   * @throws Mismatch where something was heard that no line of the file has taken
   */
  async settle(): Promise<void> {
    const until = Date.now() + patience
    const clients = [...this.#clients.values()]
    for (;;) {
      // Twice: what a client does with a statement can have an answer.
      for (const client of [...clients, ...clients]) await client.caughtUp()
      const open = clients.filter(({ isSettled }) => !isSettled)
      if (open.length === 0) break
      if (Date.now() > until) {
        throw this.#mismatch(
          `what ${open.map(({ person }) => person).join(' and ')} said goes on and on`,
          undefined,
          [],
        )
      }
      await after(20)
    }
    for (const room of this.#rooms.values()) this.#expectNothing(room)
    const bad = this.#room?.more ? [] : this.#told.filter(({ isGood }) => !isGood)
    if (bad.length > 0) {
      throw this.#mismatch(
        'somebody was told this',
        undefined,
        bad.map(({ say }) => `~ ${say}`),
      )
    }
    this.#told = []
  }

  #expectNothing(room: Room): void {
    for (;;) {
      const { next } = room.transcript
      if (!next) return
      if (next.type === 'said') this.#hearSaid(room, next)
      else if (room.more) this.#take(room, next)
      else throw this.#mismatch('more was heard than this', undefined, restOf(room), room)
    }
  }

  async #clientOf(person: string, client: Say['client']): Promise<ChatClient> {
    const key = `${person}@${client}`
    const known = this.#clients.get(key)
    if (known) return known
    const { url, data } = this.#company
    const opened: ChatClient = await ChatClient.open({
      server: url,
      data,
      person,
      client,
      heard: (frame) => this.#heard(opened, frame),
      reads: (asked) => this.#audience.reads(person, asked),
      told: (say, isGood) => {
        this.#told.push({ say, isGood })
        this.#audience.told(`${person}’s client`, say)
      },
    })
    this.#clients.set(key, opened)
    return opened
  }

  #heard(client: ChatClient, frame: Frame): void {
    if (frame.type === 'joined') {
      const room = this.#roomOf(frame.room)
      if (room.ear !== client) return
      if (!room.isJoined) room.transcript.before(frame.history)
      else for (const chat of room.transcript.catchUp(frame.history)) this.#audience.heard(chat)
      room.isJoined = true
    }
    if (frame.type !== 'message') return
    const { number } = frame.chat.footer ?? {}
    if (number !== undefined) this.#names.set('number', number)
    const room = this.#roomOf(frame.chat.room)
    if (room.ear !== client) return
    this.#audience.heard(frame.chat, frame.progress)
    if (frame.progress === undefined) room.transcript.add(frame.chat)
  }

  #roomOf(name: string): Room {
    const known = this.#rooms.get(name)
    if (known) return known
    const room = new Room(name)
    this.#rooms.set(name, room)
    return room
  }

  #mismatch(why: string, expected: string | undefined, heard: readonly string[], room = this.#here): Mismatch {
    return mismatch(this.#at, why, room.name, room.transcript.taken, expected, heard)
  }
}

const restOf = (room: Room): readonly string[] => room.transcript.untaken.map(written)
