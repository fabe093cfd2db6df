import { expect, it } from 'vitest'
import { type Request, startVendor } from '../../test/vendor.fixture.ts'
import { Recurly } from './recurly/client.ts'
import { Stripe } from './stripe/client.ts'

/** What is made of answers that say of themselves that all went well. */

const { signal } = new AbortController()
const recurlyAt = (baseUrl: string) => new Recurly({ baseUrl }, () => 'key', 'user')
const stripeAt = (baseUrl: string) => new Stripe({ baseUrl }, () => 'key', ['Free', 'Pro'], 'user')

const invoice = (code: string) => ({
  account: { code, company: `${code}\nEvil: paid` },
  balance: 1,
  currency: 'USD',
  created_at: '2015-01-01T00:00:00Z',
})
const late = async (baseUrl: string): Promise<readonly string[]> => {
  const found: string[] = []
  for await (const page of recurlyAt(baseUrl).lateInvoices(new Date(), signal))
    found.push(...page.map(({ customer }) => customer))
  return found
}

it('Recurly’s list goes on where it says so, and ends where it says so', async () => {
  const { at, requests } = await startVendor(({ url }, at) => {
    const page = Number(/cursor=(\d)/.exec(url)?.[1] ?? 0)
    const next = [`/invoices?cursor=1`, `${at}/invoices?cursor=2`, '/invoices?cursor=0'][page]
    return { body: { object: 'list', has_more: page < 2, next, data: [invoice(`c${page}`)] } }
  })
  expect(await late(at)).toEqual(['c0 Evil: paid', 'c1 Evil: paid', 'c2 Evil: paid'])
  expect(requests).toHaveLength(3)
})

it.each(['https://evil.example/invoices', '//evil.example/invoices', 'http://[', '', null])(
  'Recurly’s list goes on nowhere else: %j',
  async (next) => {
    const { at, requests } = await startVendor(() => ({ body: { object: 'list', has_more: true, next, data: [] } }))
    await expect(late(at)).rejects.toThrow('in a form that I do not know where its list goes on')
    expect(requests).toHaveLength(1)
  },
)

const planned = {
  id: 'su1',
  state: 'active',
  plan: { code: 'pro', name: 'Pro' },
  quantity: 8,
  ...{ current_period_ends_at: null, trial_ends_at: null },
}
const change = (plan: string, quantity?: number) => ({
  object: 'subscription_change',
  plan: { code: plan },
  ...(quantity !== undefined && { quantity }),
})

it.each<[string, (request: Request) => { status?: number; body?: unknown }, string | undefined]>([
  ['the plan and the quantity that were asked for', () => ({ status: 201, body: change('pro', 8) }), undefined],
  ['another quantity', () => ({ status: 201, body: change('pro', 1) }), 'and not as it was asked: look there at once.'],
  ['another plan', () => ({ status: 201, body: change('free', 8) }), 'and not as it was asked: look there at once.'],
  [
    'no content, and the change taken back',
    ({ method }) => (method === 'GET' ? { body: planned } : { status: 204 }),
    undefined,
  ],
  [
    'no content, and the change there still',
    ({ method }) =>
      method === 'GET' ? { body: { ...planned, pending_change: { plan: planned.plan } } } : { status: 204 },
    'did not take back the change that is scheduled',
  ],
])('Recurly answers a change with %s', async (_, answer, why) => {
  const { at, requests } = await startVendor(answer)
  const changed = recurlyAt(at).changePlan({ id: 'su1', quantity: 8 }, 'pro', signal)
  if (why === undefined) await changed
  else await expect(changed).rejects.toThrow(why)
  expect(JSON.parse(requests[0]?.body ?? '')).toEqual({ plan_code: 'pro', timeframe: 'now', quantity: 8 })
})

const price = (key: string, usage_type: string) => ({ id: `price_${key}`, lookup_key: key, recurring: { usage_type } })
const stripe =
  (quantity: number | undefined, [before, after]: readonly [string, string], answered: object) =>
  ({ method, url }: Request) => {
    const subscription = (item: object) => ({
      id: 'sub_1',
      status: 'active',
      trial_end: null,
      cancel_at_period_end: false,
      items: { has_more: false, data: [{ id: 'si_1', quantity, price: price('free', before), ...item }] },
    })
    if (url.startsWith('/v1/prices')) return { body: { has_more: false, data: [price('pro', after)] } }
    return { body: subscription(method === 'POST' ? answered : {}) }
  }
it.each([
  ['customers', 'Stripe has more customers like Acme than I can read at once: look there.'],
  ['subscriptions', 'Stripe has more subscriptions than I can read at once: look there.'],
  ['items', 'Stripe has more items than I can read at once: look there.'],
])('Stripe’s users are not counted by half of the %s', async (list, why) => {
  const of = (name: string, data: unknown) => ({ has_more: name === list, data: [data] })
  const item = { id: 'si_1', quantity: 1, price: price('user', 'licensed') }
  const one = { id: 'sub_1', status: 'active', trial_end: null, cancel_at_period_end: false, items: of('items', item) }
  const { at } = await startVendor(({ url }) => ({
    body: url.startsWith('/v1/customers') ? of('customers', { id: 'cus_1', name: 'Acme' }) : of('subscriptions', one),
  }))
  await expect(stripeAt(at).paidUsers('Acme', signal)).rejects.toThrow(why)
})

const licensed = ['licensed', 'licensed'] as const
const metered = ['metered', 'metered'] as const
const pro = { price: price('pro', 'licensed') }

it.each<[string, number | undefined, readonly [string, string], object, string | undefined]>([
  ['the quantity that was', 43, licensed, { ...pro, quantity: 43 }, undefined],
  ['another quantity', 43, licensed, { ...pro, quantity: 1 }, 'and not as it was asked: look there at once.'],
  ['the price that was', 43, licensed, { quantity: 43 }, 'and not as it was asked: look there at once.'],
  ['no quantity where use is metered', undefined, metered, { price: price('pro', 'metered') }, undefined],
  ['nothing, where one is metered', 43, ['licensed', 'metered'], pro, 'one is metered and one is not'],
  ['nothing, where the other is metered', undefined, ['metered', 'licensed'], pro, 'one is metered and one is not'],
])('Stripe answers a change with %s', async (_, quantity, kinds, answered, why) => {
  const { at, requests } = await startVendor(stripe(quantity, kinds, answered))
  const changed = stripeAt(at).changePlan({ id: 'sub_1', ...(quantity !== undefined && { quantity }) }, 'pro', signal)
  if (why === undefined) await changed
  else await expect(changed).rejects.toThrow(why)
  const posted = requests.filter(({ method }) => method === 'POST').map(({ body }) => new URLSearchParams(body))
  expect(posted.map((form) => form.get('items[0][quantity]'))).toEqual(
    why?.startsWith('one is') ? [] : [quantity === undefined ? null : String(quantity)],
  )
})
