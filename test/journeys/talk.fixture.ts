import { randomBytes } from 'node:crypto'
import { setTimeout as after } from 'node:timers/promises'
import { Connection } from '../../src/client/connection.ts'
import { findSigners } from '../../src/client/find-signer.ts'

/** A line that was said, and all that was answered. */
export type Line = { readonly name: string; readonly states: string[]; readonly texts: string[] }

const people = ['jhand', 'mansel', 'steve', 'irishwarhammer', 'bianca', 'dora', 'dean', 'sam', 'fiona']
/** Commands in flight at each moment. */
const inFlight = 24

/** Numbers from 0 to 1 that a seed gives again. */
export const numbers = (state: number) => (): number => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0
  return state / 2 ** 32
}

/** People of the marked company who say "mark" without a pause, each time under another name, whatever happens. */
export class Talk {
  readonly lines = new Map<string, Line>()
  /** What the server said that it did nothing with. */
  readonly problems: string[] = []
  readonly #open = new Set<string>()
  #connections: readonly Connection[] = []
  #going = true
  #wake: () => void = () => undefined
  #talking: Promise<void> = Promise.resolve()

  static async begin(url: string, data: string): Promise<Talk> {
    const talk = new Talk()
    talk.#connections = await Promise.all(people.map((person) => talk.#dial(person, url, data)))
    talk.#talking = talk.#talk()
    return talk
  }

  /** Says no more, and resolves when all has ended; after so many milliseconds at the latest. */
  async end(patience: number): Promise<void> {
    this.#going = false
    await Promise.race([this.#talking, after(patience)])
    for (const connection of this.#connections) connection.close()
  }

  async #dial(person: string, url: string, data: string): Promise<Connection> {
    const connection = new Connection({
      server: url,
      person,
      signers: await findSigners({ person, data }),
      clock: Date.now,
      newId: () => randomBytes(12).toString('hex'),
      keepTrying: 120_000,
      ears: {
        heard: (frame) => {
          if (frame.type === 'message' && frame.answers !== undefined)
            this.lines.get(frame.answers)?.texts.push(textOf(frame.chat))
          if (frame.type === 'problem') {
            this.problems.push(`${person}: ${frame.say}`)
            this.#heard(frame.message ?? '', 'refused')
          }
          if (frame.type === 'request') this.#heard(frame.message, frame.request.state)
        },
        lost: () => undefined,
        back: () => undefined,
        gone: (error) => {
          throw error
        },
      },
    })
    await connection.open()
    return connection
  }

  #heard(message: string, state: string): void {
    this.lines.get(message)?.states.push(state)
    if (['running', 'pending', 'asking'].includes(state)) return
    this.#open.delete(message)
    this.#wake()
  }

  async #talk(): Promise<void> {
    let count = 0
    while (this.#going || this.#open.size > 0) {
      while (this.#going && this.#open.size < inFlight) {
        const connection = this.#connections[count % this.#connections.length]
        const name = `m${count++}`
        const id = connection?.say('everyone', `Foobot mark ${name}`, false) ?? ''
        this.lines.set(id, { name, states: [], texts: [] })
        this.#open.add(id)
      }
      await Promise.race([
        new Promise<void>((resolve) => {
          this.#wake = resolve
        }),
        after(250),
      ])
    }
  }
}

/** Each line has an end, and its file is there or not as the end says. */
export const isRight = ({ name, states }: Line, files: ReadonlySet<string>): boolean => {
  switch (states.at(-1)) {
    case 'done':
      return files.has(name)
    case 'interrupted':
      return true
    case 'failed':
    case 'expired':
    case 'refused':
      return !files.has(name)
    default:
      return false
  }
}

const textOf = ({ text, blocks }: { readonly text: string; readonly blocks: readonly object[] }): string =>
  [text, ...blocks.map((block) => ('text' in block ? String(block.text) : ''))].join('\n')
