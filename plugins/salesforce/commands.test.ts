import { generateKeyPairSync } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { z } from 'foobot'
import { testBot } from 'foobot/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Fault, orderFaults, sentenceOf } from '../../test/faults.fixture.ts'
import { handlersOf } from '../../test/plugin.fixture.ts'
import { type Sandbox, startSandbox } from '../../test/sandbox.fixture.ts'
import { Salesforce } from './client.ts'
import salesforce from './commands.ts'
import { soql } from './soql.ts'
import { page } from './wire.ts'

let sandbox: Sandbox
beforeAll(async () => {
  sandbox = await startSandbox('salesforce', '--batch', '500')
})
afterAll(() => sandbox?.stop())

const config = (more = {}) => ({
  baseUrl: sandbox.url,
  consumerKey: 'foobot-consumer-key',
  user: 'foobot@acme.example',
  privateKey: { file: sandbox.credentialFile },
  zone: 'America/Denver',
  dateOrder: 'month-first',
  timeLimit: 1,
  ...more,
})
const system = { type: 'System', id: 'salesforce', facts: {} }
const asked = async (command: string, args: Readonly<Record<string, unknown>>, more = {}) => {
  const { run } = await handlersOf(salesforce, config(more))
  return (await run(command, args, { resource: system })).answer
}
const { signal } = new AbortController()

describe('last-ticket', () => {
  it.each(['Rackspace', 'rackspace'])('%s', async (customer) => {
    const answer = await asked('last-ticket', { customer })
    expect(await (await fetch((answer as readonly { url: string }[])[1]?.url ?? '')).text()).toContain('00005605')
    expect(answer).toEqual([
      { type: 'text', text: 'Last comm w/ Rackspace on 02/24/15\nSalesForce Case Number: 00005605' },
      { type: 'link', title: 'View', url: expect.stringMatching(`^${sandbox.url}/500[0-9a-z]{15}$`) },
    ])
  })

  it('reads no list that breaks off', () => {
    expect(page(z.object({})).safeParse({ done: false, records: [] }).success).toBe(false)
  })

  it('counts days where the company is, and from the case itself where nobody has answered', async () => {
    const [said] = (await asked('last-ticket', { customer: 'EpicGames' })) as readonly [{ text: string }]
    expect(said.text).toContain('on 03/01/15')
    const [other] = (await asked(
      'last-ticket',
      { customer: 'EpicGames' },
      { dateOrder: 'day-first', zone: 'Etc/UTC' },
    )) as [{ text: string }]
    expect(other.text).toContain('on 02/03/15')
  })

  it.each([
    ['AcmeOps', 'AcmeOps has no case in Salesforce.'],
    ['Back\\Slash', 'Back\\Slash has no case in Salesforce.'],
    ['Rack', 'There is no account Rack in Salesforce. Did you mean Rackspace or Rackspace Hosting UK?'],
    ["O'Reilly & Sons", "O'Reilly & Sons has no case in Salesforce."],
    ["O'Reilly", "There is no account O'Reilly in Salesforce. Did you mean O'Reilly & Sons?"],
    ['100%', 'There is no account 100% in Salesforce. Did you mean 100% Cotton?'],
    ['Back\\', 'There is no account Back\\ in Salesforce.'],
    // What is an attack on the query finds nothing that it should not.
    ['%', 'There is no account % in Salesforce.'],
    ['\\', 'There is no account \\ in Salesforce.'],
    ['a', 'There is no account a in Salesforce.'],
    ['_', 'There is no account _ in Salesforce.'],
    ["' OR Name != '", "There is no account ' OR Name != ' in Salesforce."],
    ["\\' OR Account.Name != '", "There is no account \\' OR Account.Name != ' in Salesforce."],
    ["x' LIMIT 0 UNION SELECT", "There is no account x' LIMIT 0 UNION SELECT in Salesforce."],
  ])('%s', async (customer, said) => {
    expect(await sentenceOf(asked('last-ticket', { customer }), [])).toBe(said)
  })
})

