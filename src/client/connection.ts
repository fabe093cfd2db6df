import type { Clock } from '#core/clock.ts'
import { FoobotError } from '#core/errors.ts'
import type { Envelope } from '#core/statement/fields.ts'
import {
  type ChatMessage,
  type Enrolled,
  type Enrolment,
  type FromClient,
  type FromServer,
  type HeldKey,
  type ListedRequest,
  placeTaken,
} from '#wire/native.ts'
import type { StatementFrame } from './asked.ts'
import { dial, type Frame, type Line, type Welcome } from './dial.ts'
import type { Signer } from './signer.ts'

export type ConnectionOptions = {
  /** An origin, as `http://127.0.0.1:8080`. */
  readonly server: string
  readonly person: string
  /** Tried in this order: only the server knows which keys are the person's. */
  readonly signers: readonly [Signer, ...Signer[]]
  readonly clock: Clock
  /** A fresh random id: letters, digits, `-` and `_`. */
  readonly newId: () => string
  /** Milliseconds to go on trying when the line breaks. */
  readonly keepTrying: number
  readonly ears: ConnectionEars
}

/** What a connection tells who uses it. */
export interface ConnectionEars {
  heard(frame: Frame): void
  /** The line broke; it is dialled again after `next` milliseconds. */
  lost(why: string, next: number): void
  /** The line is back, and what waits was said again. */
  back(welcome: Welcome): void
  /** The line is gone for good. */
  gone(error: FoobotError): void
}

type Said = {
  readonly frame: Extract<FromClient, { type: 'say' }>
  readonly at: number
  /** The server has said how it stands: it knows the line, and makes nothing twice of it. */
  known: boolean
}

/** A page of a room's history, oldest first. */
type HistoryPage = {
  readonly history: readonly ChatMessage[]
  /** The place before which more was said. */
  readonly before?: string
}

type Call = { readonly resolve: (frame: Frame) => void; readonly reject: (error: FoobotError) => void }

/** Milliseconds after which a line that the server may never have heard is not said any more: its time has passed. */
const staleAfter = 120_000
/** Entries of a room's history to hear again after the line broke. */
const catchUp = 200
const firstPause = 250
const longestPause = 5_000

/**
 * A person's connection to the server. Where the line breaks it dials again, joins the same rooms, and says again, with
 * the same ids, each line whose end it has not heard: the server makes one request of one id.
 */
export class Connection {
  readonly #options: ConnectionOptions
  readonly #said = new Map<string, Said>()
  readonly #rooms = new Set<string>()
  readonly #calls = new Map<number, Call>()
  #signers: readonly [Signer, ...Signer[]]
  #line: Line | undefined
  #redial: NodeJS.Timeout | undefined
  #closed = false
  #lastCall = 0

  constructor(options: ConnectionOptions) {
    this.#options = options
    this.#signers = options.signers
  }

  /** What signed in: a key that the company lists for this person. */
  get signer(): Signer {
    return this.#signers[0]
  }

  /** All that may sign for this person here, the one that signed in first. */
  get signers(): readonly Signer[] {
    return this.#signers
  }

  /**
   * Dials for the first time.
   * @throws FoobotError `server-unreachable`, `login-refused`, and what signers throw
   */
  async open(): Promise<Welcome> {
    const line = await this.#dialWithAny()
    this.#line = line
    return line.welcome
  }

  /** Hears a room from now on; of its last `history` messages as many as fit one page come first. */
  join(room: string, history: number): void {
    this.#rooms.add(room)
    this.#line?.send({ type: 'join', room, history })
  }

  /** What was said in a room before a place that the server named; or why there is nothing to tell. */
  async history(room: string, before: string, count: number): Promise<HistoryPage | { readonly say: string }> {
    const answer = await this.#call((call) => ({ type: 'history', room, call, before, count }))
    if (answer.type === 'history' || answer.type === 'declined') return answer
    return { say: 'The server gave no answer.' }
  }

  /** Says a line; gives its id, by which the answers name it. */
  say(room: string, text: string, signs: boolean): string {
    const id = this.#options.newId()
    const frame = { type: 'say', room, id, text, signs } as const
    this.#said.set(id, { frame, at: this.#options.clock(), known: false })
    this.#line?.send(frame)
    return id
  }

  /** Whole lines that begin with `text`. */
  async complete(room: string, text: string): Promise<readonly string[]> {
    const answer = await this.#call((call) => ({ type: 'complete', room, call, text }))
    return answer.type === 'completions' ? answer.completions : []
  }

  async requests(): Promise<readonly ListedRequest[]> {
    const answer = await this.#call((call) => ({ type: 'requests', call }))
    return answer.type === 'requests' ? answer.requests : []
  }

