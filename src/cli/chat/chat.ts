import type { Connection } from '#client/connection.ts'
import type { Frame, Welcome } from '#client/dial.ts'
import type { FoobotError } from '#core/errors.ts'
import { type ChatMessage, directRoom } from '#wire/native.ts'
import type { ChatOptions } from '../chat.ts'
import { connectionOf } from '../client-options.ts'
import { complainOf, exits, explain } from '../failure.ts'
import { blockLines, wrapped } from '../terminal/blocks.ts'
import { bodyLines, chatLines } from '../terminal/message.ts'
import type { Line, Style } from '../terminal/paint.ts'
import { type Pictures, picturesIn } from '../terminal/picture/pictures.ts'
import { beside, theirs, theirWords } from '../terminal/theirs.ts'
import { completeLine } from './complete-line.ts'
import { help } from './help.ts'
import { Screen } from './screen.ts'
import { Seen } from './seen.ts'
import { ChatSigning, type SigningScreen } from './signing.ts'

/** Entries of a room's history to begin with, and to go back by. */
const lookBack = 30
/** Stands among the lines whose end is awaited while older messages are fetched. */
const fetching = '/more'

/** Opens the room, and stays until its user leaves; gives the exit code. */
export const chat = async (options: ChatOptions): Promise<number> => {
  let session: ChatSession | undefined
  const connection = await connectionOf(options, Number.POSITIVE_INFINITY, {
    heard: (frame) => session?.heard(frame),
    lost: (why, next) => session?.lost(why, next),
    back: () => session?.back(),
    gone: (error) => session?.gone(error),
  })
  const welcome = await connection.open()
  const { stdin: input, stdout: output, env: environment } = process
  // Nothing is read from the terminal before there is somebody to say it to.
  session = new ChatSession(options, connection, welcome, await picturesIn({ input, output, environment }))
  const exit = await session.ended
  connection.close()
  return exit
}

class ChatSession {
  readonly ended: Promise<number>
  readonly #person: string
  readonly #screen: Screen
  readonly #seen = new Seen()
  /** Ids of the lines said here. */
  readonly #own = new Set<string>()
  /** Those of them whose state is not known yet. */
  readonly #open = new Set<string>()
  /** By room: the place before which more was said than is shown. */
  readonly #older = new Map<string, string>()
  /** Resolves when the room that was entered has told its history, or cannot be heard. */
  #entered = Promise.withResolvers<void>()
  #room: string
  readonly #rooms: readonly string[]
  readonly #connection: Connection
  readonly #signing: ChatSigning
  readonly #pictures: Pictures
  #question: string | undefined
  #away = false
  #leaving = false
  #end: (exit: number) => void = () => undefined

