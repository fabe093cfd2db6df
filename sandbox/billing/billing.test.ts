import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Sandbox, startSandbox } from '../../test/sandbox.fixture.ts'

let sandbox: Sandbox
beforeAll(async () => {
  sandbox = await startSandbox('billing')
})
afterAll(() => sandbox?.stop())

const accept = 'application/vnd.recurly.v2021-02-25'
const basic = (key: string): string => `Basic ${Buffer.from(`${key}:`).toString('base64')}`

const ask = async (path: string, init: RequestInit = {}, at = sandbox) => {
  const headers = { authorization: basic(at.credential), accept, ...(init.headers as Record<string, string>) }
  const response = await fetch(at.url + path, { ...init, headers })
  return { status: response.status, headers: response.headers, body: JSON.parse(await response.text()) }
}
const send = (method: string, path: string, body: unknown) => ask(path, { method, body: JSON.stringify(body) })

describe('the billing sandbox', () => {
  it('answers nobody without the key, and nobody who names no version', async () => {
    expect(await ask('/accounts/code-AcmeOps', { headers: { authorization: basic('wrong') } })).toMatchObject({
      status: 401,
      body: { error: { type: 'unauthorized' } },
    })
    expect(await ask('/accounts/code-AcmeOps', { headers: { accept: 'application/json' } })).toMatchObject({
      status: 406,
      body: { error: { type: 'invalid_api_version', acceptable_accept_headers: expect.arrayContaining([accept]) } },
    })
  })

  it('gives accounts and subscriptions by code and by id, and says what it does not find', async () => {
    const { body: account, headers } = await ask('/accounts/code-AcmeOps')
    expect(headers.get('recurly-version')).toBe('recurly.v2021-02-25')
    expect(account).toMatchObject({ object: 'account', code: 'AcmeOps' })
    const { body: list } = await ask(`/accounts/${account.id}/subscriptions?state=live`)
    expect(list).toMatchObject({ object: 'list', has_more: false, data: [{ state: 'active', plan: { code: 'free' } }] })
    expect((await ask(`/subscriptions/uuid-${list.data[0].uuid}`)).body).toEqual(list.data[0])
    expect(await ask('/accounts/code-Nobody')).toMatchObject({ status: 404, body: { error: { type: 'not_found' } } })
  })

  it('changes a plan once, and refuses what is no change and no plan', async () => {
    const path = '/subscriptions/su1/change'
    expect(await send('POST', path, { plan_code: 'gold' })).toMatchObject({
      status: 422,
      body: { error: { type: 'validation', params: [{ param: 'plan_code' }] } },
    })
    expect((await send('POST', path, { plan_code: 'pro' })).status).toBe(201)
    expect((await send('POST', path, { plan_code: 'pro' })).status).toBe(422)
    expect((await ask('/subscriptions/su1')).body.plan).toMatchObject({ code: 'pro', name: 'Pro' })
  })

  it('moves the end of a trial with the next bill, and of no trial where there is none', async () => {
    const next_bill_date = '2099-06-01T06:00:00.000Z'
    expect((await send('PUT', '/subscriptions/su1', { next_bill_date })).body).toMatchObject({
      trial_ends_at: next_bill_date,
      current_period_ends_at: next_bill_date,
    })
    expect((await send('PUT', '/subscriptions/su2', { next_bill_date })).body).toMatchObject({
      trial_ends_at: null,
      current_period_ends_at: next_bill_date,
    })
    for (const refused of ['soon', '2015-06-01T06:00:00.000Z'])
      expect((await send('PUT', '/subscriptions/su1', { next_bill_date: refused })).status).toBe(422)
  })

  it('keeps what was done when it is started again', async () => {
    const { body: before } = await ask('/subscriptions/su1')
    sandbox = await sandbox.again()
    expect((await ask('/subscriptions/su1')).body).toEqual(before)
  })

  it('pages', async () => {
    const { body: first } = await ask('/accounts/code-EpicGames/subscriptions?limit=1')
    expect(first).toMatchObject({ has_more: true, data: [{ object: 'subscription' }] })
    const { body: second } = await ask(first.next)
    expect(second).toMatchObject({ has_more: false, next: null })
    expect([...first.data, ...second.data].map(({ state }) => state).sort()).toEqual(['active', 'expired'])
  })

  it('lists invoices by state and age, pages with the same filter, and sorts them', async () => {
    const query = `/invoices?state=past_due&order=asc&end_time=${new Date(Date.now() - 45 * 86_400_000).toISOString()}`
    const { body: first } = await ask(`${query}&limit=2`)
    expect(first).toMatchObject({ has_more: true, data: [{ number: '1', state: 'past_due' }, { number: '2' }] })
    const { body: second } = await ask(first.next)
    expect(second).toMatchObject({
      has_more: false,
      data: [{ number: '3', account: { company: 'PayYouLater.com' } }, { number: '5' }],
    })
    expect((await ask('/invoices?state=pending')).body.data).toMatchObject([{ number: '7' }])
  })

  it('counts requests, and refuses those above the limit', async () => {
    const small = await startSandbox('billing', '--limit', '2')
    const first = await ask('/accounts/code-AcmeOps', {}, small)
    expect(first.headers.get('x-ratelimit-limit')).toBe('2')
    expect(first.headers.get('x-ratelimit-remaining')).toBe('1')
    expect(Number(first.headers.get('x-ratelimit-reset'))).toBeGreaterThan(Date.now() / 1000)
    await ask('/accounts/code-AcmeOps', {}, small)
    expect(await ask('/accounts/code-AcmeOps', {}, small)).toMatchObject({
      status: 429,
      body: { error: { type: 'rate_limited' } },
    })
    await small.stop()
  })
})
