import { setTimeout as after } from 'node:timers/promises'
import type { z } from 'zod'
import { cut } from '#core/text/cut.ts'
import { oneLine } from '#core/text/one-line.ts'
import { bytesOf, contentOf, type Headers, parsed, type Query, queryOf } from './content.ts'
import { retryAfter, waitBefore } from './retry.ts'
import { VendorError } from './vendor-error.ts'

export type VendorOptions = {
  /** As people call it within a sentence: `Recurly`, `the inventory`. */
  readonly name: string
  /** Where its API is; see `vendorUrl`. A path that is asked for is put behind it. */
  readonly baseUrl: string
  /** Sent with every request, the credential among them. Asked for at each try: a token may change, a signature must. */
  readonly headers?: (signal: AbortSignal, request: Signable) => Headers | Promise<Headers>
  /** What the vendor says in the body of a refusal, in words that a person may read. `text` is the body where it is no JSON. */
  readonly refusal?: (body: unknown, text: string) => string | undefined
  /** Milliseconds until the vendor takes requests again, where it does not say so by `Retry-After`. */
  readonly again?: (headers: globalThis.Headers, now: number) => number | undefined
  /** Seconds for one answer; default 15. */
  readonly timeLimit?: number
}

/** What a credential that is a signature signs. */
export type Signable = { readonly method: string; readonly url: string }

export type Asking = {
  /** What is undefined is left out; of a list each value is sent. */
  readonly query?: Query
  /** Sent as JSON; `URLSearchParams` as a form, bytes and text as they are. */
  readonly body?: unknown
  readonly headers?: Headers
  /** The handler's signal: when it aborts, nobody waits any more. */
  readonly signal: AbortSignal
  /** The same request twice is as good as once: default for `GET` and `HEAD` alone. */
  readonly repeatable?: boolean
  /** What to say where the vendor does not know what was asked for. */
  readonly missing?: string
  /** Statuses from 300 on that are an answer, too. Nothing is followed. */
  readonly also?: readonly number[]
  /** What to do where it fails, in place of saying it again: for a look at work that goes on meanwhile. */
  readonly advice?: string
}

/** What a vendor answered, with a status below 300 or one of `also`. */
export type VendorAnswer = {
  readonly status: number
  readonly headers: globalThis.Headers
  readonly bytes: Uint8Array
  /** @throws VendorError `strange` where it is not this */
  json<T>(schema: z.ZodType<T>): T
  text(): string
}

/**
 * One vendor's HTTP API, asked as a careful client asks: in time, again where that helps and harms nothing, never along a
 * redirect (it could carry the credential elsewhere), and with a sentence for the room where it fails.
 */
export class Vendor {
  readonly #options: VendorOptions
  readonly #timeLimit: number

  constructor(options: VendorOptions) {
    this.#options = options
    this.#timeLimit = options.timeLimit ?? 15
  }

  /** As people call it. */
  get name(): string {
    return this.#options.name
  }

  /**
   * Asks for one thing.
   * @param path from `baseUrl` on, as `/accounts/a%20b`: whoever puts names into it encodes them
   * @throws VendorError with a sentence; the signal's reason where it aborts
   */
  async ask(method: string, path: string, asking: Asking): Promise<VendorAnswer> {
    const repeatable = asking.repeatable ?? ['GET', 'HEAD'].includes(method)
    for (let tries = 1; ; tries++) {
      const tried = await this.#once(method, path, asking, repeatable)
      if (!(tried instanceof VendorError) && isAnswer(tried.response, asking))
        return this.#answer(tried.response, tried.bytes)
      const now = Date.now()
      const answered = tried instanceof VendorError ? undefined : tried.response
      const again = answered && (retryAfter(answered.headers.get('retry-after'), now) ?? this.#again(answered, now))
      const wait = waitBefore(tries, {
        repeatable,
        ...(answered && { status: answered.status }),
        ...(again !== undefined && { again }),
      })
      if (wait === undefined || (tried instanceof VendorError && tried.kind === 'late')) {
        throw tried instanceof VendorError
          ? tried
          : this.#refusal(tried.response, tried.bytes, asking, repeatable, again)
      }
      await after(wait, undefined, { signal: asking.signal }).catch(() => asking.signal.throwIfAborted())
    }
  }

  async #once(
    method: string,
    path: string,
    asking: Asking,
    repeatable: boolean,
  ): Promise<{ readonly response: Response; readonly bytes: Uint8Array } | VendorError> {
    const { name, baseUrl } = this.#options
    const { query, body, headers, signal } = asking
    const late = AbortSignal.timeout(this.#timeLimit * 1000)
    const content = contentOf(body)
    const url = baseUrl.replace(/\/$/, '') + path + queryOf(query)
    try {
      const own = await this.#options.headers?.(signal, { method, url })
      const response = await fetch(url, {
        method,
        headers: { accept: 'application/json', ...content.headers, ...own, ...headers },
        redirect: 'manual',
        signal: AbortSignal.any([signal, late]),
        ...(content.body !== undefined && { body: content.body }),
      })
      return { response, bytes: await bytesOf(response) }
    } catch (error) {
      signal.throwIfAborted()
      if (error instanceof VendorError) throw error
      const next = nextStep(asking, repeatable)
      return late.aborted
        ? new VendorError(
            'late',
            `${atStart(name)} did not answer within ${this.#timeLimit} s. ${next}`,
            undefined,
            error,
          )
        : new VendorError('unreachable', `I cannot reach ${name}. ${next}`, undefined, error)
    }
  }

  /** Headers that count requests stand beside every answer; they say when to come again beside a 429 alone. */
  #again({ status, headers }: Response, now: number): number | undefined {
    return status === 429 ? this.#options.again?.(headers, now) : undefined
  }