  constructor(
    { as, room, sign }: ChatOptions,
    connection: Connection,
    { company, name, rooms, deployment }: Welcome,
    pictures: Pictures,
  ) {
    this.#pictures = pictures
    this.#person = as
    this.#room = room ?? directRoom(as)
    this.#rooms = rooms
    this.#connection = connection
    this.ended = new Promise((resolve) => {
      this.#end = resolve
    })
    this.#screen = new Screen({
      input: process.stdin,
      output: process.stdout,
      environment: process.env,
      typed: (line, isPasted) => this.#typed(line.trim(), isPasted),
      complete: (line) => this.#complete(line),
      closed: () => this.#leave(),
    })
    const screen = this.#screen
    const forSigning: SigningScreen = {
      get asks() {
        return screen.echoes
      },
      get typing() {
        return screen.typing
      },
      get place() {
        return { columns: screen.width, rows: screen.rows }
      },
      note: (text, style) => this.#note(text, style),
      theirs: (text, style) => this.#theirs(text, style),
      ask: (lines) => screen.ask(lines),
      question: (prompt) => {
        this.#question = prompt
        this.#prompt()
      },
      answered: (lines) => {
        this.#question = undefined
        screen.answered(lines)
        this.#prompt()
      },
    }
    const self = { person: as, deployment }
    this.#signing = new ChatSigning({ on: sign === true, connection, self, screen: forSigning, clock: Date.now })
    this.#theirs(`${company}: you are ${name}.`)
    this.#note('/help lists what this terminal understands.')
    this.#enter(this.#room)
  }

  heard(frame: Frame): void {
    switch (frame.type) {
      case 'joined':
        this.#joined(frame)
        return
      case 'message':
        this.#message(frame)
        return
      case 'request':
        if (this.#own.has(frame.message)) this.#signing.standing(frame.request)
        if (frame.request.state !== 'running') this.#settle(frame.message)
        return
      case 'statement':
        this.#signing.heard(frame)
        return
      case 'problem':
        this.#theirs(frame.say, 'yellow')
        if (frame.room === this.#room) this.#entered.resolve()
        if (frame.message !== undefined) this.#settle(frame.message)
    }
  }

  /** Said once; the attempts that follow are silent. */
  lost(why: string, next: number): void {
    if (!this.#away)
      this.#note(
        `The line to the server broke (${why}): dialling again in ${next / 1000} s and from then on.`,
        'yellow',
      )
    this.#away = true
  }

  back(): void {
    this.#away = false
    this.#note('The line to the server is back.', 'green')
  }

  gone(error: FoobotError): void {
    this.#screen.answered([])
    this.#screen.close()
    this.#end(complainOf(error))
  }

  #joined({ room, history, before }: Extract<Frame, { type: 'joined' }>): void {
    this.#setOlder(room, before)
    if (room === this.#room) this.#entered.resolve()
    const fresh = history.filter((message) => this.#seen.add(message))
    // What follows something that was shown before leaves nothing out.
    if (before !== undefined && fresh.length === history.length) {
      this.#note('/more shows what was said here before.')
    }
    for (const message of fresh) this.#showMessage(message)
  }

  #message({ chat: message, message: own, progress }: Extract<Frame, { type: 'message' }>): void {
    if (progress !== undefined) {
      const { width } = this.#screen
      this.#screen.progress(theirs(bodyLines(message, beside(width)), width))
      return
    }
    const fresh = this.#seen.add(message)
    // What was typed here stands here already.
    const stands = own !== undefined && this.#own.has(own) && this.#screen.echoes
    if (fresh && !stands) this.#showMessage(message)
  }

  #showMessage(message: ChatMessage): void {
    const elsewhere: Line[] = message.room === this.#room ? [] : [[{ text: `in ${message.room}`, style: 'dim' }]]
    const { width } = this.#screen
    this.#screen.show(theirs([...elsewhere, ...chatLines(message, beside(width), this.#pictures)], width))
  }

  #typed(line: string, isPasted: boolean): void {
    if (!this.#signing.answer(line)) {
      if (line.startsWith('/')) this.#command(line)
      else if (line !== '') this.#say(line, isPasted)
    }
    this.#signing.putNext()
  }

  #say(line: string, isPasted: boolean): void {
    const id = this.#signing.say(this.#room, line, isPasted)
    this.#own.add(id)
    this.#open.add(id)
    if (this.#away) this.#note('The server is away: that is said when the line is back within two minutes.', 'yellow')
  }

  #command(line: string): void {
    const [verb, argument] = line.split(/ +/)
    switch (verb) {
      case '/rooms':
        this.#theirs(`Your rooms: ${[...this.#rooms, directRoom(this.#person)].join(', ')}`)
        return
      case '/room':
        if (argument === undefined) this.#note(`You are in ${this.#room}. /room NAME goes to another.`)
        else if (this.#isMine(argument)) this.#enter(argument)
        else this.#note('I do not know that room, or it is not yours. /rooms lists yours.', 'yellow')
        return
      case '/more':
        void this.#more(this.#room)
        return
      case '/quit':
        this.#screen.close()
        return
      case '/sign':
        this.#turnSigning(argument)
        return
      case '/help':
        this.#screen.show(blockLines(help, this.#screen.width))
        return
      default:
        this.#note('This terminal does not know that. /help lists what it understands.', 'yellow')
    }
  }

  /** Shows what was said in a room before all that was shown of it. */
  async #more(room: string): Promise<void> {
    if (this.#open.has(fetching)) return
    this.#open.add(fetching)
    try {
      await this.#entered.promise
      const before = this.#older.get(room)
      const page = before === undefined ? undefined : await this.#connection.history(room, before, lookBack)
      if (page === undefined) this.#note('Nothing was said here before.')
      else if ('say' in page) this.#theirs(page.say, 'yellow')
      else this.#showOlder(room, page)
    } catch (error) {
      const { line, isTheirs } = explain(error)
      if (isTheirs) this.#theirs(line, 'yellow')
      else this.#note(line, 'yellow')
    }
    this.#settle(fetching)
  }

  #showOlder(
    room: string,
    { history, before }: Exclude<Awaited<ReturnType<Connection['history']>>, { say: string }>,
  ): void {
    this.#setOlder(room, before)
    this.#note('Before that:')
    for (const message of history) this.#showMessage(message)
    this.#note(before === undefined ? 'That is where it begins.' : '/more goes further back.')
  }

  #setOlder(room: string, before: string | undefined): void {
    if (before === undefined) this.#older.delete(room)
    else this.#older.set(room, before)
  }

  #turnSigning(how: string | undefined): void {
    if (how === 'on' || how === 'off') this.#signing.on = how === 'on'
    this.#note(
      this.#signing.on
        ? 'Signing is on: what you type is signed where that is owed. /sign off ends it.'
        : 'Signing is off. /sign on signs what you type where that is owed.',
    )
  }

  #isMine(room: string): boolean {
    return room === directRoom(this.#person) || this.#rooms.includes(room)
  }

  #enter(room: string): void {
    this.#room = room
    this.#entered.resolve()
    this.#entered = Promise.withResolvers()
    this.#prompt()
    this.#connection.join(room, lookBack)
  }

  #prompt(): void {
    const alone = this.#room === directRoom(this.#person)
    this.#screen.prompt(this.#question ?? (alone ? `${this.#person}> ` : `${this.#person}@${this.#room}> `))
  }

  #complete(line: string): Promise<readonly string[]> {
    const rooms = [...this.#rooms, directRoom(this.#person)]
    const alone = this.#room === directRoom(this.#person)
    return completeLine(line, { rooms, alone, ask: (begun) => this.#connection.complete(this.#room, begun) })
  }

  #settle(id: string): void {
    this.#open.delete(id)
    if (this.#leaving) this.#leave()
  }

  /** What was said is heard to its end first, where it came from a file. */
  #leave(): void {
    this.#leaving = true
    if (process.stdin.isTTY || this.#open.size === 0) this.#end(exits.done)
  }

  /** The client's own words. */
  #note(text: string, style: Style = 'dim'): void {
    this.#screen.show(wrapped(text, this.#screen.width).map((line) => line.map(({ text }) => ({ text, style }))))
  }

  /** What the server says, behind the mark. */
  #theirs(text: string, style: Style = 'dim'): void {
    this.#screen.show(theirWords(text, this.#screen.width, style))
  }
}
