import { bound } from '#bounds/bound.ts'
import { Tally } from '#bounds/tally.ts'
import type { Company } from '#core/bundle/company.ts'
import { type Clock, toSeconds } from '#core/clock.ts'
import type { Delivery } from '#core/command/verifier.ts'
import type { WebhookEvent } from '#core/command/webhook.ts'
import { FoobotError } from '#core/errors.ts'
import { shortFault } from '#core/text/short-fault.ts'
import type { FromRunner, PassedOn, WebhookVerdict } from '#wire/runner.ts'
import type { Claims } from './claims.ts'
import type { LoadedWebhook } from './load.ts'
import type { RunnerLogger } from './logger.ts'
import { Output } from './output.ts'
import type { Redactor } from './redact.ts'
import { deliveryDigest } from './seen.ts'

const heardTime = bound('runner-webhook-time', {
  most: 10_000,
  unit: 'milliseconds',
  of: 'the time that a plugin takes to make something of one delivery',
  say: 'It is told to stop, and the room hears that something came.',
})
/** Milliseconds in which a refusal of one path is told once. */
const anHour = 3_600_000
const again = 'The server is told "busy": the system tries again later.'

const waiting = bound('runner-webhook-waiting', {
  most: 100,
  unit: 'deliveries',
  of: 'genuine deliveries to one webhook that wait for those before them, at the runner',
  say: again,
})
const waitingBytes = bound('runner-webhook-waiting-bytes', {
  most: 8 * 1024 * 1024,
  unit: 'bytes',
  of: 'genuine deliveries to one webhook that wait for those before them, at the runner, together',
  say: again,
})
const delivered = bound('runner-webhook-body', {
  most: 256 * 1024,
  unit: 'bytes',
  of: 'the body of one delivery that a runner looks at',
  say: 'It is refused before anything is computed over it.',
})

export type WebhooksOf = {
  readonly clock: Clock
  /** Why nothing may be done by the clock now; undefined where it is right. */
  readonly clockWrong: () => string | undefined
  readonly log: RunnerLogger
  readonly claims: Pick<Claims, 'behind' | 'hear'>
  readonly webhooks: ReadonlyMap<string, LoadedWebhook>
  /** Whether anything runs here now: where the bundle has ended, nothing is heard. */
  readonly runs: () => boolean
  readonly redactor: Redactor
  readonly send: (message: FromRunner) => void
  /** An error as a sentence without secrets. */
  readonly problem: (error: unknown) => string
}

/** Hears webhooks: nothing of a delivery counts before it is proven, new, and remembered for good. */
export class Webhooks {
  readonly #of: WebhooksOf
  readonly #stop = new AbortController()
  /** Path to the end of its line: what came first is told first. */
  readonly #lines = new Map<string, Line>()
  readonly #told: Tally

  constructor(of: WebhooksOf) {
    this.#of = of
    this.#told = new Tally(anHour, of.clock)
  }

  /** Says which of its webhooks the company lists for nobody here: what is posted to them is answered 404. */
  compare(listed: Company['webhooks'], runner: string): void {
    for (const path of this.#of.webhooks.keys()) {
      if (listed.get(path)?.runner === runner) continue
      this.#of.log.warn({ path }, `company.yaml lists no webhook ${path} of ${runner}: nothing is heard there`)
    }
  }

