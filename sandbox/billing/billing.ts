import { timingSafeEqual } from 'node:crypto'
import type { DatabaseSync } from 'node:sqlite'
import { type Answer, type Asked, answerBy, type Route } from '../route.ts'
import type { Given } from '../run.ts'
import { Accounts, type Plan, type Subscription } from './accounts.ts'
import { type Invoice, invoicesIn } from './invoices.ts'
import { RateLimit } from './rate-limit.ts'

const version = 'v2021-02-25'
const accepted = [`application/vnd.recurly.${version}`, `application/vnd.recurly.${version}+json`]

/** As the vendor fails where a test wants it to; what is too much is so for ninety seconds. */
export const failedBilling = (status: number): Answer => ({
  ...failed(status, types[status] ?? 'internal_server_error', 'So it is'),
  headers: { 'x-ratelimit-reset': String(Math.ceil(Date.now() / 1000) + 90) },
})

const types: Readonly<Record<number, string>> = {
  401: 'unauthorized',
  403: 'invalid_permissions',
  404: 'not_found',
  429: 'rate_limited',
}

/** What the vendor answers at these addresses, over the accounts of the database. */
export const openBilling = ({ database, credential, numbers }: Given): ((asked: Asked) => Answer) => {
  const accounts = new Accounts(database, numbers.invoices ?? 0)
  const routes = [...routesOf(accounts), invoicesOf(accounts, database)]
  const limit = new RateLimit(numbers.limit ?? 0)
  return (asked) => {
    const { allowed, headers } = limit.take(Date.now())
    const answer = allowed
      ? (refusalOf(asked, credential) ?? answerBy(routes, asked) ?? notFound(`No route matches ${asked.path}`))
      : failed(429, 'rate_limited', 'You have made too many API requests')
    return { ...answer, headers: { 'recurly-version': `recurly.${version}`, ...headers, ...answer.headers } }
  }
}

const refusalOf = ({ headers }: Asked, credential: string): Answer | undefined => {
  const wanted = Buffer.from(`Basic ${Buffer.from(`${credential}:`).toString('base64')}`)
  const shown = Buffer.from(headers.authorization ?? '')
  if (shown.length !== wanted.length || !timingSafeEqual(shown, wanted))
    return failed(401, 'unauthorized', 'Missing or invalid API key')
  if (accepted.includes(headers.accept ?? '')) return undefined
  return failed(406, 'invalid_api_version', 'That accept header is not in the format that specifies an API version.', {
    acceptable_accept_headers: accepted,
  })
}

const routesOf = (accounts: Accounts): readonly Route[] => {
  const shown = (subscription: Subscription): Record<string, unknown> => {
    const { account: _, users, next_plan, next_quantity, ...fields } = subscription
    const next =
      next_plan === null ? undefined : { plan: accounts.planOf({ plan: next_plan }), quantity: next_quantity ?? 1 }
    return {
      ...fields,
      object: 'subscription',
      account: { object: 'account_mini', ...accounts.accountOf(subscription) },
      plan: { object: 'plan_mini', ...accounts.planOf(subscription) },
      expires_at: ['canceled', 'expired'].includes(fields.state) ? fields.current_period_ends_at : null,
      add_ons: users === 0 ? [] : [addOnOf(subscription, users)],
      collection_method: 'automatic',
      pending_change: next ? changeOf(subscription, next.plan, next.quantity, false) : null,
    }
  }
  const now = (): string => new Date().toISOString()

  return [
    {
      method: 'GET',
      path: '/accounts/:account',
      handler: ({ account = '' }) => {
        const found = accounts.account(account)
        return found ? ok({ object: 'account', state: 'active', ...found }) : noSuch('Account', account)
      },
    },
    {
      method: 'GET',
      path: '/accounts/:account/subscriptions',
      handler: ({ account = '' }, { path, query }) => {
        const found = accounts.account(account)
        if (!found) return noSuch('Account', account)
        const all = accounts.subscriptions(found.id).filter(inState(query.get('state')))
        return ok(page(all.map(shown), path, query))
      },
    },
    {
      method: 'GET',
      path: '/subscriptions/:subscription',
      handler: ({ subscription = '' }) => {
        const found = accounts.subscription(subscription)
        return found ? ok(shown(found)) : noSuch('Subscription', subscription)
      },
    },
    {
      method: 'PUT',
      path: '/subscriptions/:subscription',
      handler: ({ subscription = '' }, { body }) => {
        const found = accounts.subscription(subscription)
        if (!found) return noSuch('Subscription', subscription)
        const next = Date.parse(String((body as { next_bill_date?: unknown } | undefined)?.next_bill_date))
        if (Number.isNaN(next)) return invalid('next_bill_date', 'is not a date')
        const date = new Date(next).toISOString()
        if (date <= now()) return invalid('next_bill_date', 'must be in the future')
        accounts.billNext(found, date, now())
        return ok(shown(accounts.subscription(found.id) ?? found))
      },
    },
    {
      method: 'POST',
      path: '/subscriptions/:subscription/change',
      handler: ({ subscription = '' }, { body }) => {
        const found = accounts.subscription(subscription)
        if (!found) return noSuch('Subscription', subscription)
        const { plan_code, timeframe = 'now', ...more } = (body ?? {}) as Readonly<Record<string, unknown>>
        if (!timeframes.includes(String(timeframe))) return invalid('timeframe', 'is not included in the list')
        const plan = plan_code === undefined ? accounts.planOf(found) : accounts.plan(String(plan_code))
        if (!plan) return invalid('plan_code', 'is invalid')
        if (found.state !== 'active') return invalid('subscription', 'is not active')
        // "Optionally override the default quantity of 1."
        const quantity = Number(more.quantity ?? 1)
        if (!Number.isSafeInteger(quantity) || quantity < 0) return invalid('quantity', 'is not a number')
        if (plan.id === found.plan && quantity === found.quantity) {
          if (found.next_plan === null) return invalid('base', 'The submitted values match the current subscription.')
          accounts.changePlan(found.id, plan, quantity, now())
          return { status: 204 }
        }
        const isNow = timeframe === 'now'
        if (isNow) accounts.changePlan(found.id, plan, quantity, now())
        else accounts.schedule(found.id, plan, quantity, now())
        return { status: 201, body: changeOf(found, plan, quantity, isNow) }
      },
    },
  ]
}

