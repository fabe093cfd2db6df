import { createHash, timingSafeEqual } from 'node:crypto'
import { type Answer, type Asked, answerBy, type Route } from '../route.ts'
import type { Given } from '../run.ts'
import { type Row, Store } from './store.ts'

/** What the vendor answers at these addresses, over the objects of the database. */
export const openStripe = ({ database, credential, numbers }: Given): ((asked: Asked) => Answer) => {
  const store = new Store(database, numbers.invoices ?? 0)
  const routes = routesOf(store)
  return (asked) => {
    const refused = refusalOf(asked, credential)
    if (refused) return refused
    const answer = (): Answer =>
      answerBy(routes, asked) ?? failed(404, `Unrecognized request URL (${asked.method}: ${asked.path}).`)
    const key = asked.headers['idempotency-key']
    return asked.method === 'POST' && key !== undefined ? onceFor(store, key, asked, answer) : answer()
  }
}

/** As the vendor fails where a test wants it to. */
export const failedStripe = (status: number): Answer =>
  failed(status, 'So it is', status >= 500 ? 'api_error' : 'invalid_request_error')

const refusalOf = ({ headers }: Asked, credential: string): Answer | undefined => {
  const wanted = Buffer.from(`Bearer ${credential}`)
  const shown = Buffer.from(headers.authorization ?? '')
  if (shown.length === wanted.length && timingSafeEqual(shown, wanted)) return undefined
  return failed(401, 'Invalid API Key provided')
}

/** The same key is the same answer, whatever is done meanwhile. */
const onceFor = (store: Store, key: string, { path, raw }: Asked, answer: () => Answer): Answer => {
  const asked = createHash('sha256').update(path).update('\0').update(raw).digest('hex')
  const [kept] = store.all('SELECT * FROM kept WHERE key = ?', key)
  if (kept && kept.asked !== asked)
    return failed(400, 'Keys for idempotent requests can only be used with the same parameters', 'idempotency_error')
  if (kept)
    return {
      status: Number(kept.status),
      headers: { 'idempotent-replayed': 'true' },
      body: JSON.parse(String(kept.body)),
    }
  const made = answer()
  if (made.status !== 400) {
    store.run('INSERT INTO kept VALUES (?, ?, ?, ?)', key, asked, made.status, JSON.stringify(made.body))
  }
  return made
}

const routesOf = (store: Store): readonly Route[] => [
  {
    method: 'GET',
    path: '/v1/customers/search',
    handler: (_, { query }) => {
      const name = /^name:"((?:[^"\\]|\\["\\])*)"$/.exec(query.get('query') ?? '')?.[1]?.replace(/\\(.)/g, '$1')
      if (name === undefined) return failed(400, 'This sandbox finds customers by name:"…" alone')
      const found = store.all('SELECT * FROM customers WHERE lower(name) = lower(?)', name)
      return ok({
        object: 'search_result',
        has_more: false,
        data: found.map((one) => ({ object: 'customer', ...one })),
      })
    },
  },
  {
    method: 'GET',
    path: '/v1/subscriptions',
    handler: (_, { query }) => {
      const where = "customer = ? AND status <> 'canceled' ORDER BY created DESC"
      const found = store.all(`SELECT * FROM subscriptions WHERE ${where}`, query.get('customer') ?? '')
      return ok({ object: 'list', has_more: false, data: found.map((one) => shown(store, one)) })
    },
  },
  {
    method: 'GET',
    path: '/v1/subscriptions/:id',
    handler: ({ id = '' }) => withSubscription(store, id, (one) => ok(shown(store, one))),
  },
  {
    method: 'POST',
    path: '/v1/subscriptions/:id',
    handler: ({ id = '' }, { raw }) =>
      withSubscription(store, id, (one) => change(store, one, new URLSearchParams(new TextDecoder().decode(raw)))),
  },
  {
    method: 'GET',
    path: '/v1/prices',
    handler: (_, { query }) => {
      const found = store.all('SELECT * FROM prices WHERE lookup_key = ?', query.get('lookup_keys[]') ?? '')
      return ok({
        object: 'list',
        has_more: false,
        data: found.map(priceOf),
      })
    },
  },
  { method: 'GET', path: '/v1/invoices', handler: (_, { query }) => invoices(store, query) },
]

