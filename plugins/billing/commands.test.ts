import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { dayAt, endOfDay, writtenDay } from 'foobot'
import { testBot } from 'foobot/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { handlersOf } from '../../test/plugin.fixture.ts'
import { type Sandbox, startSandbox } from '../../test/sandbox.fixture.ts'
import billing from './commands.ts'

let sandbox: Sandbox
beforeAll(async () => {
  sandbox = await startSandbox('billing')
})
afterAll(() => sandbox?.stop())

const config = (at: Sandbox, more = {}) => ({
  baseUrl: at.url,
  apiKey: { file: at.credentialFile },
  zone: 'America/Denver',
  dateOrder: 'month-first',
  ...more,
})
const connected = (more = {}) => handlersOf(billing, config(sandbox, more))

/** The day in so many days where the company is, as the commands take it and as they write it. */
const inDays = (days: number): { readonly day: string; readonly written: string; readonly over: string } => {
  const day = dayAt(new Date(Date.now() + days * 86_400_000), 'America/Denver')
  const over = endOfDay(day, 'America/Denver').toISOString()
  return { day, written: writtenDay(day, 'month-first'), over }
}

/** What is stored, whatever anybody says. */
const stored = (customer: string): unknown => {
  const database = new DatabaseSync(join(sandbox.data, 'billing.sqlite'), { readOnly: true, timeout: 5000 })
  const row = database
    .prepare(
      `SELECT plans.name AS plan, trial_ends_at AS trial FROM subscriptions JOIN plans ON plans.id = plan
       JOIN accounts ON accounts.id = account WHERE accounts.code = ? AND state = 'active'`,
    )
    .get(customer)
  database.close()
  return { ...row }
}

describe('upgrade', () => {
  const toPro = { customer: 'AcmeOps', plan: 'Pro' }

  it('moves the customer to the plan', async () => {
    const { inspect, run } = await connected()
    expect(await inspect('upgrade', toPro)).toEqual({
      type: 'Customer',
      id: 'AcmeOps',
      owner: 'support',
      facts: { plan: 'Free', subscription: 'su1', quantity: 1 },
    })
    expect((await run('upgrade', toPro)).answer).toBe('Upgraded AcmeOps to a Pro account!')
    expect(stored('AcmeOps')).toMatchObject({ plan: 'Pro' })
    await expect(inspect('upgrade', toPro)).rejects.toThrow('AcmeOps has the plan Pro already.')
  })

  it('acts on the subscription that was seen, whoever has the name by now', async () => {
    const { inspect, run } = await connected()
    const more = { customer: 'AcmeOps', plan: 'Enterprise' }
    const resource = await inspect('upgrade', more)
    const { answer } = await run('upgrade', { ...more, customer: 'EpicGames' }, { resource })
    expect(answer).toBe('Upgraded EpicGames to an Enterprise account!')
    expect([stored('AcmeOps'), stored('EpicGames')]).toMatchObject([{ plan: 'Enterprise' }, { plan: 'Pro' }])
  })

  it.each(['Nobody', '..', '../../subscriptions/su1', 'AcmeOps?state=', 'AcmeOps/'])(
    'finds no customer %s',
    async (customer) => {
      const { inspect } = await connected()
      await expect(inspect('upgrade', { ...toPro, customer })).rejects.toThrow(`There is no customer ${customer}.`)
    },
  )

  it('finds nothing to change where nothing runs', async () => {
    const { inspect } = await connected()
    const ended = inspect('upgrade', { ...toPro, customer: 'DeadbeatBiz,Inc' })
    await expect(ended).rejects.toThrow('has no subscription that runs')
  })
})

describe('a change that is scheduled', () => {
  const to = (plan: string) => ({ customer: 'Shrinking Inc', plan })
  const scheduled = expect.stringMatching(/^to Free, quantity 2, on \d{4}-\d\d-\d\d$/)

  it('is among what people sign, and is taken back by the plan that the customer has', async () => {
    const { inspect, run } = await connected()
    expect((await inspect('upgrade', to('Enterprise'))).facts).toMatchObject({ plan: 'Pro', quantity: 8, scheduled })
    const { resource, answer } = await run('upgrade', to('Pro'))
    expect(resource.facts).toMatchObject({ plan: 'Pro', quantity: 8, scheduled })
    expect(answer).toBe('Shrinking Inc stays at Pro: the change that was scheduled is taken back.')
    await expect(inspect('upgrade', to('Pro'))).rejects.toThrow('Shrinking Inc has the plan Pro already.')
    await run('upgrade', to('Enterprise'))
    expect((await inspect('upgrade', to('Free'))).facts).toEqual({
      plan: 'Enterprise',
      subscription: 'su13',
      quantity: 8,
    })
  })

  it('may be the end', async () => {
    const { inspect } = await connected()
    const { facts } = await inspect('upgrade', { customer: 'Leaving Ltd', plan: 'Pro' })
    expect(facts).toMatchObject({ scheduled: expect.stringMatching(/^ends on \d{4}-\d\d-\d\d$/) })
  })

  it('may be a subscription that has not begun: it is not the one that is meant, and counts no users', async () => {
    const { inspect, run } = await connected({ userAddOn: 'user' })
    expect((await inspect('upgrade', { customer: 'Renewing AG', plan: 'Enterprise' })).facts).toMatchObject({
      plan: 'Pro',
    })
    const { answer } = await run(
      'Paid-Users',
      { customer: 'Renewing AG' },
      { resource: { type: 'System', id: 'billing', facts: {} } },
    )
    expect(answer).toBe('According Recurly, Renewing AG has 10 paid users')
    const later = inspect('upgrade', { customer: 'Later Ltd', plan: 'Pro' })
    await expect(later).rejects.toThrow('Later Ltd has no subscription that runs.')
  })
})

