import { Vendor, type VendorAnswer, VendorError, type VendorOptions, type z } from 'foobot'
import type { Soql } from './soql.ts'
import { type SignIn, Token } from './token.ts'
import { failures, page, version } from './wire.ts'

/** Salesforce's REST API, as far as these commands need it: queries. Every method throws a sentence for the room. */
export class Salesforce {
  readonly #vendor: Vendor
  readonly #token: Token

  constructor(at: Pick<VendorOptions, 'baseUrl' | 'timeLimit'>, signIn: SignIn) {
    this.#token = new Token(at, signIn)
    this.#vendor = new Vendor({
      name: 'Salesforce',
      ...at,
      refusal: (body) =>
        failures
          .safeParse(body)
          .data?.map(({ message, errorCode }) => (errorCode === undefined ? message : `${message} (${errorCode})`))
          .join('; '),
    })
  }

  /** The records that a query finds, page by page to the last. */
  async *query<T>(query: Soql, record: z.ZodType<T>, signal: AbortSignal): AsyncGenerator<readonly T[]> {
    let next: string | undefined = `/services/data/${version}/query?${new URLSearchParams({ q: query.text })}`
    while (next !== undefined) {
      const answer: VendorAnswer = await this.#ask(next, signal)
      const read = answer.json(page(record))
      yield read.records
      next = read.done ? undefined : read.nextRecordsUrl
    }
  }

  /** All of them. */
  async all<T>(query: Soql, record: z.ZodType<T>, signal: AbortSignal): Promise<readonly T[]> {
    const all: T[] = []
    for await (const records of this.query(query, record, signal)) all.push(...records)
    return all
  }

  /** A token that is not taken any more is renewed once. */
  async #ask(path: string, signal: AbortSignal): Promise<VendorAnswer> {
    const token = await this.#token.current(signal)
    try {
      return await this.#askWith(token, path, signal)
    } catch (error) {
      if (!(error instanceof VendorError) || error.kind !== 'credential') throw limited(error)
      this.#token.forget(token)
    }
    return this.#askWith(await this.#token.current(signal), path, signal).catch((error: unknown) => {
      throw limited(error)
    })
  }

  #askWith(token: string, path: string, signal: AbortSignal): Promise<VendorAnswer> {
    return this.#vendor.ask('GET', path, { headers: { authorization: `Bearer ${token}` }, signal })
  }
}

/** What other vendors answer with 429, Salesforce answers with 403. */
const limited = (error: unknown): unknown =>
  error instanceof VendorError && error.kind === 'forbidden' && error.message.includes('REQUEST_LIMIT_EXCEEDED')
    ? new VendorError(
        'busy',
        'Salesforce takes no more requests from us: those of 24 hours are used up. Say it again later, or ask an administrator for more.',
        error.status,
        error,
      )
    : error
