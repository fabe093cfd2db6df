import type { WebSocket } from 'ws'
import { bound } from '#bounds/bound.ts'
import type { Envelope } from '#core/statement/fields.ts'
import type { RunnerConnection } from '#engine/runner-link.ts'
import {
  type Announce,
  type BundlePack,
  type Execute,
  type FromRunner,
  type FromServer,
  mostKeyChanges,
  type PassedOn,
} from '#wire/runner.ts'

const unread = bound('runner-unread', {
  most: 64 * 1024 * 1024,
  unit: 'bytes',
  of: 'what waits for a runner that does not read',
  say: 'The link ends, and the runner dials again.',
})
/** Messages of one frame. */
const mostMessages = 256
/** Characters of one frame of several messages: far less than a runner takes, which hangs up where there is more. */
const mostInFrame = 4 * 1024 * 1024

/** A runner that has signed in. What one turn of the event loop produces for it leaves as one frame. */
export class Connection implements RunnerConnection {
  readonly runner: string
  readonly #socket: WebSocket
  #announced: Announce
  readonly #outbox: string[] = []
  #held = true
  #leaving = false

  constructor(socket: WebSocket, runner: string, announced: Announce) {
    this.runner = runner
    this.#socket = socket
    this.#announced = announced
  }

  get announced(): Announce {
    return this.#announced
  }

  execute(orders: readonly Execute[]): void {
    for (const order of orders) this.#post(order)
  }

  inspect(call: Parameters<RunnerConnection['inspect']>[0]): void {
    this.#post({ type: 'inspect', ...call })
  }

  webhook(delivery: PassedOn): void {
    this.#post({ type: 'webhook', ...delivery })
  }

  cancel(request: string, by: string): void {
    this.#post({ type: 'cancel', request, by })
  }

  recorded(proof: Parameters<RunnerConnection['recorded']>[0]): void {
    this.#post({ type: 'recorded', ...proof })
  }

  bundle(pack: BundlePack): void {
    this.#post({ type: 'bundle', pack })
  }

  keyChange(envelope: Envelope): void {
    this.#post({ type: 'key-change', envelope })
  }

  close(why: string): void {
    this.#outbox.push(textOf({ type: 'refused', say: why }))
    this.#flush()
    this.#socket.resume()
    this.#socket.close(4403)
  }

  /** The runner is admitted: says so first, then all that was kept for it meanwhile. */
  welcome(at: number): void {
    this.#outbox.unshift(textOf({ type: 'welcome', at }))
    this.#held = false
    this.#flush()
  }

  /** Keeps what is announced in step with what the runner says later. */
  learn(message: FromRunner): void {
    if (message.type === 'bundle' && message.refused === undefined) {
      this.#announced = { ...this.#announced, bundle: { version: message.version, digest: message.digest } }
    }
    if (message.type === 'key-change' && message.refused === undefined) {
      const kept = this.#announced.keyChanges
      if (kept.includes(message.digest)) return
      // As many as it may announce: no runner makes the server remember more.
      this.#announced = { ...this.#announced, keyChanges: [...kept, message.digest].slice(-mostKeyChanges) }
    }
  }

  #post(message: FromServer): void {
    this.#outbox.push(textOf(message))
    if (this.#held || this.#leaving) return
    this.#leaving = true
    setImmediate(() => {
      this.#leaving = false
      this.#flush()
    })
  }

  #flush(): void {
    while (this.#outbox.length > 0 && this.#socket.readyState === this.#socket.OPEN) {
      const frame = `[${this.#outbox.splice(0, countThatFits(this.#outbox)).join(',')}]`
      if (this.#socket.bufferedAmount + Buffer.byteLength(frame) > unread.most) {
        unread.reached()
        this.#socket.terminate()
      } else this.#socket.send(frame)
    }
  }
}

const textOf = (message: FromServer): string => JSON.stringify(message)

/** How many of the first messages one frame holds: one at least, however large it is. */
const countThatFits = (messages: readonly string[]): number => {
  let size = 0
  const end = messages.findIndex((text, index) => {
    size += text.length
    return index === mostMessages || (index > 0 && size > mostInFrame)
  })
  return end === -1 ? messages.length : end
}