/** Newest first. */
const invoices = (store: Store, query: URLSearchParams): Answer => {
  const limit = Math.min(100, Math.max(1, Number(query.get('limit') ?? 10) || 10))
  const after = query.get('starting_after')
  const found = store.all(
    `SELECT invoices.*, customers.name FROM invoices JOIN customers ON customers.id = customer
     WHERE (? = '' OR status = ?) AND created <= ? AND number < ? ORDER BY number DESC LIMIT ?`,
    query.get('status') ?? '',
    query.get('status') ?? '',
    Number(query.get('created[lte]') ?? Number.MAX_SAFE_INTEGER),
    after === null ? Number.MAX_SAFE_INTEGER : Number(after.slice(3)),
    limit + 1,
  )
  const data = found.slice(0, limit).map(({ number, name, ...fields }) => ({
    id: `in_${number}`,
    object: 'invoice',
    customer_name: name,
    ...fields,
  }))
  return ok({ object: 'list', url: '/v1/invoices', has_more: found.length > limit, data })
}

const withSubscription = (store: Store, id: string, then: (one: Row) => Answer): Answer => {
  const [one] = store.all('SELECT * FROM subscriptions WHERE id = ?', id)
  return one ? then(one) : failed(404, `No such subscription: '${id}'`)
}

/** What a client leaves out stays as it is, but for the quantity of another price: that is 1 then. */
const change = (store: Store, one: Row, form: URLSearchParams): Answer => {
  const [item, price, quantity, trialEnd] = ['items[0][id]', 'items[0][price]', 'items[0][quantity]', 'trial_end'].map(
    (name) => form.get(name),
  )
  if (item) {
    const [before] = store.all('SELECT * FROM items WHERE id = ? AND subscription = ?', item, String(one.id))
    if (!before) return failed(404, `No such subscription item: '${item}'`)
    const [to] = store.all('SELECT * FROM prices WHERE id = ?', price ?? String(before.price))
    if (!to) return failed(400, `No such price: '${price}'`)
    if (quantity && (to.usage_type === 'metered' || !/^\d{1,9}$/.test(quantity)))
      return failed(
        400,
        to.usage_type === 'metered' ? 'You cannot set the quantity for metered plans.' : 'Invalid integer',
      )
    const kept = to.id === before.price ? Number(before.quantity) : 1
    const now = to.usage_type === 'metered' ? null : quantity ? Number(quantity) : kept
    store.run('UPDATE items SET price = ?, quantity = ? WHERE id = ?', to.id ?? '', now, item)
  }
  if (trialEnd) {
    if (!/^\d{1,12}$/.test(trialEnd) || Number(trialEnd) <= Date.now() / 1000)
      return failed(400, 'Invalid timestamp: must be an integer Unix timestamp in the future.')
    if (Number(trialEnd) > Date.now() / 1000 + longestTrial)
      return failed(400, 'Invalid timestamp: can be no more than two years in the future.')
    store.run(
      "UPDATE subscriptions SET trial_end = ?, status = 'trialing' WHERE id = ?",
      Number(trialEnd),
      String(one.id),
    )
  }
  return withSubscription(store, String(one.id), (changed) => ok(shown(store, changed)))
}

/** Seconds: "Can be at most two years from `billing_cycle_anchor`." */
const longestTrial = 730 * 86_400

const priceOf = ({ id, lookup_key, usage_type }: Row) => ({
  id,
  object: 'price',
  active: true,
  lookup_key,
  recurring: { interval: 'month', usage_type },
})

const shown = (store: Store, one: Row) => {
  const items = store.all(
    `SELECT items.id AS item, quantity, prices.* FROM items JOIN prices ON prices.id = price
     WHERE subscription = ? ORDER BY items.id`,
    String(one.id),
  )
  const data = items.map(({ item, quantity, ...price }) => ({
    id: item,
    object: 'subscription_item',
    // What is metered has none.
    ...(quantity !== null && { quantity }),
    price: priceOf(price),
  }))
  return {
    object: 'subscription',
    ...one,
    cancel_at_period_end: one.cancel_at_period_end === 1,
    pending_update: one.pending_update ? JSON.parse(String(one.pending_update)) : null,
    items: { object: 'list', has_more: false, data },
  }
}

const ok = (body: unknown): Answer => ({ status: 200, body })

const failed = (status: number, message: string, type = 'invalid_request_error'): Answer => ({
  status,
  body: { error: { type, message } },
})
