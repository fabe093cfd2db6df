import type { WebSocket } from 'ws'
import { type Bound, bound } from '#bounds/bound.ts'

const ofClient = bound('native-unread', {
  most: 8 * 1024 * 1024,
  unit: 'bytes',
  of: 'what waits for one client that does not read',
  say: 'The connection ends; the client dials again, and finds what it missed in the history.',
})
const ofPerson = bound('native-unread-person', {
  most: 32 * 1024 * 1024,
  unit: 'bytes',
  of: 'what waits for all clients of a person that do not read',
  say: 'The connection that it is exceeded for ends; the client dials again, and finds what it missed in the history.',
})
const ofTime = bound('native-unread-time', {
  most: 60_000,
  unit: 'milliseconds',
  of: 'how long a frame waits for a client that reads slowly or not at all',
  say: 'The connection ends; the client dials again, and finds what it missed in the history.',
})

const beforeNext = bound('native-unread-next', {
  most: 256 * 1024,
  unit: 'bytes',
  of: 'what waits for a client when its next frame is dealt with',
  say: 'The next frame waits until the client has read more; nothing is lost.',
})

/** Bytes that each frame costs beside its own, in the lists where it waits. */
const overhead = 512
/** What all clients of one person have yet to read. */
export type PersonUnread = { bytes: number }

/** What one client has yet to read: what this process keeps for it, and since when. */
export class Unread {
  readonly #socket: WebSocket
  readonly #person: PersonUnread
  readonly #clock: () => number
  /** When each frame that waits was sent, in order. */
  readonly #sent: number[] = []
  #bytes = 0
  #isGone = false
  #caughtUp: PromiseWithResolvers<void> | undefined

  /** @param clock milliseconds */
  constructor(socket: WebSocket, person: PersonUnread, clock: () => number) {
    this.#socket = socket
    this.#person = person
    this.#clock = clock
    socket.on('close', () => this.#forget())
  }

  get bytes(): number {
    return this.#bytes
  }

  /** False where it would be more than may wait, looked at with the frame itself; then it is not sent. */
  send(frame: Buffer): boolean {
    const cost = frame.length + overhead
    const exceeded = this.#exceededBy(cost)
    if (exceeded) {
      exceeded.reached()
      return false
    }
    this.#count(cost)
    this.#sent.push(this.#clock())
    this.#socket.send(frame, { binary: false }, () => this.#passedOn(cost))
    return true
  }

  /** Whether something waits for longer than it may. */
  isLate(): boolean {
    const [oldest] = this.#sent
    if (oldest === undefined || this.#clock() - oldest < ofTime.most) return false
    ofTime.reached()
    return true
  }

  /** Resolves when little waits, or nobody is there to read it. */
  async caughtUp(): Promise<void> {
    if (this.#isGone || this.#bytes <= beforeNext.most) return
    beforeNext.reached()
    this.#caughtUp ??= Promise.withResolvers()
    await this.#caughtUp.promise
  }

  #exceededBy(cost: number): Bound | undefined {
    if (this.#bytes + cost > ofClient.most) return ofClient
    return this.#person.bytes + cost > ofPerson.most ? ofPerson : undefined
  }

  #passedOn(cost: number): void {
    if (this.#isGone) return
    this.#sent.shift()
    this.#count(-cost)
    if (this.#bytes <= beforeNext.most) this.#wake()
  }

  #forget(): void {
    this.#isGone = true
    this.#sent.length = 0
    this.#count(-this.#bytes)
    this.#wake()
  }

  #count(bytes: number): void {
    this.#bytes += bytes
    this.#person.bytes += bytes
  }

  #wake(): void {
    this.#caughtUp?.resolve()
    this.#caughtUp = undefined
  }
}
