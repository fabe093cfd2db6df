import { type Asking, Vendor, type VendorOptions, type z } from 'foobot'
import type { Billing, Invoice, Scheduled, Seen, Subscription } from '../client.ts'
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
/** Pages that are read of one list. */
const mostPages = 10_000

type Query = NonNullable<Asking['query']>
type Page<T> = { readonly has_more: boolean; readonly next?: string | null | undefined; readonly data: readonly T[] }

/** Recurly's API, as far as these commands need it. */
export class Recurly implements Billing {
  readonly name = 'Recurly'
  readonly #vendor: Vendor
  readonly #baseUrl: string
  readonly #userAddOn: string | undefined

  constructor(
    { baseUrl, timeLimit }: Pick<VendorOptions, 'baseUrl' | 'timeLimit'>,
    apiKey: () => string,
    userAddOn?: string,
  ) {
    this.#baseUrl = baseUrl
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
    const [one, other] = await this.#runningOf(customer, signal)
    if (!one) throw new Error(`${customer} has no subscription that runs.`)
    if (other) throw new Error(`${customer} has several subscriptions: change the right one in Recurly itself.`)
    return seen(one)
  }

  async changePlan({ id, quantity }: Seen, plan: string, signal: AbortSignal): Promise<void> {
    // The quantity is named, since the vendor gives none as 1.
    const body = { plan_code: plan, timeframe: 'now', quantity }
    const at = `/subscriptions/${encodeURIComponent(id)}`
    const answer = await this.#vendor.ask('POST', `${at}/change`, { body, signal, missing: gone(id) })
    // Without content: what was asked for is what the subscription has, and a scheduled change is taken back.
    const now = answer.status === 204 ? await this.#reverted(at, id, signal) : answer.json(change)
    if (now.plan.code !== plan || (now.quantity ?? quantity) !== quantity)
      throw new Error(`Recurly has changed the subscription ${id}, and not as it was asked: look there at once.`)
  }

  async extendTrial(id: string, until: Date, signal: AbortSignal): Promise<Subscription> {
    const body = { next_bill_date: until.toISOString() }
    const path = `/subscriptions/${encodeURIComponent(id)}`
    // The same date twice is as good as once.
    const asking = { body, signal, repeatable: true, missing: gone(id) }
    return seen((await this.#vendor.ask('PUT', path, asking)).json(subscription))
  }

  async paidUsers(customer: string, signal: AbortSignal): Promise<number> {
    return (await this.#runningOf(customer, signal)).reduce((sum, one) => sum + this.#usersOf(one), 0)
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
    for await (const page of this.#pages('/invoices', asked, invoices, signal))
      yield page.map(owed).filter(({ owed, due }) => owed > 0 && due <= dueBy)
  }

  /** Those that `live` means and that have begun: it also holds those that begin later. */
  async #runningOf(customer: string, signal: AbortSignal): Promise<readonly RecurlySubscription[]> {
    const path = `/accounts/code-${encodeURIComponent(customer)}/subscriptions`
    const all: RecurlySubscription[] = []
    const missing = `There is no customer ${customer}.`
    for await (const page of this.#pages(path, { state: 'live', limit }, subscriptions, signal, missing))
      all.push(...page.filter(({ state }) => state !== 'future'))
    return all
  }

  async *#pages<T>(
    first: string,
    query: Query,
    schema: z.ZodType<Page<T>>,
    signal: AbortSignal,
    missing?: string,
  ): AsyncGenerator<readonly T[]> {
    let asked: { readonly path: string; readonly query?: Query } = { path: first, query }
    for (let pages = 0; pages < mostPages; pages++) {
      const { path, ...by } = asked
      const answer = await this.#vendor.ask('GET', path, { ...by, signal, ...(missing !== undefined && { missing }) })
      const { data, has_more, next } = answer.json(schema)
      yield data
      if (!has_more) return
      asked = { path: this.#pathOf(next ?? '') }
    }
    throw new Error('Recurly’s list does not end: look there.')
  }

  /** Of the same host alone: with anything else, the API key would go elsewhere. */
  #pathOf(next: string): string {
    const strange = 'Recurly says in a form that I do not know where its list goes on: look there.'
    if (next === '' || !URL.canParse(next, this.#baseUrl)) throw new Error(strange)
    const { origin, pathname, search } = new URL(next, this.#baseUrl)
    if (origin !== new URL(this.#baseUrl).origin) throw new Error(strange)
    return pathname + search
  }

  async #reverted(path: string, id: string, signal: AbortSignal) {
    const now = (await this.#vendor.ask('GET', path, { signal, missing: gone(id) })).json(subscription)
    if (!now.pending_change) return now
    throw new Error(`Recurly did not take back the change that is scheduled for ${id}: look there.`)
  }

  #usersOf({ quantity, add_ons }: RecurlySubscription): number {
    if (this.#userAddOn === undefined) return quantity
    const counted = (add_ons ?? []).filter(({ add_on }) => add_on.code === this.#userAddOn)
    return counted.reduce((sum, { quantity }) => sum + quantity, 0)
  }
}

const gone = (id: string): string => `Recurly has no subscription ${id} any more: look there before you say it again.`

/** While a trial lasts, it is the period that ends next. */
const seen = (one: RecurlySubscription): Subscription => ({
  id: one.id,
  plan: one.plan,
  quantity: one.quantity,
  ...scheduledIn(one),
  ...(one.trial_ends_at !== null &&
    one.trial_ends_at === one.current_period_ends_at && { trialEnds: new Date(one.trial_ends_at) }),
})

const scheduledIn = ({ state, pending_change: change, expires_at }: RecurlySubscription): { scheduled?: Scheduled } => {
  const at = (time: string | null | undefined) => (time ? { at: new Date(time) } : {})
  if (state === 'canceled') return { scheduled: { what: 'end', ...at(expires_at) } }
  if (!change) return {}
  const quantity = change.quantity ?? undefined
  const more = { ...(quantity !== undefined && { quantity }), ...at(change.activate_at) }
  return { scheduled: { what: 'change', plan: change.plan.name, ...more } }
}

const owed = ({ account, balance, currency, created_at, due_at }: RecurlyInvoice): Invoice => ({
  account: account.code,
  customer: account.company || account.code,
  owed: balance,
  currency,
  due: new Date(due_at ?? created_at),
})
