import { dayAt, endOfDay, writtenDay } from 'foobot'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { orderFaults } from '../../../test/faults.fixture.ts'
import { handlersOf } from '../../../test/plugin.fixture.ts'
import { type Sandbox, startSandbox } from '../../../test/sandbox.fixture.ts'
import billing from '../commands.ts'
import { inUnits } from './amount.ts'

const many = 10_000
let sandbox: Sandbox
let loaded: Sandbox
beforeAll(async () => {
  ;[sandbox, loaded] = await Promise.all([startSandbox('stripe'), startSandbox('stripe', '--invoices', String(many))])
})
afterAll(() => Promise.all([sandbox?.stop(), loaded?.stop()]))

const connected = (at = sandbox) =>
  handlersOf(billing, {
    backend: 'stripe',
    baseUrl: at.url,
    apiKey: { file: at.credentialFile },
    zone: 'America/Denver',
    dateOrder: 'month-first',
    userAddOn: 'user',
  })
const system = { type: 'System', id: 'billing', facts: {} }

describe('the same commands, with Stripe behind them', () => {
  it('upgrade, the customer’s plan alone', async () => {
    const { inspect, run } = await connected()
    const toPro = { customer: 'AcmeOps', plan: 'Pro' }
    expect(await inspect('upgrade', toPro)).toMatchObject({ facts: { plan: 'Free', subscription: 'sub_1' } })
    expect((await run('upgrade', toPro)).answer).toBe('Upgraded AcmeOps to a Pro account!')
    await expect(inspect('upgrade', toPro)).rejects.toThrow('AcmeOps has the plan Pro already.')
    const { answer } = await run('Paid-Users', { customer: 'AcmeOps' }, { resource: system })
    expect(answer).toBe('According Stripe, AcmeOps has 43 paid users')
  })

  it('upgrade, for as many as before', async () => {
    const { run } = await connected()
    const { resource } = await run('upgrade', { customer: 'PerUser GmbH', plan: 'Pro' })
    expect(resource.facts).toEqual({ plan: 'Free', subscription: 'sub_5', quantity: 43 })
    const { inspect } = await connected()
    expect((await inspect('upgrade', { customer: 'PerUser GmbH', plan: 'Enterprise' })).facts).toMatchObject({
      plan: 'Pro',
      quantity: 43,
    })
    const seen = { ...resource, facts: { ...resource.facts, quantity: 42 } }
    const other = run('upgrade', { customer: 'PerUser GmbH', plan: 'Enterprise' }, { resource: seen })
    await expect(other).rejects.toThrow('The subscription sub_5 was changed meanwhile: say it again.')
  })

  it.each([
    ['Planned AG', 'A schedule changes the subscription sub_7 (sub_sched_1): change it in Stripe itself.'],
    ['Unpaid Update', 'A change of the subscription sub_8 waits for its payment'],
    ['Paused', 'has no subscription that runs'],
  ])('upgrade changes nothing under what happens by itself: %s', async (customer, why) => {
    const { inspect } = await connected()
    await expect(inspect('upgrade', { customer, plan: 'Pro' })).rejects.toThrow(why)
  })

  it('upgrade shows the end that comes all the same', async () => {
    const { inspect } = await connected()
    const { facts } = await inspect('upgrade', { customer: 'Leaving Ltd', plan: 'Pro' })
    expect(facts).toMatchObject({ scheduled: expect.stringMatching(/^ends on \d{4}-\d\d-\d\d$/) })
  })

  it('extend trial, once however often the line breaks', async () => {
    const { inspect, run } = await connected()
    const until = dayAt(new Date(Date.now() + 30 * 86_400_000), 'America/Denver')
    const resource = await inspect('extend trial', { customer: 'AcmeOps', until })
    await orderFaults(sandbox, 'cut')
    const { answer } = await run('extend trial', { customer: 'AcmeOps', until }, { resource })
    expect(answer).toBe(`AcmeOps is all good through ${writtenDay(until, 'month-first')}`)
    const again = await inspect('extend trial', { customer: 'AcmeOps', until })
    expect(again.facts).toMatchObject({ trialThrough: until })
    expect(endOfDay(until, 'America/Denver').getTime()).toBeGreaterThan(Date.now())
    await expect(inspect('extend trial', { customer: 'Rackspace', until })).rejects.toThrow('is not on trial')
  })

  it('extend trial, to the last day that Stripe takes', async () => {
    const { run } = await connected()
    const until = dayAt(new Date(Date.now() + 729 * 86_400_000), 'America/Denver')
    const { answer } = await run('extend trial', { customer: 'AcmeOps', until })
    expect(answer).toBe(`AcmeOps is all good through ${writtenDay(until, 'month-first')}`)
  })

  it.each([
    ['Bob "Bobby" O\'Neil\\Sons', 'has 2 paid users'],
    ['Rackspace', 'has 1,250 paid users'],
    ['DeadbeatBiz,Inc', 'has 0 paid users'],
  ])('Paid-Users %s', async (customer, said) => {
    const { run } = await connected()
    const { answer } = await run('Paid-Users', { customer }, { resource: system })
    expect(answer).toBe(`According Stripe, ${customer} ${said}`)
  })

  it.each(['Nobody', 'acmeops', '" OR name:"AcmeOps', '\\', '\\" OR name:"AcmeOps', '..'])(
    'find no customer %s',
    async (customer) => {
      const { run } = await connected()
      const asked = run('Paid-Users', { customer }, { resource: system })
      await expect(asked).rejects.toThrow(`There is no customer ${customer}.`)
    },
  )

  it('Late-Invoices, those too that have no due date', async () => {
    const { run } = await connected()
    const { answer } = await run('Late-Invoices', { age: '30d' }, { resource: system })
    expect(answer).toMatchObject([
      { text: expect.stringContaining('According Stripe, the following orgs have outstanding invoices of "30 days"') },
      {
        rows: [
          ['DeadbeatBiz,Inc', '1', '$4,800.00', '91 days'],
          ['Rackspace', '1', '¥6,500', '70 days'],
        ],
      },
    ])
  })

  it(`Late-Invoices, ${many} of them`, async () => {
    const { run } = await connected(loaded)
    const { answer } = await run('Late-Invoices', { age: '30d' }, { resource: system })
    expect(answer).toMatchObject([{}, { rows: [{}, ['Rackspace', '10001', '¥6,500 + $100,000.00', '70 days']] }])
  })
})

it.each([
  [123, 'USD', 1.23],
  [123, 'JPY', 123],
  [1234, 'KWD', 1.234],
])('%i of %s are %f', (amount, currency, units) => {
  expect(inUnits(amount, currency)).toBe(units)
})
