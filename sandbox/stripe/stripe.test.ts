import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Sandbox, startSandbox } from '../../test/sandbox.fixture.ts'

let sandbox: Sandbox
beforeAll(async () => {
  sandbox = await startSandbox('stripe')
})
afterAll(() => sandbox?.stop())

const ask = async (path: string, init: RequestInit = {}) => {
  const headers = { authorization: `Bearer ${sandbox.credential}`, ...(init.headers as Record<string, string>) }
  const response = await fetch(sandbox.url + path, { ...init, headers })
  return { status: response.status, headers: response.headers, body: JSON.parse(await response.text()) }
}
const post = (path: string, form: Readonly<Record<string, string>>, key: string) =>
  ask(path, { method: 'POST', body: new URLSearchParams(form), headers: { 'idempotency-key': key } })

it('answers nobody without the key', async () => {
  expect(await ask('/v1/invoices', { headers: { authorization: 'Bearer wrong' } })).toMatchObject({
    status: 401,
    body: { error: { type: 'invalid_request_error' } },
  })
})

it('does once what is asked with one key, and nothing else with it', async () => {
  const soon = { trial_end: String(Math.floor(Date.now() / 1000) + 86_400) }
  const first = await post('/v1/subscriptions/sub_1', soon, 'one')
  expect(first).toMatchObject({ status: 200, body: { status: 'trialing', trial_end: Number(soon.trial_end) } })
  const later = { trial_end: String(Number(soon.trial_end) + 86_400) }
  await post('/v1/subscriptions/sub_1', later, 'two')
  const again = await post('/v1/subscriptions/sub_1', soon, 'one')
  expect(again.body).toEqual(first.body)
  expect(again.headers.get('idempotent-replayed')).toBe('true')
  expect((await ask('/v1/subscriptions/sub_1')).body.trial_end).toBe(Number(later.trial_end))
  expect(await post('/v1/subscriptions/sub_1', later, 'one')).toMatchObject({
    status: 400,
    body: { error: { type: 'idempotency_error' } },
  })
})

it('sets the quantity to 1 where another price comes without one, and keeps trials within two years', async () => {
  const change = async (form: Readonly<Record<string, string>>, key: string) =>
    (await post('/v1/subscriptions/sub_5', { 'items[0][id]': 'si_5a', ...form }, key)).body.items.data[0]
  expect(await change({ 'items[0][price]': 'price_free' }, 'same')).toMatchObject({ quantity: 43 })
  expect(await change({ 'items[0][price]': 'price_pro', 'items[0][quantity]': '7' }, 'said')).toMatchObject({
    quantity: 7,
  })
  expect(await change({ 'items[0][price]': 'price_free' }, 'left-out')).toMatchObject({ quantity: 1 })
  const metered = { 'items[0][id]': 'si_9a', 'items[0][price]': 'price_metered', 'items[0][quantity]': '7' }
  expect((await post('/v1/subscriptions/sub_9', metered, 'metered')).status).toBe(400)
  const far = { trial_end: String(Math.floor(Date.now() / 1000) + 731 * 86_400) }
  expect((await post('/v1/subscriptions/sub_1', far, 'far')).status).toBe(400)
})

it('refuses what is no change', async () => {
  expect((await post('/v1/subscriptions/sub_1', { trial_end: '1' }, 'past')).status).toBe(400)
  const gold = { 'items[0][id]': 'si_1a', 'items[0][price]': 'price_gold' }
  expect((await post('/v1/subscriptions/sub_1', gold, 'gold')).body.error.message).toBe("No such price: 'price_gold'")
  expect((await post('/v1/subscriptions/sub_99', {}, 'none')).status).toBe(404)
})

it('pages invoices, newest first', async () => {
  const { body: first } = await ask('/v1/invoices?status=open&limit=2')
  expect(first).toMatchObject({
    has_more: true,
    data: [{ id: 'in_3' }, { id: 'in_2', due_date: null, currency: 'jpy' }],
  })
  const { body: second } = await ask('/v1/invoices?status=open&limit=2&starting_after=in_2')
  expect(second).toMatchObject({ has_more: false, data: [{ id: 'in_1', customer_name: 'DeadbeatBiz,Inc' }] })
})
