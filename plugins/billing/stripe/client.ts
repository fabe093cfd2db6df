import { randomUUID } from 'node:crypto'
import { oneLine, Vendor, type VendorOptions } from 'foobot'
import type { Billing, Invoice, Scheduled, Seen, Subscription } from '../client.ts'
import { inUnits } from './amount.ts'
import {
  customers,
  failure,
  invoices,
  prices,
  type StripeInvoice,
  type StripeSubscription,
  subscription,
  subscriptions,
} from './wire.ts'

const version = '2025-09-30.clover'
/** What a page holds, at most. */
const limit = 100
/** A subscription that is in one of these goes on. */
const running = ['active', 'trialing', 'past_due']

type Item = StripeSubscription['items']['data'][number]

/** Stripe's API, as far as these commands need it. A plan is a price with the `lookup_key` `free`, `pro` or `enterprise`. */
export class Stripe implements Billing {
  readonly name = 'Stripe'
  readonly #vendor: Vendor
  readonly #plans: readonly string[]
  readonly #userAddOn: string | undefined

  constructor(
    { baseUrl, timeLimit }: Pick<VendorOptions, 'baseUrl' | 'timeLimit'>,
    apiKey: () => string,
    plans: readonly string[],
    userAddOn?: string,
  ) {
    this.#plans = plans
    this.#userAddOn = userAddOn
    this.#vendor = new Vendor({
      name: this.name,
      baseUrl,
      ...(timeLimit !== undefined && { timeLimit }),
      headers: () => ({ authorization: `Bearer ${apiKey()}`, 'stripe-version': version }),
      refusal: (body) => failure.safeParse(body).data?.error.message,
    })
  }

  async subscriptionOf(customer: string, signal: AbortSignal): Promise<Subscription> {
    const [one, other] = await this.#runningOf(customer, signal)
    if (!one) throw new Error(`${customer} has no subscription that runs.`)
    if (other) throw new Error(`${customer} has several subscriptions: change the right one in Stripe itself.`)
    return this.#seen(one)
  }

  async changePlan({ id, quantity }: Seen, plan: string, signal: AbortSignal): Promise<void> {
    const path = `/v1/subscriptions/${encodeURIComponent(id)}`
    const now = (await this.#vendor.ask('GET', path, { signal, missing: gone(id) })).json(subscription)
    checkFree(now)
    const item = this.#planItem(now)
    if (item.quantity !== quantity) throw new Error(`The subscription ${id} was changed meanwhile: say it again.`)
    const query = { 'lookup_keys[]': plan, active: true, limit: 1 }
    const [price] = (await this.#vendor.ask('GET', '/v1/prices', { query, signal })).json(prices).data
    if (!price) throw new Error(`Stripe has no price with the lookup key ${plan}: tell an administrator.`)
    if ((quantity === undefined) !== (price.recurring?.usage_type === 'metered'))
      throw new Error(`Of ${plan} and the plan before, one is metered and one is not: change it in Stripe itself.`)
    const changed = await this.#change(id, signal, {
      'items[0][id]': item.id,
      'items[0][price]': price.id,
      // Where none is sent with another price, Stripe takes 1. What is metered has none.
      ...(quantity !== undefined && { 'items[0][quantity]': String(quantity) }),
      // Where a first payment fails, the plan stays as it was.
      payment_behavior: 'error_if_incomplete',
    })
    const is = changed.items.data.find((one) => one.id === item.id)
    if (is?.price.id !== price.id || is.quantity !== quantity)
      throw new Error(`Stripe has changed the subscription ${id}, and not as it was asked: look there at once.`)
  }

  async extendTrial(id: string, until: Date, signal: AbortSignal): Promise<Subscription> {
    const trial_end = String(Math.floor(until.getTime() / 1000))
    return this.#seen(await this.#change(id, signal, { trial_end, proration_behavior: 'none' }))
  }

  async paidUsers(customer: string, signal: AbortSignal): Promise<number> {
    const all = await this.#runningOf(customer, signal)
    const counted = all.flatMap(({ items }) => whole(items, 'items')).filter((item) => this.#countsUsers(item))
    return counted.reduce((sum, { quantity = 0 }) => sum + quantity, 0)
  }

  async *lateInvoices(dueBy: Date, signal: AbortSignal): AsyncGenerator<readonly Invoice[]> {
    // Those that are charged by themselves have no due date, and nothing is due before it is made.
    const asked = { status: 'open', 'created[lte]': Math.floor(dueBy.getTime() / 1000), limit }
    let after: string | undefined
    for (;;) {
      const query = { ...asked, starting_after: after }
      const { data, has_more } = (await this.#vendor.ask('GET', '/v1/invoices', { query, signal })).json(invoices)
      yield data.map(owed).filter(({ owed, due }) => owed > 0 && due <= dueBy)
      after = data.at(-1)?.id
      if (!has_more || after === undefined) return
    }
  }

  async #runningOf(customer: string, signal: AbortSignal): Promise<readonly StripeSubscription[]> {
    const query = { customer: await this.#idOf(customer, signal), limit }
    const all = (await this.#vendor.ask('GET', '/v1/subscriptions', { query, signal })).json(subscriptions)
    return whole(all, 'subscriptions').filter(({ status }) => running.includes(status))
  }

  async #idOf(customer: string, signal: AbortSignal): Promise<string> {
    const query = { query: `name:"${customer.replace(/[\\"]/g, '\\$&')}"`, limit }
    const found = (await this.#vendor.ask('GET', '/v1/customers/search', { query, signal })).json(customers)
    // Search does not tell upper case from lower.
    const [one, other] = whole(found, `customers like ${customer}`).filter(({ name }) => name === customer)
    if (!one) throw new Error(`There is no customer ${customer}.`)
    if (other) throw new Error(`Several customers are called ${customer}: look in Stripe which one is meant.`)
    return one.id
  }

  /** One key for all tries: Stripe does it once. */
  async #change(id: string, signal: AbortSignal, form: Readonly<Record<string, string>>): Promise<StripeSubscription> {
    const answer = await this.#vendor.ask('POST', `/v1/subscriptions/${encodeURIComponent(id)}`, {
      body: new URLSearchParams(form),
      headers: { 'idempotency-key': randomUUID() },
      repeatable: true,
      signal,
      missing: gone(id),
    })
    return answer.json(subscription)
  }

  #seen(one: StripeSubscription): Subscription {
    checkFree(one)
    const { price, quantity } = this.#planItem(one)
    const { lookup_key } = price
    const name = this.#plans.find((plan) => plan.toLowerCase() === lookup_key) ?? ''
    return {
      id: one.id,
      plan: { code: name.toLowerCase(), name },
      ...(quantity !== undefined && { quantity }),
      ...endOf(one),
      ...(one.status === 'trialing' && one.trial_end !== null && { trialEnds: new Date(one.trial_end * 1000) }),
    }
  }

  #planItem({ id, items }: StripeSubscription): Item {
    const found = whole(items, 'items').find((item) => this.#isPlan(item))
    if (!found) throw new Error(`The subscription ${id} has no price with the lookup key of a plan: look in Stripe.`)
    return found
  }

  #isPlan({ price }: Item): boolean {
    return this.#plans.some((plan) => plan.toLowerCase() === price.lookup_key)
  }

  #countsUsers(item: Item): boolean {
    return this.#userAddOn === undefined ? this.#isPlan(item) : item.price.lookup_key === this.#userAddOn
  }
}

