import { Vendor, type VendorOptions, type z } from 'foobot'
import type { Billing, Invoice, Subscription } from '../client.ts'
import {
  change,
  failure,
  invoices,
  type RecurlyInvoice,
  type RecurlySubscription,
  subscription,
  subscriptions,
} from './wire.ts'

/** The version that a request must name. */
const version = 'application/vnd.recurly.v2021-02-25'
/** What a page holds, at most; of invoices fewer, since each comes with its lines. */
const limit = 200
const invoiceLimit = 100

/** Recurly's API, as far as these commands need it. */
export class Recurly implements Billing {
  readonly name = 'Recurly'
  readonly #vendor: Vendor
  readonly #userAddOn: string | undefined

  constructor(
    { baseUrl, timeLimit }: Pick<VendorOptions, 'baseUrl' | 'timeLimit'>,
    apiKey: () => string,
    userAddOn?: string,
  ) {
    this.#userAddOn = userAddOn
    this.#vendor = new Vendor({
      name: this.name,
      baseUrl,
      ...(timeLimit !== undefined && { timeLimit }),
      headers: () => ({
        accept: version,
        authorization: `Basic ${Buffer.from(`${apiKey()}:`).toString('base64')}`,
      }),
      refusal: (body) => failure.safeParse(body).data?.error.message,
      again: (headers, now) => {
        const reset = headers.get('x-ratelimit-reset') ?? ''
        return /^\d{1,12}$/.test(reset) ? Math.max(0, Number(reset) * 1000 - now) : undefined
      },
    })
  }

  async subscriptionOf(customer: string, signal: AbortSignal): Promise<Subscription> {
    const [one, other] = (await this.#runningOf(customer, 2, signal)).data
    if (!one) throw new Error(`${customer} has no subscription that runs.`)
    if (other) throw new Error(`${customer} has several subscriptions: change the right one in Recurly itself.`)
    return seen(one)
  }

  async changePlan(id: string, plan: string, signal: AbortSignal): Promise<void> {
    const body = { plan_code: plan, timeframe: 'now' }
    const path = `/subscriptions/${encodeURIComponent(id)}/change`
    const answer = await this.#vendor.ask('POST', path, { body, signal, missing: gone(id) })
    answer.json(change)
  }

  async extendTrial(id: string, until: Date, signal: AbortSignal): Promise<Subscription> {
    const body = { next_bill_date: until.toISOString() }
    const path = `/subscriptions/${encodeURIComponent(id)}`
    // The same date twice is as good as once.
    const asking = { body, signal, repeatable: true, missing: gone(id) }
    return seen((await this.#vendor.ask('PUT', path, asking)).json(subscription))
  }

  async paidUsers(customer: string, signal: AbortSignal): Promise<number> {
    let [users, page] = [0, await this.#runningOf(customer, limit, signal)]
    for (;;) {
      for (const one of page.data) users += this.#usersOf(one)
      if (!page.next) return users
      page = await this.#read(page.next, subscriptions, signal)
    }
  }

  async *lateInvoices(dueBy: Date, signal: AbortSignal): AsyncGenerator<readonly Invoice[]> {
    // Nothing is due before it is made: what is younger need not be read. Oldest first: what is made meanwhile comes last.
    const asked = {
      state: 'past_due',
      sort: 'created_at',
      order: 'asc',
      end_time: dueBy.toISOString(),
      limit: invoiceLimit,
    }
    let page = (await this.#vendor.ask('GET', '/invoices', { query: asked, signal })).json(invoices)
    for (;;) {
      yield page.data.map(owed).filter(({ owed, due }) => owed > 0 && due <= dueBy)
      if (!page.next) return
      page = await this.#read(page.next, invoices, signal)
    }
  }

  #runningOf(customer: string, most: number, signal: AbortSignal) {
    const path = `/accounts/code-${encodeURIComponent(customer)}/subscriptions?state=live&limit=${most}`
    return this.#read(path, subscriptions, signal, `There is no customer ${customer}.`)
  }

  async #read<T>(path: string, schema: z.ZodType<T>, signal: AbortSignal, missing?: string): Promise<T> {
    return (await this.#vendor.ask('GET', path, { signal, ...(missing !== undefined && { missing }) })).json(schema)
  }

  #usersOf({ quantity, add_ons }: RecurlySubscription): number {
    if (this.#userAddOn === undefined) return quantity
    const counted = (add_ons ?? []).filter(({ add_on }) => add_on.code === this.#userAddOn)
    return counted.reduce((sum, { quantity }) => sum + quantity, 0)
  }
}

const gone = (id: string): string => `Recurly has no subscription ${id} any more: look there before you say it again.`

/** While a trial lasts, it is the period that ends next. */
const seen = ({ id, plan, trial_ends_at, current_period_ends_at }: RecurlySubscription): Subscription => ({
  id,
  plan,
  ...(trial_ends_at !== null && trial_ends_at === current_period_ends_at && { trialEnds: new Date(trial_ends_at) }),
})

const owed = ({ account, balance, currency, created_at, due_at }: RecurlyInvoice): Invoice => ({
  account: account.code,
  customer: account.company || account.code,
  owed: balance,
  currency,
  due: new Date(due_at ?? created_at),
})
