import { bound } from '#bounds/bound.ts'
import { mostSkew } from '#core/clock.ts'
import type { Resource } from '#core/statement/statement.ts'
import type { PassedOn, WebhookVerdict } from '#wire/runner.ts'
import type { RunnerConnection } from './runner-link.ts'
import type { Words } from './talk.ts'

/** What a runner's look at a target gave: the resource, or a sentence that says why not: Foobot's own, or the runner's. */
export type Look = { readonly resource: Resource; readonly say?: string } | { readonly problem: Words }

export type Admitted = {
  readonly connection: RunnerConnection
  /** Command to definition, of those that are declared as the bundle lists them. */
  definitions: ReadonlyMap<string, string>
  /** The size of the checkpoint that was sent last: orders go in one line, so the next proof starts there. */
  seen: number
  /**
   * How many things it has handed in of the log before, where it still has to hand in more: until then it is sent no order.
   */
  handsIn?: number | undefined
}

const lookTime = bound('look-time', {
  most: 10_000,
  unit: 'milliseconds',
  of: 'the time that a runner takes to look at a target',
  say: 'The command fails: its runner did not answer in time.',
})

const looksOf = bound('looks-of-a-person', {
  most: 128,
  unit: 'looks',
  of: 'looks at systems that one person waits for at a time',
  say: 'You ask about too much at once: wait for the answers.',
})

/** Milliseconds that a runner may take to say whose a webhook's delivery is: vendors wait little longer. */
const verdictIn = 4000

type Question<T> = {
  /** Who was asked: nobody else answers. */
  readonly connection: RunnerConnection
  readonly resolve: (answer: T) => void
  /** What is answered where the runner goes away. */
  readonly away: T
  readonly timer: NodeJS.Timeout
}

/** The runners that are linked now, and since when the others are away. */
export class Runners {
  readonly #admitted = new Map<string, Admitted>()
  readonly #awaySince = new Map<string, number>()
  readonly #skews = new Map<string, number>()
  readonly #troubles = new Map<string, readonly string[]>()
  /** Makes the ids of calls: 32 random hex digits, which who was not asked cannot know. */
  readonly #newId: () => string
  readonly #calls = new Map<string, Question<Look>>()
  /** How many each person waits for. */
  readonly #looking = new Map<string, number>()
  readonly #deliveries = new Map<string, Question<WebhookVerdict | 'away'>>()

  constructor(newId: () => string) {
    this.#newId = newId
  }

  get(runner: string): Admitted | undefined {
    return this.#admitted.get(runner)
  }

  names(): readonly string[] {
    return [...this.#admitted.keys()]
  }

  all(): readonly Admitted[] {
    return [...this.#admitted.values()]
  }

  /** Milliseconds since 1970; undefined where it was never seen since this server started, or is here. */
  awaySince(runner: string): number | undefined {
    return this.#awaySince.get(runner)
  }

  /** Seconds between its clock and ours where that is more than it may be, positive where its is ahead. */
  skewOf(runner: string): number | undefined {
    return this.#skews.get(runner)
  }

  /** How far its clock was from ours when it last said the time. */
  timed(runner: string, seconds: number): void {
    if (Math.abs(seconds) > mostSkew) this.#skews.set(runner, seconds)
    else this.#skews.delete(runner)
  }

  /** What keeps a runner from its work, in its own words: to be shown, and to decide nothing by. */
  troublesOf(runner: string): readonly string[] {
    return this.#troubles.get(runner) ?? []
  }

  /** A runner says how it is. */
  told({ runner }: RunnerConnection, troubles: readonly string[]): void {
    this.#troubles.set(runner, troubles)
  }

  /** @param seen the size of the log that it has seen */
  admit(connection: RunnerConnection, definitions: ReadonlyMap<string, string>, seen: number): Admitted {
    const admitted = { connection, definitions, seen }
    this.#admitted.set(connection.runner, admitted)
    this.#awaySince.delete(connection.runner)
    this.#troubles.delete(connection.runner)
    return admitted
  }

  /** Other rules are in force: which of its commands are listed is looked up anew. */
  redefine(admitted: Admitted, definitions: ReadonlyMap<string, string>): void {
    admitted.definitions = definitions
  }

  leave(connection: RunnerConnection, now: number): boolean {
    if (this.#admitted.get(connection.runner)?.connection !== connection) return false
    this.#admitted.delete(connection.runner)
    this.#awaySince.set(connection.runner, now)
    leaveAll(this.#calls, connection)
    leaveAll(this.#deliveries, connection)
    return true
  }

  /** Asks a runner to look at a target. Always resolves: with a problem where it is away, late or broken. */
  look(
    runner: string,
    about: { readonly command: string; readonly text: string; readonly requester?: string; readonly room?: string },
  ): Promise<Look> {
    const admitted = this.#admitted.get(runner)
    if (!admitted) return Promise.resolve({ problem: `${runner} is away` })
    const { requester = '' } = about
    if ((this.#looking.get(requester) ?? 0) >= looksOf.most) {
      looksOf.reached()
      return Promise.resolve({ problem: looksOf.say })
    }
    this.#looking.set(requester, (this.#looking.get(requester) ?? 0) + 1)
    return this.#ask(admitted.connection, runner, about).finally(() => {
      const left = (this.#looking.get(requester) ?? 0) - 1
      if (left > 0) this.#looking.set(requester, left)
      else this.#looking.delete(requester)
    })
  }

  #ask(connection: RunnerConnection, runner: string, about: Omit<Parameters<RunnerConnection['inspect']>[0], 'call'>) {
    const call = this.#newId()
    return new Promise<Look>((resolve) => {
      const timer = setTimeout(() => {
        lookTime.reached()
        this.looked(call, { problem: `${runner} did not answer in time` })
      }, lookTime.most)
      this.#calls.set(call, { connection, resolve, timer, away: { problem: `${runner} went away` } })
      connection.inspect({ call, ...about })
    })
  }

  /** Who was asked this: undefined where nobody was, or it is answered. */
  askedOf(call: string): RunnerConnection | undefined {
    return (this.#calls.get(call) ?? this.#deliveries.get(call))?.connection
  }

  looked(call: string, look: Look): void {
    answered(this.#calls, call, look)
  }

  /** Asks a runner whose a webhook's delivery is. Always resolves: `away` where it is not there, or does not answer. */
  deliver(runner: string, delivery: Omit<PassedOn, 'call'>): Promise<WebhookVerdict | 'away'> {
    const admitted = this.#admitted.get(runner)
    if (!admitted) return Promise.resolve('away')
    const { connection } = admitted
    const call = this.#newId()
    return new Promise((resolve) => {
      const timer = setTimeout(() => answered(this.#deliveries, call, 'away'), verdictIn)
      this.#deliveries.set(call, { connection, resolve, timer, away: 'away' })
      connection.webhook({ call, ...delivery })
    })
  }

  heard(call: string, verdict: WebhookVerdict): void {
    answered(this.#deliveries, call, verdict)
  }
}

const answered = <T>(questions: Map<string, Question<T>>, call: string, answer: T): void => {
  const question = questions.get(call)
  if (!question) return
  questions.delete(call)
  clearTimeout(question.timer)
  question.resolve(answer)
}

const leaveAll = <T>(questions: Map<string, Question<T>>, connection: RunnerConnection): void => {
  for (const [call, question] of questions) {
    if (question.connection === connection) answered(questions, call, question.away)
  }
}
