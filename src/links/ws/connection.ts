import type { WebSocket } from 'ws'
import type { Envelope } from '#core/statement/fields.ts'
import type { RunnerConnection } from '#engine/runner-link.ts'
import type { Announce, BundlePack, Execute, FromRunner, FromServer, PassedOn } from '#wire/runner.ts'

/** Bytes that may wait for a runner that does not read; then the link is cut, and it dials again. */
const mostUnread = 64 * 1024 * 1024
/** Messages of one frame. */
const mostMessages = 256

/** A runner that has signed in. What one turn of the event loop produces for it leaves as one frame. */
export class Connection implements RunnerConnection {
  readonly runner: string
  readonly #socket: WebSocket
  #announced: Announce
  #outbox: FromServer[] = []
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

  recorded(statements: readonly string[]): void {
    this.#post({ type: 'recorded', statements: [...statements] })
  }

  bundle(pack: BundlePack): void {
    this.#post({ type: 'bundle', pack })
  }

  keyChange(envelope: Envelope): void {
    this.#post({ type: 'key-change', envelope })
  }

  close(why: string): void {
    this.#outbox.push({ type: 'refused', say: why })
    this.#flush()
    this.#socket.resume()
    this.#socket.close(4403)
  }

  /** The runner is admitted: says so first, then all that was kept for it meanwhile. */
  welcome(at: number): void {
    this.#outbox.unshift({ type: 'welcome', at })
    this.#held = false
    this.#flush()
  }

  /** Keeps what is announced in step with what the runner says later. */
  learn(message: FromRunner): void {
    if (message.type === 'claimed' || message.type === 'checkpoint') {
      this.#announced = { ...this.#announced, checkpoint: message.checkpoint }
    }
    if (message.type === 'bundle' && message.refused === undefined) {
      this.#announced = { ...this.#announced, bundle: { version: message.version, digest: message.digest } }
    }
    if (message.type === 'key-change' && message.refused === undefined) {
      this.#announced = { ...this.#announced, keyChanges: [...this.#announced.keyChanges, message.digest] }
    }
  }

  #post(message: FromServer): void {
    this.#outbox.push(message)
    if (this.#held || this.#leaving) return
    this.#leaving = true
    setImmediate(() => {
      this.#leaving = false
      this.#flush()
    })
  }

  #flush(): void {
    while (this.#outbox.length > 0 && this.#socket.readyState === this.#socket.OPEN) {
      if (this.#socket.bufferedAmount > mostUnread) this.#socket.terminate()
      else this.#socket.send(JSON.stringify(this.#outbox.splice(0, mostMessages)))
    }
  }
}
