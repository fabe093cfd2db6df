import type { DeclaredCommand, RunCall } from '#core/command/plugin.ts'
import type { Block } from '#core/reply/reply.ts'
import { cut } from '#core/text/cut.ts'
import type { Receipt } from '#core/warrant/receipts.ts'
import { Output } from './output.ts'
import { programOf } from './program.ts'
import type { Redactor } from './redact.ts'
import { sentenceOf } from './sentence.ts'

/** Milliseconds that a handler has to end once it was told to. */
const grace = 5000
/** Characters of an error that are said. */
const mostSaid = 4000

export type Work = {
  readonly declared: DeclaredCommand
  readonly call: Omit<RunCall, 'say' | 'progress' | 'program' | 'signal'>
  readonly redactor: Redactor
  readonly emit: (blocks: Block[], final: boolean) => void
}

export type Ended = Pick<Receipt, 'outcome' | 'outputSha256' | 'outputBytes'>

type Stop = { readonly outcome: 'failed' | 'cancelled' | 'interrupted'; readonly say: string }

/** One handler at work. It begins when it is made. */
export class Run {
  /** Resolves, never rejects, with what became of it: at the latest `grace` after it was told to stop. */
  readonly ended: Promise<Ended>
  /** Resolves when the handler has really let go of everything. */
  readonly settled: Promise<void>
  readonly #work: Work
  readonly #abort = new AbortController()
  #stop: Stop | undefined

  constructor(work: Work) {
    this.#work = work
    const output = new Output(work.redactor, work.emit)
    const { timeLimit } = work.declared.manifest
    const timer = setTimeout(() => {
      this.#halt({ outcome: 'failed', say: `It took longer than ${timeLimit} s and was stopped.` })
    }, timeLimit * 1000)
    const handler = this.#handle(output)
    this.settled = handler.then(
      () => undefined,
      () => undefined,
    )
    this.ended = Promise.race([handler, this.#givenUp()])
      .then((said): Ended => ({ outcome: 'done', ...output.end(said) }))
      .catch((error: unknown) => this.#failed(error, output))
    void this.ended.finally(() => clearTimeout(timer))
  }

  /** Tells the handler to stop; false where it is not made to be stopped. */
  cancel(by: string): boolean {
    if (!this.#work.declared.manifest.cancellable) return false
    this.#halt({ outcome: 'cancelled', say: `Cancelled by ${by}.` })
    return true
  }

  /** The runner stops. */
  interrupt(): void {
    this.#halt({ outcome: 'interrupted', say: 'The runner was stopped.' })
  }

  #halt(stop: Stop): void {
    this.#stop ??= stop
    this.#abort.abort(new Error(this.#stop.say))
  }

  async #handle(output: Output) {
    const { declared, call, redactor } = this.#work
    const { signal } = this.#abort
    return declared.run({
      ...call,
      signal,
      say: (said) => output.say(said),
      progress: (text, part) => output.progress(text, part),
      program: programOf({ timeLimit: declared.manifest.timeLimit, signal, redactor }),
    })
  }

  #givenUp(): Promise<never> {
    return new Promise((_, reject) => {
      this.#abort.signal.addEventListener('abort', () => {
        const timer = setTimeout(
          () => reject(new Error(`${this.#stop?.say} It may still be at work: look before you say it again.`)),
          grace,
        )
        void this.settled.then(() => clearTimeout(timer))
      })
    })
  }

  #failed(error: unknown, output: Output): Ended {
    const said = sentenceOf(error)
    const own = this.#stop?.say !== undefined && !said.startsWith(this.#stop.say) ? this.#stop.say : undefined
    // Cut first, half a secret would be left that nobody knows for one.
    const last = cut(this.#work.redactor.text(own ?? said), mostSaid)
    return { outcome: this.#stop?.outcome ?? 'failed', ...output.end(last) }
  }
}