describe('lead-count', () => {
  it.each([
    ['2015-Q2', undefined, {}, '2015-Q2 lead-count for "all" is currently 746'],
    ['2015-Q2', 'all', {}, '2015-Q2 lead-count for "all" is currently 746'],
    [`${new Date().getUTCFullYear()}-Q2`, 'ALL', {}, ' lead-count for "ALL" is currently 746'],
    ['2015-Q1', 'all', {}, '2015-Q1 lead-count for "all" is currently 1'],
    ['2015-Q2', 'trade-show', {}, '2015-Q2 lead-count for "trade-show" is currently 149'],
    ['2015-Q2', 'Web', {}, '2015-Q2 lead-count for "Web" is currently 299'],
    ['2015-Q2', 'qualified', { segmentField: 'Status' }, '2015-Q2 lead-count for "qualified" is currently 673'],
    // Days begin six hours earlier there: one lead more at the beginning, three less at the end.
    ['2015-Q2', 'all', { zone: 'Etc/UTC' }, '2015-Q2 lead-count for "all" is currently 744'],
  ])('-%s -%s %j', async (quarter, segment, more, said) => {
    expect(await asked('lead-count', { quarter, segment }, more)).toContain(said)
  })

  it('names the segments that there are', async () => {
    const wrong = asked('lead-count', { quarter: '2015-Q2', segment: "web' OR Id != '" })
    await expect(wrong).rejects.toThrow('There are -all, -partner-referral, -trade-show, -web.')
  })
})

describe('campaign-count', () => {
  it.each([
    ['2015-Q2', 'highest', {}, '#ControlCall current providing "highest" qualified leads w/ count of 403'],
    ['2015-Q2', 'lowest', {}, 'DevOpsDays current providing "lowest" qualified leads w/ count of 58'],
    ['2015-Q2', 'highest', { qualified: "Open' OR Id != '" }, 'No campaign has brought a qualified lead in 2015-Q2.'],
    ['2014-Q2', 'highest', {}, 'No campaign has brought a qualified lead in 2014-Q2.'],
  ])('-%s -%s %j', async (quarter, rank, more, said) => {
    expect(await asked('campaign-count', { quarter, rank }, more)).toBe(said)
  })
})

it('is for who may, with the quarter of this year where none is named', async () => {
  const bot = await testBot({
    plugin: import.meta.dirname,
    config: config({ timeLimit: 15 }),
    people: { sam: ['Sales'], fiona: ['Finance'] },
    policy: 'permit (principal in Group::"Sales", action == Action::"campaign-count", resource);',
  })
  expect((await bot.says('campaign-count -Q2 -highest', { as: 'fiona' })).state).toBe('refused')
  expect(await bot.says('campaign-count -Q2 -highest', { as: 'sam' })).toMatchObject({
    state: 'done',
    text: '#ControlCall current providing "highest" qualified leads w/ count of 403',
    command: `campaign-count -${new Date().getUTCFullYear()}-Q2 -highest`,
  })
  await bot.close()
})

const client = (privateKey = sandbox.credential): Salesforce => clientAt(sandbox, privateKey)
const clientAt = ({ url: baseUrl }: Sandbox, privateKey: string): Salesforce =>
  new Salesforce(
    { baseUrl },
    {
      consumerKey: 'foobot-consumer-key',
      user: 'foobot@acme.example',
      audience: 'https://login.salesforce.com',
      privateKey: () => privateKey,
    },
  )
const leads = soql`SELECT Id FROM Lead`
const lead = z.object({ Id: z.string() })

it('reads to the last page', async () => {
  const sizes: number[] = []
  for await (const records of client().query(leads, lead, signal)) sizes.push(records.length)
  expect(sizes).toEqual([500, 500, 496])
  expect(new Set((await client().all(leads, lead, signal)).map(({ Id }) => Id)).size).toBe(1496)
})

