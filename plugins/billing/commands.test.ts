import { createServer } from 'node:http'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { testBot } from 'foobot/testing'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { handlersOf } from '../../test/plugin.fixture.ts'
import { type Sandbox, startSandbox } from '../../test/sandbox.fixture.ts'
import billing from './commands.ts'

let sandbox: Sandbox
beforeEach(async () => {
  sandbox = await startSandbox('billing')
})
afterEach(() => sandbox.stop())

const config = (at: Sandbox, more = {}) => ({
  baseUrl: at.url,
  apiKey: { file: at.credentialFile },
  zone: 'America/Denver',
  dateOrder: 'month-first',
  ...more,
})
const connected = (more = {}) => handlersOf(billing, config(sandbox, more))

/** What is stored, whatever anybody says. */
const stored = (customer: string): unknown => {
  const database = new DatabaseSync(join(sandbox.data, 'billing.sqlite'), { readOnly: true })
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
      facts: { plan: 'Free', subscription: 'su1' },
    })
    expect((await run('upgrade', toPro)).answer).toBe('Upgraded AcmeOps to a Pro account!')
    expect(stored('AcmeOps')).toMatchObject({ plan: 'Pro' })
    await expect(inspect('upgrade', toPro)).rejects.toThrow('AcmeOps has the plan Pro already.')
  })

  it('acts on the subscription that was seen, whoever has the name by now', async () => {
    const { inspect, run } = await connected()
    const resource = await inspect('upgrade', toPro)
    await run('upgrade', { ...toPro, customer: 'EpicGames' }, { resource })
    expect(stored('AcmeOps')).toMatchObject({ plan: 'Pro' })
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

describe('extend trial', () => {
  const toMay = { customer: 'AcmeOps', until: '2015-05-31' }

  it('moves the end of the trial to the end of that day, where the company is', async () => {
    const { run } = await connected()
    const { resource, answer } = await run('extend trial', toMay)
    expect(resource.facts).toMatchObject({ plan: 'Free', trialThrough: '2015-05-17' })
    expect(answer).toBe('AcmeOps is all good through 05/31/15')
    expect(stored('AcmeOps')).toMatchObject({ trial: '2015-06-01T06:00:00.000Z' })
    expect((await run('extend trial', toMay)).answer).toBe('AcmeOps is all good through 05/31/15')
  })

  it('writes dates in the company’s order', async () => {
    const { run } = await connected({ dateOrder: 'day-first' })
    expect((await run('extend trial', toMay)).answer).toBe('AcmeOps is all good through 31/05/15')
  })

  it('shortens no trial, and finds none where there is none', async () => {
    const { inspect } = await connected()
    await expect(inspect('extend trial', { ...toMay, until: '2015-05-16' })).rejects.toThrow('through 05/17/15')
    await expect(inspect('extend trial', { ...toMay, customer: 'Rackspace' })).rejects.toThrow('is not on trial')
    expect(stored('AcmeOps')).toMatchObject({ trial: '2015-05-18T06:00:00.000Z' })
  })

  it('is for who may, through everything that checks', async () => {
    const bot = await testBot({
      plugin: import.meta.dirname,
      config: config(sandbox),
      people: { steve: ['Support'], fiona: ['Finance'] },
      policy: 'permit (principal in Group::"Support", action == Action::"extend trial", resource);',
      owners: { support: 'Support' },
    })
    expect((await bot.says('extend trial AcmeOps 05/31/15', { as: 'fiona' })).state).toBe('refused')
    expect(await bot.says('extend trial AcmeOps 05/31/15', { as: 'steve' })).toMatchObject({
      state: 'done',
      text: 'AcmeOps is all good through 05/31/15',
      command: 'extend trial AcmeOps 2015-05-31',
    })
    await bot.close()
    expect(stored('AcmeOps')).toMatchObject({ trial: '2015-06-01T06:00:00.000Z' })
  })
})

describe('Recurly', () => {
  const look = { customer: 'AcmeOps', plan: 'Pro' }

  it('that takes no more requests is named with the time', async () => {
    sandbox = await sandbox.again('--limit', '1')
    const { inspect } = await connected()
    await inspect('upgrade', look)
    await expect(inspect('upgrade', look)).rejects.toThrow(/say it again after \d{4}-\d\d-\d\dT/)
  })

  it('that takes another key is not told what ours is', async () => {
    const { inspect } = await connected({ apiKey: { env: 'PATH' } })
    await expect(inspect('upgrade', look)).rejects.toThrow('does not take my API key')
  })

  it('that is away leaves no doubt after a look, and says there is some after a change', async () => {
    const { inspect, run } = await connected()
    const resource = await inspect('upgrade', look)
    const { url } = sandbox
    sandbox = await sandbox.again()
    expect(sandbox.url).not.toBe(url)
    await expect(inspect('upgrade', look)).rejects.toThrow(/^I cannot reach Recurly\.$/)
    await expect(run('upgrade', look, { resource })).rejects.toThrow('It may have happened or not')
  })

  it('that leads elsewhere is not followed with the key', async () => {
    const heard: string[] = []
    const server = createServer((request, response) => {
      heard.push(request.url ?? '')
      response.writeHead(302, { location: '/elsewhere' }).end()
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    const port = typeof address === 'object' ? address?.port : 0
    const { inspect } = await connected({ baseUrl: `http://127.0.0.1:${port}` })
    await expect(inspect('upgrade', look)).rejects.toThrow('cannot reach')
    expect(heard).toHaveLength(1)
    server.close()
  })

  it('is spoken to in the clear on this machine alone', async () => {
    await expect(connected({ baseUrl: 'http://recurly.example' })).rejects.toThrow('must be https')
    await expect(connected({ zone: 'Denver' })).rejects.toThrow('is no time zone')
  })
})