const timeframes = ['now', 'bill_date', 'term_end', 'renewal']

/** A change that is in force, or that comes when the period is over. */
const changeOf = ({ id, current_period_ends_at }: Subscription, plan: Plan, quantity: number, activated: boolean) => ({
  id: `sc${id}${plan.id}`,
  object: 'subscription_change',
  subscription_id: id,
  plan: { object: 'plan_mini', ...plan },
  quantity,
  activate_at: activated ? new Date().toISOString() : current_period_ends_at,
  activated,
})

/** Paid users are an add-on of every plan. */
const addOnOf = ({ id, created_at }: Subscription, quantity: number) => ({
  id: `sa${id}`,
  object: 'subscription_add_on',
  subscription_id: id,
  add_on: { id: 'ao01user', object: 'add_on_mini', code: 'user', name: 'Paid user', add_on_type: 'fixed' },
  add_on_source: 'plan_add_on',
  quantity,
  unit_amount: 49,
  created_at,
})

const invoicesOf = (accounts: Accounts, database: DatabaseSync): Route => ({
  method: 'GET',
  path: '/invoices',
  handler: (_, { path, query }) => {
    const sort = query.get('sort') ?? 'created_at'
    if (sort !== 'created_at') return invalid('sort', 'is not one that this sandbox knows')
    const limit = limitOf(query)
    const cursor = query.get('cursor')
    const found = invoicesIn(database, {
      state: query.get('state'),
      from: query.get('begin_time'),
      through: query.get('end_time'),
      order: query.get('order') === 'asc' ? 'asc' : 'desc',
      after: cursor === null ? undefined : Number(cursor),
      limit,
    })
    const data = found.slice(0, limit)
    const shown = ({ account, number, ...fields }: Invoice) => ({
      id: `in${number}`,
      object: 'invoice',
      type: 'charge',
      number: String(number),
      collection_method: 'manual',
      account: { object: 'account_mini', ...accounts.accountOf({ account }) },
      ...fields,
    })
    return ok({
      object: 'list',
      ...nextOf(found.length > limit, path, query, data.at(-1)?.number),
      data: data.map(shown),
    })
  },
})

const ok = (body: unknown): Answer => ({ status: 200, body })

const failed = (status: number, type: string, message: string, more: Record<string, unknown> = {}): Answer => ({
  status,
  body: { error: { type, message, ...more } },
})

const notFound = (message: string): Answer => failed(404, 'not_found', message)
const noSuch = (what: string, id: string): Answer => notFound(`Couldn't find ${what} with id = ${id}`)
const invalid = (param: string, message: string): Answer =>
  failed(422, 'validation', `${param} ${message}`, { params: [{ param, message }] })

/** `live`: "active, canceled, or future state or are in trial". Without a state, all. */
const inState =
  (wanted: string | null) =>
  ({ state }: Subscription): boolean =>
    wanted === null || (wanted === 'live' ? ['active', 'canceled', 'future'].includes(state) : state === wanted)

const page = (all: readonly unknown[], path: string, query: URLSearchParams) => {
  const limit = limitOf(query)
  const from = Number(query.get('cursor') ?? 0) || 0
  const more = nextOf(all.length > from + limit, path, query, from + limit)
  return { object: 'list', ...more, data: all.slice(from, from + limit) }
}

const limitOf = (query: URLSearchParams): number => Math.min(200, Math.max(1, Number(query.get('limit') ?? 20) || 20))

const nextOf = (has_more: boolean, path: string, query: URLSearchParams, cursor: number | undefined) => {
  const on = new URLSearchParams(query)
  on.set('cursor', String(cursor))
  return { has_more, next: has_more ? `${path}?${on}` : null }
}
