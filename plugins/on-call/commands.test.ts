import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type Bot, testBot } from 'foobot/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { orderFaults, sentenceOf } from '../../test/faults.fixture.ts'
import { handlersOf } from '../../test/plugin.fixture.ts'
import { type Sandbox, startSandbox } from '../../test/sandbox.fixture.ts'
import { startVendor } from '../../test/vendor.fixture.ts'
import onCall from './commands.ts'

const lineOf = ({ data }: Sandbox, file: string): string => readFileSync(join(data, file), 'utf8').trim()
const iris = { requester: { id: 'irishwarhammer', name: 'Iris O’Hara' } }
const system = { type: 'System', id: 'on-call', facts: {} }
const policy = ['ack', 'resolve', 'reroute', 'who is on call']
  .map((command) => `permit (principal in Group::"Ops", action == Action::"${command}", resource);`)
  .join('\n')
const people = { irishwarhammer: ['Ops'], bianca: ['Backend'] }

/** A bot whose webhook the stand-in posts to. */
const connectedBot = async (sandbox: Sandbox, config: object): Promise<Bot> => {
  const bot = await testBot({ plugin: import.meta.dirname, config, people, policy, webhooks: ['on-call'] })
  await fetch(`${sandbox.url}/-/webhook`, { method: 'PUT', body: JSON.stringify({ url: bot.address('on-call') }) })
  return bot
}

