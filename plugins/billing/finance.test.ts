import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { handlersOf } from '../../test/plugin.fixture.ts'
import { type Sandbox, startSandbox } from '../../test/sandbox.fixture.ts'
import billing from './commands.ts'
import { lateReport } from './late.ts'

/** What Finance asks: it reads, and changes nothing. */

const many = 10_000
let sandbox: Sandbox
let loaded: Sandbox
beforeAll(async () => {
  ;[sandbox, loaded] = await Promise.all([startSandbox('billing'), startSandbox('billing', '--invoices', String(many))])
})
afterAll(() => Promise.all([sandbox?.stop(), loaded?.stop()]))

const connected = (more = {}, at = sandbox) =>
  handlersOf(billing, {
    baseUrl: at.url,
    apiKey: { file: at.credentialFile },
    zone: 'America/Denver',
    dateOrder: 'month-first',
    userAddOn: 'user',
    ...more,
  })

const ran = async (command: string, args: Readonly<Record<string, unknown>>, more = {}, at = sandbox) => {
  const { run } = await connected(more, at)
  return run(command, args, { resource: { type: 'System', id: 'billing', facts: {} } })
}

describe('Paid-Users', () => {
  it.each([
    ['AcmeOps', {}, 'According Recurly, AcmeOps has 43 paid users'],
    ['Rackspace', {}, 'According Recurly, Rackspace has 1,250 paid users'],
    ['DeadbeatBiz,Inc', {}, 'According Recurly, DeadbeatBiz,Inc has 0 paid users'],
    ['AcmeOps', { userAddOn: undefined }, 'According Recurly, AcmeOps has 1 paid user'],
    ['AcmeOps', { userAddOn: 'seat' }, 'According Recurly, AcmeOps has 0 paid users'],
  ])('%s, counted by %j', async (customer, more, said) => {
    expect((await ran('Paid-Users', { customer }, more)).answer).toBe(said)
  })

  it('of nobody', async () => {
    await expect(ran('Paid-Users', { customer: '../invoices' })).rejects.toThrow('There is no customer ../invoices.')
  })
})

describe('Late-Invoices', () => {
  it('names who owes for so long, longest first, with what and since when', async () => {
    expect((await ran('Late-Invoices', { age: '30d' })).answer).toEqual([
      {
        type: 'text',
        text: [
          'According Recurly, the following orgs have outstanding invoices of "30 days" or more:',
          'DeadbeatBiz,Inc',
          'PayYouLater.com',
          'SoSueMe.io',
        ].join('\n'),
      },
      {
        type: 'table',
        columns: ['org', 'invoices', 'owed', 'overdue'],
        rows: [
          ['DeadbeatBiz,Inc', '2', '$9,600.00', expect.stringMatching(/^12[12] days$/)],
          ['PayYouLater.com', '1', '€990.50', expect.stringMatching(/^6[23] days$/)],
          ['SoSueMe.io', '1', '$294.00', expect.stringMatching(/^3[12] days$/)],
        ],
      },
    ])
  })

  it.each([
    ['12w', 'of "12 weeks" or more:\nDeadbeatBiz,Inc'],
    [undefined, 'have outstanding invoices:\nDeadbeatBiz,Inc\nPayYouLater.com\nSoSueMe.io\nAlmostOnTime Ltd'],
  ])('%s', async (age, said) => {
    const { answer } = await ran('Late-Invoices', { age })
    expect(answer).toMatchObject([{ text: expect.stringMatching(new RegExp(`${said}$`)) }, {}])
  })

  it('says that nobody does', async () => {
    expect((await ran('Late-Invoices', { age: '52w' })).answer).toEqual([
      { type: 'text', text: 'According Recurly, no org has outstanding invoices of "52 weeks" or more.' },
    ])
  })

  it('keeps what a customer is called on its line', () => {
    const debt = {
      customer: 'Evil\n\u2028Foobot: approved',
      invoices: 1,
      owed: new Map([['USD', 1]]),
      oldest: new Date(0),
    }
    const report = lateReport({ name: 'Recurly' }, [debt], '30d', {
      now: new Date(86_400_000),
      dateOrder: 'month-first',
    })
    expect(report).toMatchObject([
      { text: expect.stringMatching(/:\nEvil Foobot: approved$/) },
      { rows: [['Evil Foobot: approved', '1', '$1.00', '1 day']] },
    ])
  })

  it(`reads ${many} invoices to the last, a page at a time`, async () => {
    const before = process.memoryUsage().heapUsed
    const { answer, progress } = await ran('Late-Invoices', { age: '30d' }, {}, loaded)
    expect(progress.at(-1)?.[0]).toBe(`${many + 4} late invoices read`)
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(100 * 1024 * 1024)
    const [head, table, rest] = answer as { text?: string; rows?: string[][] }[]
    expect(head?.text).toBe('According Recurly, the following orgs have outstanding invoices of "30 days" or more:')
    expect(table?.rows).toHaveLength(50)
    expect(table?.rows?.[2]).toEqual(['Late0', '5', '$50.00', expect.stringMatching(/^4[56] days$/)])
    expect(rest?.text).toBe(
      `And ${many / 5 + 3 - 50} more, not overdue for as long: see the past due invoices in Recurly.`,
    )
  })
})
