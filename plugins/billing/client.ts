import type { Secret, z } from 'foobot'
import { change, failure, type Subscription, subscription, subscriptions } from './wire.ts'

/** The version that a request must name. */
const version = 'application/vnd.recurly.v2021-02-25'

/** Recurly's API, as far as these commands need it. Every method throws a sentence for the room. */
export class Billing {
  readonly #baseUrl: string
  readonly #authorization: () => string

  constructor(baseUrl: string, apiKey: Secret) {
    this.#baseUrl = baseUrl.replace(/\/$/, '')
    this.#authorization = () => `Basic ${Buffer.from(`${apiKey.reveal()}:`).toString('base64')}`
  }

  /** The one live subscription of a customer, who is named by the account's code. */
  async subscriptionOf(customer: string, signal: AbortSignal): Promise<Subscription> {
    const path = `/accounts/code-${encodeURIComponent(customer)}/subscriptions?state=live&limit=2`
    const response = await this.#ask('GET', path, signal)
    if (response.status === 404) throw new Error(`There is no customer ${customer}.`)
    const [one, other] = (await read(response, subscriptions)).data
    if (!one) throw new Error(`${customer} has no subscription that runs.`)
    if (other) throw new Error(`${customer} has several subscriptions: change the right one in Recurly itself.`)
    return one
  }

  /** Moves a subscription to another plan, at once. */
  async changePlan(id: string, plan: string, signal: AbortSignal): Promise<void> {
    const body = { plan_code: plan, timeframe: 'now' }
    await read(await this.#ask('POST', `/subscriptions/${encodeURIComponent(id)}/change`, signal, body), change)
  }

  /** Says when a subscription is billed next: for one on trial, when the trial ends. */
  async billNext(id: string, next: Date, signal: AbortSignal): Promise<Subscription> {
    const body = { next_bill_date: next.toISOString() }
    return read(await this.#ask('PUT', `/subscriptions/${encodeURIComponent(id)}`, signal, body), subscription)
  }

  async #ask(method: string, path: string, signal: AbortSignal, body?: unknown): Promise<Response> {
    const headers = { authorization: this.#authorization(), accept: version, 'content-type': 'application/json' }
    const content = body === undefined ? {} : { body: JSON.stringify(body) }
    try {
      // Followed, a redirect could carry the API key elsewhere.
      return await fetch(this.#baseUrl + path, { method, headers, redirect: 'error', signal, ...content })
    } catch (error) {
      signal.throwIfAborted()
      const unsure = method === 'GET' ? '' : ' It may have happened or not: look before you say it again.'
      throw new Error(`I cannot reach Recurly.${unsure}`, { cause: error })
    }
  }
}

/** @throws with what Recurly says where it refuses, or where the answer is none that is known */
const read = async <T>(response: Response, schema: z.ZodType<T>): Promise<T> => {
  if (response.status === 429) throw new Error(tooMany(response.headers.get('x-ratelimit-reset')))
  const body: unknown = await response.json().catch(() => undefined)
  if (response.ok) {
    const answer = schema.safeParse(body)
    if (answer.success) return answer.data
    throw new Error('Recurly answered in a form that I do not know: look there before you say it again.')
  }
  const refused = failure.safeParse(body)
  if (response.status === 401 || response.status === 403)
    throw new Error('Recurly does not take my API key: tell an administrator.')
  if (refused.success) throw new Error(`Recurly refuses: ${refused.data.error.message}`)
  throw new Error(`Recurly fails (${response.status}): look there before you say it again.`)
}

const tooMany = (reset: string | null): string => {
  const at = /^\d{1,12}$/.test(reset ?? '') ? ` after ${new Date(Number(reset) * 1000).toISOString()}` : ' later'
  return `Recurly takes no more requests from us now: say it again${at}.`
}
