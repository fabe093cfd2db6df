import type { WebSocket } from 'ws'
import { bound } from '#bounds/bound.ts'
import { limitControlFrames } from '#bounds/control-frames.ts'
import type { FromServer } from '#wire/native.ts'
import { type PersonUnread, Unread } from './unread.ts'

/** A connection whose person is proven. */
export type Session = {
  readonly socket: WebSocket
  readonly person: string
  /** What signed them in. */
  readonly key: string
  /** False from the moment when the key that signed in is no longer the person's. */
  readonly still: () => boolean
}

/** One frame as it came. */
export type Incoming = { readonly data: Buffer; readonly binary: boolean }

const mostWaiting = bound('native-inbox', {
  most: 2 * 1024 * 1024,
  unit: 'bytes',
  of: 'what one client has sent and waits to be dealt with',
  say: 'The connection ends. What comes faster than it is dealt with is not read, so that no client of ours gets there.',
})
const mostLines = bound('native-followed', {
  most: 1024,
  unit: 'lines',
  of: 'the lines of one client whose end it is told',
  say: 'The oldest is no longer followed: "requests" tells how it stands.',
})
/** The server looks whether clients are there as often as that. */
export const silence = bound('native-silence', {
  most: 20_000,
  unit: 'milliseconds',
  of: 'how long a client takes to answer whether it is there',
  say: 'The connection ends; the client dials again.',
})
/** What each frame costs beside its own bytes. */
const overhead = 256

/** One client that has signed in: what it sends, what it follows, and whether it keeps up. */
export class Connection {
  readonly person: string
  readonly key: string
  readonly still: () => boolean
  readonly #socket: WebSocket
  readonly #unread: Unread
  readonly #lines = new Set<string>()
  #answered = true
  #resting: { readonly timer: NodeJS.Timeout; readonly end: () => void } | undefined

  /** @param clock milliseconds */
  constructor({ socket, person, key, still }: Session, ofPerson: PersonUnread, clock: () => number) {
    this.person = person
    this.key = key
    this.still = still
    this.#socket = socket
    this.#unread = new Unread(socket, ofPerson, clock)
    limitControlFrames(socket, clock)
    socket.on('pong', () => {
      this.#answered = true
    })
    socket.on('close', () => this.#wake())
  }

  /**
   * Hears the client, one frame after the other. While one is dealt with, and while the client has not read what was said
   * to it before, it is not read: what it sends waits on its own side.
   * @param take deals with one frame; resolves when the next may be taken, and never rejects
   */
  listen(take: (frame: Incoming) => Promise<void>): void {
    const inbox: Incoming[] = []
    let waiting = 0
    let isTaking = false
    const drain = async (): Promise<void> => {
      isTaking = true
      for (let next = inbox.shift(); next && this.isOpen(); next = inbox.shift()) {
        waiting -= next.data.length + overhead
        await take(next)
        await this.#unread.caughtUp()
      }
      isTaking = false
      this.#socket.resume()
    }
    this.#socket.on('message', (data: Buffer, binary: boolean) => {
      waiting += data.length + overhead
      if (waiting > mostWaiting.most) {
        mostWaiting.reached()
        this.#socket.terminate()
        return
      }
      inbox.push({ data, binary })
      this.#socket.pause()
      if (!isTaking) void drain()
    })
  }

  isOpen(): boolean {
    return this.#socket.readyState === this.#socket.OPEN
  }

  /** Resolves after so many milliseconds, or when the client is gone. */
  rest(milliseconds: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.#resting = { timer: setTimeout(() => this.#wake(), milliseconds), end: resolve }
    return promise
  }

  send(frame: FromServer): void {
    this.write(frameBytes(frame))
  }

  /** @param frame made once for many: all of them wait for the same bytes */
  write(frame: Buffer): void {
    if (this.isOpen() && !this.#unread.send(frame)) this.#socket.terminate()
  }

  /** Says why, and closes. */
  cut(code: number, say: string): void {
    this.send({ type: 'problem', say })
    this.#socket.resume()
    this.#socket.close(code)
  }

  /** Asks whether the client is there; one that has not answered the last time is gone, and one that is late as good as. */
  probe(): void {
    // Who is not read cannot answer.
    const isSilent = !this.#answered && !this.#socket.isPaused
    if (isSilent) silence.reached()
    if (isSilent || this.#unread.isLate()) this.#socket.terminate()
    this.#answered = false
    if (this.isOpen()) this.#socket.ping()
  }

  /** Tells this client from now on how it stands with a line. */
  follow(room: string, message: string): void {
    this.#lines.add(lineOf(room, message))
    if (this.#lines.size <= mostLines.most) return
    mostLines.reached()
    const [oldest] = this.#lines
    if (oldest !== undefined) this.#lines.delete(oldest)
  }

  follows(room: string, message: string): boolean {
    return this.#lines.has(lineOf(room, message))
  }

  unfollow(room: string, message: string): void {
    this.#lines.delete(lineOf(room, message))
  }

  #wake(): void {
    clearTimeout(this.#resting?.timer)
    this.#resting?.end()
    this.#resting = undefined
  }
}

/** A frame as it is sent. Its memory is its own: a part of Node's pool would keep all of the pool for as long as it waits. */
export const frameBytes = (frame: FromServer): Buffer => {
  const text = JSON.stringify(frame)
  const bytes = Buffer.allocUnsafeSlow(Buffer.byteLength(text))
  bytes.write(text)
  return bytes
}

/** A message's id has no spaces. */
const lineOf = (room: string, message: string): string => `${message} ${room}`
