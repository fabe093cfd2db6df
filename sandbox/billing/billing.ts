import { timingSafeEqual } from 'node:crypto'
import { type Answer, type Asked, answerBy, type Route } from '../route.ts'
import type { Given } from '../run.ts'
import { Accounts, type Subscription } from './accounts.ts'
import { RateLimit } from './rate-limit.ts'

const version = 'v2021-02-25'
const accepted = [`application/vnd.recurly.${version}`, `application/vnd.recurly.${version}+json`]

/** What the vendor answers at these addresses, over the accounts of the database. */
export const openBilling = ({ database, credential, numbers }: Given): ((asked: Asked) => Answer) => {
  const routes = routesOf(new Accounts(database))
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
    const { account: _, ...fields } = subscription
    return {
      ...fields,
      object: 'subscription',
      account: { object: 'account_mini', ...accounts.accountOf(subscription) },
      plan: { object: 'plan_mini', ...accounts.planOf(subscription) },
      quantity: 1,
      collection_method: 'automatic',
      pending_change: null,
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
        if (date < found.created_at) return invalid('next_bill_date', 'must be in the future')
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
        const { plan_code, timeframe = 'now' } = (body ?? {}) as { plan_code?: unknown; timeframe?: unknown }
        if (timeframe !== 'now') return invalid('timeframe', 'is not one that this sandbox knows')
        const plan = accounts.plan(String(plan_code))
        if (!plan) return invalid('plan_code', 'is invalid')
        if (found.state !== 'active') return invalid('subscription', 'is not active')
        if (plan.id === found.plan) return invalid('base', 'The submitted values match the current subscription.')
        accounts.changePlan(found.id, plan, now())
        const change = { id: `sc${found.id}${plan.id}`, object: 'subscription_change', subscription_id: found.id }
        return { status: 201, body: { ...change, plan: { object: 'plan_mini', ...plan }, activated: true } }
      },
    },
  ]
}

const ok = (body: unknown): Answer => ({ status: 200, body })

const failed = (status: number, type: string, message: string, more: Record<string, unknown> = {}): Answer => ({
  status,
  body: { error: { type, message, ...more } },
})

const notFound = (message: string): Answer => failed(404, 'not_found', message)
const noSuch = (what: string, id: string): Answer => notFound(`Couldn't find ${what} with id = ${id}`)
const invalid = (param: string, message: string): Answer =>
  failed(422, 'validation', `${param} ${message}`, { params: [{ param, message }] })

/** `live` is what can still be changed or renewed; without a state, all. */
const inState =
  (wanted: string | null) =>
  ({ state }: Subscription): boolean =>
    wanted === null || (wanted === 'live' ? state !== 'expired' : state === wanted)

const page = (all: readonly unknown[], path: string, query: URLSearchParams) => {
  const limit = Math.min(200, Math.max(1, Number(query.get('limit') ?? 20) || 20))
  const from = Number(query.get('cursor') ?? 0) || 0
  const has_more = all.length > from + limit
  const on = new URLSearchParams(query)
  on.set('cursor', String(from + limit))
  return { object: 'list', has_more, next: has_more ? `${path}?${on}` : null, data: all.slice(from, from + limit) }
}
