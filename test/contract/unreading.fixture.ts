import { EventEmitter } from 'node:events'
import type { WebSocket } from 'ws'
import type { FromClient } from '#wire/native.ts'
import type { Door } from './native-door.fixture.ts'

/** A client's socket on the server's side, of which the test says when it reads: what is sent to it is counted, not sent. */
export class Unreading extends EventEmitter {
  readonly OPEN = 1
  readyState = 1
  isPaused = false
  /** Frames that were sent to it and not read yet, and when it is read. */
  readonly #waiting: { readonly frame: Buffer; readonly read: () => void }[] = []
  /** All frames that were sent to it. */
  readonly frames: Buffer[] = []
  /** The most bytes that ever waited. */
  most = 0
  /** It reads at once. */
  isReading = false
  /** The code that it was closed with; 1006 where it was cut off. */
  closed: number | undefined

  /** Signed in, and greeted. */
  static in(door: Door, person: string, key: string = person): Unreading {
    const socket = new Unreading()
    door.native.admit({ socket: socket as unknown as WebSocket, person, key, still: () => true })
    socket.read(Number.POSITIVE_INFINITY)
    return socket
  }

  get waiting(): number {
    return this.#waiting.reduce((sum, { frame }) => sum + frame.length, 0)
  }

  /** The client sends something. */
  says(frame: FromClient): void {
    this.emit('message', Buffer.from(JSON.stringify(frame)), false)
  }

  /** The client reads so many frames. */
  read(count: number): void {
    for (const { read } of this.#waiting.splice(0, Math.min(count, this.#waiting.length))) read()
  }

  send(frame: Buffer, _: unknown, read: () => void): void {
    this.frames.push(frame)
    this.#waiting.push({ frame, read })
    this.most = Math.max(this.most, this.waiting)
    if (this.isReading) queueMicrotask(() => this.read(1))
  }

  pause(): void {
    this.isPaused = true
  }

  resume(): void {
    this.isPaused = false
  }

  /** It answers whether it is there, whatever it reads. */
  ping(): void {
    queueMicrotask(() => this.emit('pong'))
  }

  close(code: number): void {
    this.#end(code)
  }

  terminate(): void {
    this.#end(1006)
  }

  #end(code: number): void {
    if (this.closed !== undefined) return
    this.closed = code
    this.readyState = 3
    this.emit('close', code)
  }
}

/** Everything that could be done by now was done. */
export const settled = async (): Promise<void> => {
  for (let n = 0; n < 50; n++) await new Promise((resolve) => setImmediate(resolve))
}