describe('Splunk On-Call', () => {
  let sandbox: Sandbox
  let bot: Bot
  const backend = () => ({
    name: 'splunk',
    baseUrl: sandbox.url,
    apiId: { file: join(sandbox.data, 'credential.id') },
    apiKey: { file: join(sandbox.data, 'credential.key') },
  })
  const config = (more = {}) => ({
    backend: backend(),
    webhookSecret: { file: join(sandbox.data, 'webhook.secret') },
    ...more,
  })
  const alert = (what: object) =>
    fetch(`${sandbox.url}/integrations/generic/20131114/alert/${lineOf(sandbox, 'alert.key')}/ops`, {
      method: 'POST',
      body: JSON.stringify(what),
    })
  beforeAll(async () => {
    sandbox = await startSandbox('on-call', '--limit', '0')
    bot = await connectedBot(sandbox, config())
  })
  afterAll(async () => {
    await bot?.close()
    await sandbox?.stop()
  })

  it('tells the room what the slides tell, by the webhooks that it posts', async () => {
    const load = {
      message_type: 'CRITICAL',
      entity_id: 'prod1/load',
      entity_display_name: 'Load on prod1 above threshold',
    }
    await alert(load)
    await alert(load)
    expect(await bot.told(2)).toEqual([
      'CRITICAL-incident #8689 - Load on prod1 above threshold',
      'NOTIFY-Trying to contact irishwarhammer for #8689 (push, sms)',
    ])
    expect(await bot.says('ack #8689', { as: 'irishwarhammer' })).toMatchObject({ state: 'done', text: '' })
    expect((await bot.told(3)).at(-1)).toBe('ACKNOWLEDGED-incident #8689 by irishwarhammer')
    expect((await bot.says('reroute #8689 to bianca', { as: 'irishwarhammer' })).text).toBe('#8689 goes to bianca.')
    expect((await bot.told(4)).at(-1)).toBe('NOTIFY-Trying to contact bianca for #8689 (push, phone)')
    expect((await bot.says('resolve 8689', { as: 'irishwarhammer' })).state).toBe('done')
    expect((await bot.told(5)).at(-1)).toBe('RESOLVED-incident #8689 by irishwarhammer')
    await alert({ message_type: 'WARNING', entity_id: 'db-1/disk', entity_display_name: 'Disk of db-1 nearly full' })
    await alert({ message_type: 'RECOVERY', entity_id: 'db-1/disk' })
    expect((await bot.told(8)).slice(5)).toEqual([
      'WARNING-incident #8690 - Disk of db-1 nearly full',
      'NOTIFY-Trying to contact irishwarhammer for #8690 (push, sms)',
      'RESOLVED-incident #8690',
    ])
  })

  it('says who is on call, in a table or for one team', async () => {
    const { run } = await handlersOf(onCall, config())
    const who = async (team?: string) => (await run('who is on call', { team }, { resource: system })).answer
    expect(await who()).toEqual([
      {
        type: 'table',
        columns: ['team', 'on call'],
        rows: [
          ['Backend', 'bianca'],
          ['DBA', 'dora'],
          ['Ops', 'irishwarhammer'],
        ],
      },
    ])
    expect(await who('ops')).toBe('irishwarhammer is on call for Ops.')
    expect(await who('back')).toBe('bianca is on call for Backend.')
    await expect(who('Sales')).rejects.toThrow('There is no team Sales: Backend, DBA, Ops.')
  })

  it('is asked who is on call once a minute, as it wants it', async () => {
    sandbox = await sandbox.again('--limit', '6', '--port', new URL(sandbox.url).port)
    const { run } = await handlersOf(onCall, config())
    const twice = [run('who is on call', {}, { resource: system }), run('who is on call', {}, { resource: system })]
    expect((await Promise.all(twice)).map(({ answer }) => answer)).toHaveLength(2)
    const other = await handlersOf(onCall, config())
    await expect(other.run('who is on call', {}, { resource: system })).rejects.toThrow('say it again in 60 s.')
    sandbox = await sandbox.again('--limit', '0', '--port', new URL(sandbox.url).port)
  })

  it('answers by itself where no webhook is heard', async () => {
    const { run } = await handlersOf(onCall, { backend: backend() })
    await alert({ message_type: 'CRITICAL', entity_id: 'x', entity_display_name: 'Something' })
    const database = new DatabaseSync(join(sandbox.data, 'on-call.sqlite'), { readOnly: true, timeout: 5000 })
    const incident = Number(database.prepare("SELECT number FROM incidents WHERE entity = 'x'").get()?.number)
    database.close()
    const { answer } = await run('ack', { incident }, { resource: system, ...iris })
    expect(answer).toBe(`ACKNOWLEDGED-incident #${incident} by irishwarhammer`)
    await expect(run('ack', { incident }, { resource: system, ...iris })).rejects.toThrow(
      `Splunk On-Call did not take it for #${incident}: Incident is ACKED.`,
    )
  })

  it('says who was not woken, and that nobody was', async () => {
    const { run } = await handlersOf(onCall, config())
    await alert({ message_type: 'CRITICAL', entity_id: 'y', entity_display_name: 'Something else' })
    const database = new DatabaseSync(join(sandbox.data, 'on-call.sqlite'), { readOnly: true, timeout: 5000 })
    const incident = Number(database.prepare("SELECT number FROM incidents WHERE entity = 'y'").get()?.number)
    database.close()
    const reroute = (number: number, person: string) =>
      run('reroute', { incident: number, person }, { resource: system, ...iris })
    await expect(reroute(incident, 'biance')).rejects.toThrow(
      `Splunk On-Call did not take it for #${incident} and biance: User not found.`,
    )
    await expect(reroute(8688, 'bianca')).rejects.toThrow('did not take it for #8688: Incident is RESOLVED.')
    await expect(reroute(1, 'bianca')).rejects.toThrow('did not take it for #1: Incident not found.')
    expect((await reroute(incident, 'bianca')).answer).toBe(`#${incident} goes to bianca.`)
  })

  it.each<[unknown, string]>([
    [{ statuses: [] }, 'Splunk On-Call did not take it for #8689: it says nothing more.'],
    [{ statuses: [{ incidentNumber: '8690', success: true }] }, 'did not take it for #8689: it says nothing more.'],
    [
      { statuses: [{ incidentNumber: '8689', success: false, message: 'Not\nnow.' }] },
      'did not take it for #8689: Not now.',
    ],
    [
      {
        statuses: [
          {
            incidentNumber: '8689',
            success: true,
            targetStatus: [{ slug: 'bianca', success: false, message: 'Gone' }],
          },
        ],
      },
      'did not take it for #8689 and bianca: Gone.',
    ],
    [
      {
        statuses: [
          { incidentNumber: '8689', success: true },
          { incidentNumber: '8689', success: false, message: 'No such user.' },
        ],
      },
      'did not take it for #8689: No such user.',
    ],
    [
      {
        statuses: [
          { incidentNumber: '8689', success: true, targetStatus: [{ slug: 'iris', success: true }] },
          { incidentNumber: '8689', success: true, targetStatus: [{ slug: 'bianca', success: false }] },
        ],
      },
      'did not take it for #8689 and bianca: it says nothing more.',
    ],
    [{ statuses: [{ incidentNumber: '8689', result: 'success' }] }, 'answered in a form that I do not know'],
  ])('believes no reroute that is told with 200: %j', async (body, why) => {
    const { at } = await startVendor(() => ({ body }))
    const { run } = await handlersOf(onCall, { ...config(), backend: { ...backend(), baseUrl: at } })
    const reroute = run('reroute', { incident: 8689, person: 'bianca' }, { resource: system, ...iris })
    await expect(reroute).rejects.toThrow(why)
  })

  it.each([
    [
      'an incident that is not there',
      { incident: 1 },
      {},
      'Splunk On-Call did not take it for #1: Incident not found.',
    ],
    [
      'somebody it does not know',
      { incident: 8688 },
      { users: { irishwarhammer: 'iris' } },
      'Splunk On-Call refuses: Unknown user iris',
    ],
  ])('says no to %s', async (_, args, more, why) => {
    const { run } = await handlersOf(onCall, config(more))
    await expect(run('ack', args, { resource: system, ...iris })).rejects.toThrow(why)
  })

  it.each<[string, Parameters<typeof orderFaults>[1], string]>([
    ['401', 401, 'Splunk On-Call does not take our credential: tell an administrator to renew it.'],
    ['403', 403, 'Splunk On-Call does not let us do that: tell an administrator to look at our rights.'],
    ['404', 404, 'Splunk On-Call has nothing at this address: tell an administrator to look at it.'],
    ['429', 429, 'Splunk On-Call takes no more requests from us now: say it again in 60 s.'],
    ['500', 500, 'Splunk On-Call fails (500). It may have happened or not: look there before you say it again.'],
    [
      'no answer',
      'hang',
      'Splunk On-Call did not answer within 1 s. It may have happened or not: look there before you say it again.',
    ],
    [
      'a cut line',
      'cut',
      'I cannot reach Splunk On-Call. It may have happened or not: look there before you say it again.',
    ],
  ])('says what to do at %s', async (_, fault, why) => {
    const { run } = await handlersOf(onCall, config({ timeLimit: 1 }))
    await orderFaults(sandbox, fault)
    const secrets = ['credential.id', 'credential.key', 'webhook.secret'].map((file) => lineOf(sandbox, file))
    expect(await sentenceOf(run('resolve', { incident: 1 }, { resource: system, ...iris }), secrets)).toBe(why)
  })
})