  /** Somebody's keys, as far as the server shows them to this person. */
  async keys(of: string): Promise<readonly HeldKey[]> {
    const answer = await this.#call((call) => ({ type: 'keys', call, of }))
    return answer.type === 'keys' ? answer.keys : []
  }

  /** The statement of a waiting request, by code, word or id; or why there is none to sign. */
  async fetch(which: string): Promise<StatementFrame | { readonly say: string }> {
    const answer = await this.#call((call) => ({ type: 'fetch', call, which }))
    if (answer.type === 'statement' || answer.type === 'declined') return answer
    return { say: 'The server gave no answer.' }
  }

  /** Hands in a consent or a key change. */
  async present(envelope: Envelope): Promise<{ readonly accepted: boolean; readonly say: string }> {
    const answer = await this.#call((call) => ({ type: 'present', call, envelope }))
    if (answer.type === 'presented') return answer
    return { accepted: false, say: answer.type === 'declined' ? answer.say : 'The server gave no answer.' }
  }

  /** Sets up a second factor. */
  async enrol(enrolment: Enrolment): Promise<Enrolled> {
    const answer = await this.#call((call) => ({ type: 'enrol', call, enrolment }))
    return answer.type === 'enrolled' ? answer : { accepted: false, say: 'The server gave no answer.' }
  }

  close(): void {
    this.#closed = true
    clearTimeout(this.#redial)
    this.#line?.close()
    this.#line = undefined
    this.#rejectCalls()
  }

  async #dialWithAny(): Promise<Line> {
    let refusal: unknown
    for (const signer of this.#signers) {
      try {
        const { server, person, clock } = this.#options
        const line = await dial({
          server,
          person,
          signer,
          clock,
          hear: (frame) => this.#heard(frame),
          // Where another client took this one's place, coming back at once would take the next one's.
          left: (why, code) => this.#lost(why, code === placeTaken ? longestPause : firstPause, clock()),
        })
        this.#signers = [signer, ...this.#signers.filter((other) => other !== signer)]
        return line
      } catch (error) {
        if (!(error instanceof FoobotError && error.code === 'login-refused')) throw error
        refusal = error
      }
    }
    throw refusal
  }

  #heard(frame: Frame): void {
    if (frame.type === 'request') this.#standing(frame)
    if (frame.type === 'problem' && frame.message !== undefined) this.#said.delete(frame.message)
    if ('call' in frame && frame.call !== undefined) {
      this.#calls.get(frame.call)?.resolve(frame)
      this.#calls.delete(frame.call)
      return
    }
    this.#options.ears.heard(frame)
  }

  #standing({ message, request: { state } }: Extract<FromServer, { type: 'request' }>): void {
    const said = this.#said.get(message)
    if (said) said.known = true
    if (!['asking', 'pending', 'running'].includes(state)) this.#said.delete(message)
  }

  #lost(why: string, pause: number, since: number): void {
    this.#line = undefined
    if (this.#closed) return
    this.#rejectCalls()
    const { ears, clock, keepTrying } = this.#options
    if (clock() + pause - since > keepTrying) {
      ears.gone(new FoobotError('server-unreachable', why))
      return
    }
    ears.lost(why, pause)
    this.#redial = setTimeout(() => void this.#again(pause, since), pause)
  }

  async #again(pause: number, since: number): Promise<void> {
    try {
      const line = await this.#dialWithAny()
      if (this.#closed) return line.close()
      this.#line = line
      this.#catchUp(line)
      this.#options.ears.back(line.welcome)
    } catch (error) {
      if (this.#closed) return
      const known = error instanceof FoobotError ? error : new FoobotError('internal', String(error))
      if (known.code === 'server-unreachable') this.#lost(known.message, Math.min(pause * 2, longestPause), since)
      else this.#options.ears.gone(known)
    }
  }

  #catchUp(line: Line): void {
    for (const room of this.#rooms) line.send({ type: 'join', room, history: catchUp })
    const now = this.#options.clock()
    for (const [id, { frame, at, known }] of this.#said) {
      if (known || now - at < staleAfter) {
        line.send(frame)
        continue
      }
      this.#said.delete(id)
      const say = `Not said, since the server was away too long: ${frame.text}`
      this.#options.ears.heard({ type: 'problem', say, message: id, room: frame.room })
    }
  }

  async #call(make: (call: number) => FromClient): Promise<Frame> {
    const line = this.#line
    if (!line) throw new FoobotError('server-unreachable', 'the line is broken')
    const call = ++this.#lastCall
    return new Promise((resolve, reject) => {
      this.#calls.set(call, { resolve, reject })
      line.send(make(call))
    })
  }

  #rejectCalls(): void {
    for (const { reject } of this.#calls.values()) reject(new FoobotError('server-unreachable', 'the line broke'))
    this.#calls.clear()
  }
}