/** What changes by itself, or waits for a payment, is not changed under it: the one would undo the other, and nobody would see it. */
const checkFree = ({ id, schedule, pending_update }: StripeSubscription): void => {
  if (schedule)
    throw new Error(`A schedule changes the subscription ${id} (${oneLine(schedule)}): change it in Stripe itself.`)
  if (pending_update)
    throw new Error(`A change of the subscription ${id} waits for its payment: look in Stripe before you say it again.`)
}

const endOf = ({ cancel_at, cancel_at_period_end }: StripeSubscription): { scheduled?: Scheduled } => {
  if (cancel_at) return { scheduled: { what: 'end', at: new Date(cancel_at * 1000) } }
  return cancel_at_period_end ? { scheduled: { what: 'end' } } : {}
}

/** What stands beyond the first page is not looked at: where there is more, nothing is said or changed on half of it. */
const whole = <T>({ has_more, data }: { readonly has_more: boolean; readonly data: readonly T[] }, what: string) => {
  if (has_more) throw new Error(`Stripe has more ${what} than I can read at once: look there.`)
  return data
}

const gone = (id: string): string => `Stripe has no subscription ${id} any more: look there before you say it again.`

const owed = ({ customer_name, customer, amount_remaining, currency, created, due_date }: StripeInvoice): Invoice => ({
  account: customer,
  customer: customer_name || customer,
  owed: inUnits(amount_remaining, currency.toUpperCase()),
  currency: currency.toUpperCase(),
  due: new Date((due_date ?? created) * 1000),
})