  /** Answers the server, then says what there is to say. Never throws: whatever goes wrong refuses. */
  async hear({ call, path, headers, body }: PassedOn): Promise<void> {
    const delivery: Delivery = { headers, body: Buffer.from(body, 'base64') }
    const { length } = delivery.body
    const place = this.#takePlace(path, length)
    const verdict = await this.#judge(path, delivery, place).catch((error: unknown): WebhookVerdict => {
      this.#tell(path, `it could not be taken: ${shortFault(error)}`, 'error')
      return 'busy'
    })
    this.#of.send({ type: 'heard', call, verdict })
    if (!place) return
    if (verdict === 'taken') this.#queue(path, delivery, place)
    else leave(place, length)
  }

  /** Handlers that are at it are told to end. */
  stop(): Promise<void> {
    this.#stop.abort(new Error('The runner was stopped.'))
    return this.ended()
  }

  /** Resolves when all that was taken has been told. */
  async ended(): Promise<void> {
    await Promise.all([...this.#lines.values()].map(({ end }) => end))
  }

  async #judge(path: string, delivery: Delivery, place: Line | undefined): Promise<WebhookVerdict> {
    const { webhooks, claims, clock, clockWrong, runs } = this.#of
    const now = toSeconds(clock())
    const webhook = webhooks.get(path)
    if (!webhook) return 'unknown'
    if (!runs() || clockWrong() !== undefined || claims.behind(now) !== undefined || !place) return 'busy'
    const verified = proven(webhook, delivery, now)
    if (!verified.genuine) {
      this.#tell(path, verified.why, 'warn')
      return 'refused'
    }
    const heard = deliveryDigest(path, verified.signed)
    const taken = claims.hear({ heard, ...(verified.until !== undefined && { until: verified.until }) })
    if (!taken) return 'repeated'
    await taken
    return 'taken'
  }

  /** Where a delivery waits that is genuine; undefined where too many do. */
  #takePlace(path: string, length: number): Line | undefined {
    if (!this.#of.webhooks.has(path)) return undefined
    const line = this.#lines.get(path) ?? { waiting: 0, bytes: 0, end: Promise.resolve() }
    this.#lines.set(path, line)
    const full =
      line.waiting >= waiting.most ? waiting : line.bytes + length > waitingBytes.most ? waitingBytes : undefined
    if (full) {
      full.reached()
      return undefined
    }
    line.waiting += 1
    line.bytes += length
    return line
  }

  #queue(path: string, delivery: Delivery, line: Line): void {
    line.end = line.end.then(() => this.#say(path, delivery)).finally(() => leave(line, delivery.body.length))
  }

  /** Once an hour of each path: anybody may post as much as they like. */
  #tell(path: string, why: string, level: 'warn' | 'error'): void {
    const times = this.#told.say(`${level} ${path}`)
    if (times === undefined) return
    const more = times === 0 ? '' : ` (and ${times} times more since this was last told)`
    this.#of.log[level]({ path, why: why + more }, 'a webhook is refused')
  }

  async #say(path: string, delivery: Delivery): Promise<void> {
    const { webhooks, log, redactor, send, problem } = this.#of
    const webhook = webhooks.get(path)
    if (!webhook) return
    const output = new Output(redactor, (blocks) => send({ type: 'told', path, blocks }))
    const late = AbortSignal.timeout(heardTime.most)
    const signal = AbortSignal.any([this.#stop.signal, late])
    try {
      const said = (async () => webhook.declared.on({ event: eventOf(delivery), system: webhook.system, signal }))()
      output.end(await Promise.race([said, aborted(signal)]))
    } catch (error) {
      if (late.aborted) heardTime.reached()
      log.error({ path, error: redactor.text(shortFault(error)) }, 'a webhook that was taken could not be told')
      output.end(`${path} has told me something that I cannot pass on: ${problem(error)}`)
    }
  }
}

/** What of one path waits to be told. */
type Line = { waiting: number; bytes: number; end: Promise<void> }

const leave = (line: Line, length: number): void => {
  line.waiting -= 1
  line.bytes -= length
}

/** A verifier that throws has proven nothing. */
const proven = ({ verify }: LoadedWebhook, delivery: Delivery, now: number): ReturnType<LoadedWebhook['verify']> => {
  if (delivery.body.length > delivered.most) {
    delivered.reached()
    return { genuine: false, why: 'it is too large' }
  }
  try {
    return verify(delivery, now)
  } catch (error) {
    return { genuine: false, why: `the verifier failed: ${shortFault(error)}` }
  }
}

const eventOf = (delivery: Delivery): WebhookEvent => ({
  ...delivery,
  json: (schema) => {
    const read = schema.safeParse(jsonOf(delivery.body))
    if (read.success) return read.data
    throw new FoobotError('payload-malformed', shortFault(read.error), 'it is in a form that I do not know.')
  },
})

const jsonOf = (body: Uint8Array): unknown => {
  try {
    return JSON.parse(new TextDecoder().decode(body))
  } catch {
    return undefined
  }
}

const aborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    const late = (): void => reject(new Error('it took too long.'))
    if (signal.aborted) late()
    else signal.addEventListener('abort', late, { once: true })
  })