it('reads ten thousand to the last page, and counts them where they are', async () => {
  const large = await startSandbox('salesforce', '--leads', '10000')
  try {
    const { credential: privateKey } = large
    const all = await clientAt(large, privateKey).all(leads, lead, signal)
    expect(new Set(all.map(({ Id }) => Id)).size).toBe(11_496)
    const more = { baseUrl: large.url, privateKey: { file: large.credentialFile } }
    expect(await asked('lead-count', { quarter: '2015-Q2' }, more)).toBe(
      '2015-Q2 lead-count for "all" is currently 10,746',
    )
  } finally {
    await large.stop()
  }
})

it('asks for no page elsewhere', () => {
  const answer = { done: false, records: [] }
  for (const nextRecordsUrl of [
    'https://evil.example/services/data/v66.0/query/1',
    '@evil.example/',
    '//evil.example/',
  ])
    expect(page(lead).safeParse({ ...answer, nextRecordsUrl }).success).toBe(false)
})

describe('a session', () => {
  it('that has ended is begun anew, once', async () => {
    const salesforce = client()
    await salesforce.all(leads, lead, signal)
    await orderFaults(sandbox, 401)
    expect(await salesforce.all(leads, lead, signal)).toHaveLength(1496)
    // The query, a token that is given, the query again.
    sandbox = await sandbox.again('--batch', '500')
    const other = client()
    await other.all(soql`SELECT Id FROM Lead LIMIT 1`, lead, signal)
    await orderFaults(sandbox, 401, 401)
    await expect(other.all(leads, lead, signal)).rejects.toMatchObject({ kind: 'credential' })
    await orderFaults(sandbox)
  })

  it('is not given to another key, nor to who is unknown', async () => {
    const pem = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs8', format: 'pem' })
    const file = join(sandbox.data, 'other.key')
    writeFileSync(file, pem, { mode: 0o600 })
    const said = 'Salesforce does not let us sign in: tell an administrator to look at the app and its certificate.'
    for (const more of [{ privateKey: { file } }, { user: 'admin@acme.example' }, { consumerKey: 'other' }]) {
      const refused = asked('last-ticket', { customer: 'Rackspace' }, more)
      expect(await sentenceOf(refused, [String(pem).split('\n')[1] ?? '', sandbox.credential])).toContain(said)
    }
  })
})

describe('what is said where Salesforce does not do it', () => {
  it.each<[string, readonly Fault[], RegExp]>([
    ['requests that are used up', [403], /^Salesforce takes no more requests from us: those of 24 hours are used up/],
    [
      'an address that is not there',
      [404],
      /^Salesforce has nothing at this address: tell an administrator to look at it\. It says: The requested resource/,
    ],
    ['too many requests', [429], /^Salesforce takes no more requests from us now: say it again in 90 s\.$/],
    ['a failure of its own', [500, 500, 500], /^Salesforce fails \(500\)\. Say it again later\./],
    ['no answer', ['hang'], /^Salesforce did not answer within 1 s\. Say it again later\.$/],
    ['a line that breaks', ['cut', 'cut', 'cut'], /^I cannot reach Salesforce\. Say it again later\.$/],
  ])('%s', async (_, faults, said) => {
    const { run } = await handlersOf(salesforce, config())
    const count = () => run('lead-count', { quarter: '2015-Q2' }, { resource: system })
    await count()
    await orderFaults(sandbox, ...faults)
    expect(await sentenceOf(count(), [sandbox.credential])).toMatch(said)
    await orderFaults(sandbox)
  })

  it('a field that there is not', async () => {
    const wrong = asked('lead-count', { quarter: '2015-Q2', segment: 'web' }, { segmentField: 'Segment__c' })
    await expect(wrong).rejects.toThrow(
      "Salesforce refuses: No such column 'Segment__c' on entity 'Lead'. (INVALID_FIELD)",
    )
  })
})