describe('extend trial', () => {
  const last = inDays(30)
  const longer = { customer: 'AcmeOps', until: last.day }

  it('moves the end of the trial to the end of that day, where the company is', async () => {
    const { run } = await connected()
    const { resource, answer } = await run('extend trial', longer)
    expect(resource.facts).toMatchObject({ trialThrough: expect.stringMatching(/^\d{4}-\d\d-\d\d$/) })
    expect(answer).toBe(`AcmeOps is all good through ${last.written}`)
    expect(stored('AcmeOps')).toMatchObject({ trial: last.over })
    expect((await run('extend trial', longer)).answer).toBe(`AcmeOps is all good through ${last.written}`)
  })

  it('writes dates in the company’s order', async () => {
    const { run } = await connected({ dateOrder: 'day-first' })
    expect((await run('extend trial', longer)).answer).toBe(
      `AcmeOps is all good through ${writtenDay(last.day, 'day-first')}`,
    )
  })

  it('shortens no trial, and finds none where there is none', async () => {
    const { inspect } = await connected()
    const before = stored('AcmeOps')
    const shorter = { ...longer, until: inDays(2).day }
    await expect(inspect('extend trial', shorter)).rejects.toThrow(/is on trial through .*: I only extend it/)
    await expect(inspect('extend trial', { ...longer, customer: 'Rackspace' })).rejects.toThrow('is not on trial')
    expect(stored('AcmeOps')).toEqual(before)
  })

  it.each(['2999-05-31', '2099-12-31', inDays(731).day])('lasts no decades: %s', async (until) => {
    const { inspect } = await connected()
    const written = writtenDay(until, 'month-first')
    await expect(inspect('extend trial', { ...longer, until })).rejects.toThrow(
      new RegExp(
        `^A trial ends within two years, by \\d\\d/\\d\\d/\\d\\d, and not on ${written}: say an earlier day\\.$`,
      ),
    )
  })

  it('may last for two years', async () => {
    const { inspect } = await connected()
    await inspect('extend trial', { ...longer, until: inDays(729).day })
  })

  it('is for who may, through everything that checks', async () => {
    const later = inDays(40)
    const bot = await testBot({
      plugin: import.meta.dirname,
      config: config(sandbox),
      people: { steve: ['Support'], fiona: ['Finance'] },
      policy: 'permit (principal in Group::"Support", action == Action::"extend trial", resource);',
      owners: { support: 'Support' },
    })
    expect((await bot.says(`extend trial AcmeOps ${later.written}`, { as: 'fiona' })).state).toBe('refused')
    expect(await bot.says(`extend trial AcmeOps ${later.day}`, { as: 'steve' })).toMatchObject({
      state: 'done',
      text: `AcmeOps is all good through ${later.written}`,
      command: `extend trial AcmeOps ${later.day}`,
    })
    await bot.close()
    expect(stored('AcmeOps')).toMatchObject({ trial: later.over })
  })
})

describe('Recurly', () => {
  it('is asked with its own limit in mind, and named with when to come again', async () => {
    const strict = await startSandbox('billing', '--limit', '1')
    const { inspect } = await handlersOf(billing, config(strict))
    const look = { customer: 'AcmeOps', plan: 'Pro' }
    await inspect('upgrade', look)
    await expect(inspect('upgrade', look)).rejects.toThrow(/say it again in \d+ minutes/)
    await strict.stop()
  })

  it('is spoken to in the clear on this machine alone', async () => {
    await expect(connected({ baseUrl: 'http://recurly.example' })).rejects.toThrow('https://')
    await expect(connected({ zone: 'Denver' })).rejects.toThrow('is no time zone')
  })
})
