import type { WebSocket } from 'ws'
import type { FromServer } from '#wire/native.ts'

/** A connection whose person is proven. */
export type Session = {
  readonly socket: WebSocket
  readonly person: string
  /** What signed them in. */
  readonly key: string
  /** False from the moment when the key that signed in is no longer the person's. */
  readonly still: () => boolean
}

/** Bytes that may wait for a client that does not read; then it is cut, and the others go on. */
const mostUnread = 8 * 1024 * 1024
/** Lines of one client whose end it still waits for; older ones are no longer followed. */
const mostLines = 1024

/** One client that has signed in: what it follows, and whether it keeps up. */
export class Connection {
  readonly person: string
  readonly key: string
  readonly still: () => boolean
  readonly #socket: WebSocket
  readonly #lines = new Set<string>()
  #answered = true
  #resting: NodeJS.Timeout | undefined

  constructor({ socket, person, key, still }: Session) {
    this.person = person
    this.key = key
    this.still = still
    this.#socket = socket
    socket.on('pong', () => {
      this.#answered = true
    })
    socket.on('close', () => clearTimeout(this.#resting))
  }

  /**
   * Hears the client, frame by frame; where it rests, what it sends waits, most of it on its side.
   * @param take one text frame, or `undefined` for another; gives the milliseconds to rest before the next
   */
  listen(take: (text: string | undefined) => number): void {
    const inbox: (string | undefined)[] = []
    const drain = (): void => {
      this.#resting = undefined
      while (inbox.length > 0 && this.isOpen()) {
        const wait = take(inbox.shift())
        if (wait === 0) continue
        this.#socket.pause()
        this.#resting = setTimeout(drain, wait)
        return
      }
      this.#socket.resume()
    }
    this.#socket.on('message', (data: Buffer, binary: boolean) => {
      inbox.push(binary ? undefined : data.toString())
      if (!this.#resting) drain()
    })
  }

  isOpen(): boolean {
    return this.#socket.readyState === this.#socket.OPEN
  }

  send(frame: FromServer): void {
    this.write(JSON.stringify(frame))
  }

  /** @param text a frame that is made once for many */
  write(text: string): void {
    if (!this.isOpen()) return
    if (this.#socket.bufferedAmount > mostUnread) this.#socket.terminate()
    else this.#socket.send(text)
  }

  /** Says why, and closes. */
  cut(code: number, say: string): void {
    this.send({ type: 'problem', say })
    this.#socket.resume()
    this.#socket.close(code)
  }

  /** Asks whether the client is there; one that has not answered the last time is gone. */
  probe(): void {
    // Who rests is not read, its answers neither.
    if (!this.#answered && !this.#resting) this.#socket.terminate()
    this.#answered = false
    if (this.isOpen()) this.#socket.ping()
  }

  /** Tells this client from now on how it stands with a line. */
  follow(room: string, message: string): void {
    this.#lines.add(lineOf(room, message))
    if (this.#lines.size <= mostLines) return
    const [oldest] = this.#lines
    if (oldest !== undefined) this.#lines.delete(oldest)
  }

  follows(room: string, message: string): boolean {
    return this.#lines.has(lineOf(room, message))
  }

  unfollow(room: string, message: string): void {
    this.#lines.delete(lineOf(room, message))
  }
}

/** A message's id has no spaces. */
const lineOf = (room: string, message: string): string => `${message} ${room}`