  #answer(response: Response, bytes: Uint8Array): VendorAnswer {
    const { name } = this.#options
    const text = (): string => new TextDecoder().decode(bytes)
    return {
      status: response.status,
      headers: response.headers,
      bytes,
      text,
      json: (schema) => {
        const read = schema.safeParse(parsed(text()))
        if (read.success) return read.data
        throw new VendorError(
          'strange',
          `${atStart(name)} answered in a form that I do not know: look there before you say it again.`,
          response.status,
          read.error,
        )
      },
    }
  }

  #refusal(
    { status }: Response,
    bytes: Uint8Array,
    asking: Asking,
    repeatable: boolean,
    again: number | undefined,
  ): VendorError {
    const { refusal } = this.#options
    const name = atStart(this.#options.name)
    const text = new TextDecoder().decode(bytes)
    const answered = refusal?.(parsed(text), text)
    const said = answered === undefined ? undefined : oneLine(answered)
    const words = said === undefined || said === '' ? '' : ` It says: ${cut(said, 500)}`
    const { missing, advice } = asking
    const meanwhile = advice === undefined ? '' : ` ${advice}`
    const error = (kind: VendorError['kind'], say: string) => new VendorError(kind, say, status, undefined, said)
    switch (true) {
      case status === 401:
        return error(
          'credential',
          `${name} does not take our credential: tell an administrator to renew it.${meanwhile}${words}`,
        )
      case status === 403:
        return error(
          'forbidden',
          `${name} does not let us do that: tell an administrator to look at our rights.${meanwhile}${words}`,
        )
      case status === 404 || status === 410:
        return error(
          'missing',
          missing ?? `${name} has nothing at this address: tell an administrator to look at it.${meanwhile}${words}`,
        )
      case status === 429:
        return error(
          'busy',
          `${name} takes no more requests from us now${advice ? `. ${advice}` : `: say it again ${inWords(again)}.`}`,
        )
      case status >= 500:
        return error('broken', `${name} fails (${status}). ${nextStep(asking, repeatable)}${words}`)
      case status >= 300 && status < 400:
        return error('strange', `${name} sends us elsewhere (${status}): tell an administrator to look at its address.`)
      default:
        return error(
          'refused',
          said === undefined || said === '' ? `${name} refuses (${status}).` : `${name} refuses: ${said}`,
        )
    }
  }
}

const isAnswer = ({ ok, status }: Response, { also = [] }: Asking): boolean => ok || also.includes(status)

/** What to do after a failure that passes. */
const nextStep = ({ advice }: Asking, repeatable: boolean): string => {
  if (advice !== undefined) return advice
  return repeatable ? 'Say it again later.' : 'It may have happened or not: look there before you say it again.'
}

/** A name as a sentence begins with it. */
const atStart = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1)

const inWords = (again: number | undefined): string => {
  if (again === undefined) return 'in a minute'
  const seconds = Math.ceil(again / 1000)
  return seconds < 120 ? `in ${seconds} s` : `in ${Math.ceil(seconds / 60)} minutes`
}