describe('PagerDuty', () => {
  let sandbox: Sandbox
  let bot: Bot
  const config = (more = {}) => ({
    backend: { name: 'pagerduty', baseUrl: sandbox.url, token: { file: sandbox.credentialFile } },
    webhookSecret: { file: join(sandbox.data, 'webhook.secret') },
    users: { irishwarhammer: 'iris@acme.example', bianca: 'bianca@acme.example' },
    ...more,
  })
  beforeAll(async () => {
    sandbox = await startSandbox('pagerduty', '--duties', '9997')
    bot = await connectedBot(sandbox, config())
  })
  afterAll(async () => {
    await bot?.close()
    await sandbox?.stop()
  })
  const trigger = (summary: string, severity: string) => {
    const body = {
      routing_key: lineOf(sandbox, 'routing.key'),
      event_action: 'trigger',
      payload: { summary, severity },
    }
    return fetch(`${sandbox.url}/v2/enqueue`, { method: 'POST', body: JSON.stringify(body) })
  }

  it('tells the room what its signed webhooks tell', async () => {
    await trigger('Load on prod1 above threshold', 'critical')
    expect(await bot.told(1)).toEqual(['CRITICAL-incident #8689 - Load on prod1 above threshold'])
    for (const line of ['ack #8689', 'reroute #8689 to bianca', 'resolve #8689'])
      expect((await bot.says(line, { as: 'irishwarhammer' })).state).toBe('done')
    expect((await bot.told(4)).slice(1)).toEqual([
      'ACKNOWLEDGED-incident #8689 by irishwarhammer',
      'REASSIGNED-incident #8689 to Bianca by irishwarhammer',
      'RESOLVED-incident #8689 by irishwarhammer',
    ])
    expect(await bot.says('ack #8689', { as: 'irishwarhammer' })).toMatchObject({
      state: 'failed',
      text: 'Incident #8689 is resolved already.',
    })
  })

  it('is not believed without one of its signatures', async () => {
    const body = JSON.stringify({
      event: { event_type: 'incident.triggered', occurred_at: new Date().toISOString(), data: {} },
    })
    const headers = { 'x-pagerduty-signature': `v1=${'0'.repeat(64)}` }
    expect(await bot.delivers('on-call', { body, headers })).toBe(401)
  })

  // Three times a hundred pages.
  it('pages to the end of who is on call, the first in line alone', { timeout: 60_000 }, async () => {
    const { run } = await handlersOf(onCall, config())
    const { answer } = await run('who is on call', {}, { resource: system })
    const [said, table] = answer as readonly [{ text: string }, { rows: string[][] }]
    expect(said.text).toBe('The first 50 of 9,999 teams; "who is on call TEAM" shows another:')
    expect(table.rows).toHaveLength(50)
    expect(table.rows[0]).toEqual(['Ops', 'irishwarhammer'])
    const last = await run('who is on call', { team: 'Policy 9997' }, { resource: system })
    expect(last.answer).toBe('irishwarhammer is on call for Policy 9997.')
    const none = run('who is on call', { team: 'Nobody' }, { resource: system })
    await expect(none).rejects.toThrow(
      /^There is no team Nobody: Ops, Backend, Policy 1, .+, Policy 18 and 9,979 others\.$/,
    )
  })

  it('says that the list goes on where PagerDuty gives no more of it', async () => {
    const database = new DatabaseSync(join(sandbox.data, 'pagerduty.sqlite'), { timeout: 5000 })
    database.exec("INSERT INTO duties VALUES ('One more', 1, 'PIRIS01')")
    const { run } = await handlersOf(onCall, config())
    const asked = run('who is on call', {}, { resource: system })
    await expect(asked).rejects.toThrow('PagerDuty gives no more than 10,000 entries of its list: look there.')
    database.exec("DELETE FROM duties WHERE policy = 'One more'")
    database.close()
  })

  it.each<[string, object, RegExp]>([
    ['ack', { status: 'triggered' }, /^PagerDuty took it, and incident #7 is triggered all the same: look there\.$/],
    [
      'reroute',
      { status: 'triggered', assignments: [] },
      /^PagerDuty took it and did not give #7 to bianca@acme\.example/,
    ],
  ])('believes no %s that is told with 200 and not done', async (command, answered, why) => {
    const { at } = await startVendor(({ method, url }) => {
      if (url.startsWith('/users')) return { body: { users: [{ id: 'P1', email: 'bianca@acme.example' }] } }
      return { body: { incident: { id: 'Q1', status: 'triggered', ...(method === 'PUT' && answered) } } }
    })
    const backend = { name: 'pagerduty', baseUrl: at, token: { file: sandbox.credentialFile } }
    const { run } = await handlersOf(onCall, config({ backend }))
    await expect(run(command, { incident: 7, person: 'bianca' }, { resource: system, ...iris })).rejects.toThrow(why)
  })

  it('says why it refuses, in either form of its errors', async () => {
    const { at } = await startVendor(() => ({
      status: 400,
      body: { error: { message: 'Not so', errors: { code: 1 } } },
    }))
    const backend = { name: 'pagerduty', baseUrl: at, token: { file: sandbox.credentialFile } }
    const { run } = await handlersOf(onCall, config({ backend }))
    const ack = run('ack', { incident: 7 }, { resource: system, ...iris })
    await expect(ack).rejects.toThrow('PagerDuty refuses: Not so')
  })

  it('knows nobody else, and no other incident', async () => {
    const { run } = await handlersOf(onCall, config({ users: { irishwarhammer: 'i@acme.example' } }))
    await trigger('Something', 'warning')
    const ack = (incident: number) => run('ack', { incident }, { resource: system, ...iris })
    await expect(ack(8690)).rejects.toThrow('PagerDuty refuses: Requester User Not Found')
    await expect(ack(9)).rejects.toThrow('There is no incident #9 in PagerDuty.')
    const reroute = run('reroute', { incident: 8690, person: 'bianca' }, { resource: system, ...iris })
    await expect(reroute).rejects.toThrow('PagerDuty knows nobody by bianca.')
  })

  it.each<[string, Parameters<typeof orderFaults>[1][], string]>([
    ['401', [401], 'PagerDuty does not take our credential: tell an administrator to renew it. It says: Unauthorized'],
    [
      '403',
      [403],
      'PagerDuty does not let us do that: tell an administrator to look at our rights. It says: Access Denied',
    ],
    ['429', [429], 'PagerDuty takes no more requests from us now: say it again in 41 s.'],
    ['500', [500, 500, 500], 'PagerDuty fails (500). Say it again later. It says: Internal Server Error'],
    ['no answer', ['hang'], 'PagerDuty did not answer within 1 s. Say it again later.'],
    ['a cut line', ['cut', 'cut', 'cut'], 'I cannot reach PagerDuty. Say it again later.'],
  ])('says what to do at %s', async (_, faults, why) => {
    const { run } = await handlersOf(onCall, config({ timeLimit: 1 }))
    await orderFaults(sandbox, ...faults)
    expect(await sentenceOf(run('ack', { incident: 8690 }, { resource: system, ...iris }), [sandbox.credential])).toBe(
      why,
    )
  })
})

it('takes no secret that can be guessed', async () => {
  const { data, stop } = await startSandbox('on-call')
  writeFileSync(join(data, 'webhook.secret'), 'hunter2', { mode: 0o600 })
  const backend = {
    name: 'splunk',
    apiId: { file: join(data, 'credential.id') },
    apiKey: { file: join(data, 'credential.key') },
  }
  const webhookSecret = { file: join(data, 'webhook.secret') }
  const bot = testBot({ plugin: import.meta.dirname, config: { backend, webhookSecret }, people, policy })
  await expect(bot).rejects.toThrow('at least 16 characters')
  await stop()
})
