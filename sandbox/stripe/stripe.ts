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
        data: found.map((one) => ({ object: 'price', active: true, ...one })),
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

const change = (store: Store, one: Row, form: URLSearchParams): Answer => {
  const [item, price, trialEnd] = ['items[0][id]', 'items[0][price]', 'trial_end'].map((name) => form.get(name))
  if (item) {
    if (store.all('SELECT 1 FROM prices WHERE id = ?', price ?? '').length === 0)
      return failed(400, `No such price: '${price}'`)
    store.run('UPDATE items SET price = ? WHERE id = ? AND subscription = ?', price ?? '', item, String(one.id))
  }
  if (trialEnd) {
    if (!/^\d{1,12}$/.test(trialEnd) || Number(trialEnd) <= Date.now() / 1000)
      return failed(400, 'Invalid timestamp: must be an integer Unix timestamp in the future.')
    store.run(
      "UPDATE subscriptions SET trial_end = ?, status = 'trialing' WHERE id = ?",
      Number(trialEnd),
      String(one.id),
    )
  }
  return withSubscription(store, String(one.id), (changed) => ok(shown(store, changed)))
}

const shown = (store: Store, one: Row) => {
  const items = store.all(
    `SELECT items.id, quantity, price, lookup_key FROM items JOIN prices ON prices.id = price
     WHERE subscription = ? ORDER BY items.id`,
    String(one.id),
  )
  const data = items.map(({ id, quantity, price, lookup_key }) => ({
    id,
    object: 'subscription_item',
    quantity,
    price: { id: price, object: 'price', lookup_key },
  }))
  return { object: 'subscription', ...one, items: { object: 'list', has_more: false, data } }
}

const ok = (body: unknown): Answer => ({ status: 200, body })

const failed = (status: number, message: string, type = 'invalid_request_error'): Answer => ({
  status,
  body: { error: { type, message } },
})
