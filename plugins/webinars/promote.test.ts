import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { testBot } from 'foobot/testing'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { handlersOf } from '../../test/plugin.fixture.ts'
import { type Sandbox, startSandbox } from '../../test/sandbox.fixture.ts'
import webinars from './commands.ts'

let brightTalk: Sandbox
let networks: Sandbox
let folder: string
let count = 0
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'foobot-posts-'))
  ;[brightTalk, networks] = await Promise.all([startSandbox('brighttalk'), startSandbox('networks')])
})
afterAll(async () => {
  await Promise.all([brightTalk?.stop(), networks?.stop()])
  rmSync(folder, { recursive: true, force: true })
})
beforeEach(() => {
  count += 1
})
afterEach(async () => {
  await fails([])
  posts('DELETE FROM posts')
})

const fails = (faults: readonly unknown[]) =>
  fetch(`${networks.url}/-/faults`, { method: 'PUT', body: JSON.stringify(faults) })

/** What stands on the networks, in order. */
const posts = (
  sql = 'SELECT network, text, link FROM posts ORDER BY at, rowid',
): readonly Readonly<Record<string, unknown>>[] => {
  const database = new DatabaseSync(join(networks.data, 'networks.sqlite'), { timeout: 5000 })
  const rows = database.prepare(sql).all()
  database.close()
  return rows.map((row) => ({ ...row }))
}
const postedOn = (): readonly unknown[] => posts().map(({ network }) => network)

const secretOf = (name: string) => ({ file: join(networks.data, `credential.${name}`) })
const accounts = () => ({
  x: {
    baseUrl: `${networks.url}/x`,
    consumerKey: secretOf('x-consumer-key'),
    consumerSecret: secretOf('x-consumer-secret'),
    token: secretOf('x-token'),
    tokenSecret: secretOf('x-token-secret'),
  },
  facebook: { baseUrl: `${networks.url}/facebook`, page: '102030405060708', token: secretOf('facebook') },
  linkedIn: {
    baseUrl: `${networks.url}/linkedin`,
    version: '202609',
    organization: '5515715',
    token: secretOf('linkedin'),
  },
  mastodon: { baseUrl: `${networks.url}/mastodon`, token: secretOf('mastodon') },
})
type Name = keyof ReturnType<typeof accounts>

const config = (only: readonly Name[] = ['x', 'facebook', 'linkedIn', 'mastodon'], timeLimit = 15) => ({
  baseUrl: brightTalk.url,
  apiKey: { file: join(brightTalk.data, 'credential.key') },
  apiSecret: { file: join(brightTalk.data, 'credential.secret') },
  channel: 11_223,
  social: {
    record: join(folder, `${count}.sqlite`),
    ...Object.fromEntries(Object.entries(accounts()).filter(([name]) => only.includes(name as Name))),
  },
  zone: 'America/Denver',
  dateOrder: 'month-first',
  timeLimit,
})
const promote = async (which = 'next', only?: readonly Name[], timeLimit?: number) =>
  (await handlersOf(webinars, config(only, timeLimit))).run('Promote webinar', { which })
/** The sentence. */
const said = async (only?: readonly Name[]): Promise<string> => {
  const [first] = (await promote('next', only)).answer as readonly { readonly text: string }[]
  return first?.text ?? ''
}

describe('Promote webinar', () => {
  it('tells every network, and links to what stands there', async () => {
    const { answer, resource } = await promote()
    expect(answer).toEqual([
      { type: 'text', text: '"next" webinar shared to: X, Facebook, LinkedIn, and Mastodon' },
      { type: 'link', title: 'X', url: expect.stringMatching(/^https:\/\/x\.com\/i\/web\/status\/\d+$/) },
      { type: 'link', title: 'Facebook', url: expect.stringMatching(/^https:\/\/www\.facebook\.com\/\d+_\d+$/) },
      { type: 'link', title: 'LinkedIn', url: expect.stringContaining('/feed/update/urn:li:share:') },
      { type: 'link', title: 'Mastodon', url: expect.stringContaining('https://mastodon.example/@acme/') },
    ])
    const { link } = resource.facts
    const when = '\\w+, \\w+ \\d+, \\d{4} at \\d+:00 AM M[SD]T'
    const text = new RegExp(`^Join us: ChatOps & security: who do you trust\\?\\n${when}\\n${link}$`)
    expect(posts()).toEqual(
      ['x', 'facebook', 'linkedin', 'mastodon'].map((network) => ({
        network,
        link,
        text: expect.stringMatching(text),
      })),
    )
  })

  it('twice, posts nothing twice', async () => {
    await promote()
    expect(await said()).toBe('"next" webinar was shared before to: X, Facebook, LinkedIn, and Mastodon')
    expect(postedOn()).toEqual(['x', 'facebook', 'linkedin', 'mastodon'])
  })

  it('announces the recording of the last on its own', async () => {
    await promote()
    const [, ...links] = (await promote('last', ['x'])).answer as readonly unknown[]
    expect(links).toHaveLength(1)
    expect(posts().at(-1)?.text).toMatch(/^Watch the recording: On-call without burnout: what the numbers say\nhttps:/)
  })

  it('tells what one network refuses, leaves the others, and tries that one again', async () => {
    await fails(['pass', 403])
    expect(await said()).toBe(
      '"next" webinar shared to: X, LinkedIn, and Mastodon.\nFacebook does not let us do that: tell an administrator to look at our rights. It says: (#200) The page token lacks pages_manage_posts.',
    )
    expect(await said()).toBe(
      '"next" webinar shared to: Facebook.\n"next" webinar was shared before to: X, LinkedIn, and Mastodon.',
    )
    expect(postedOn()).toEqual(['x', 'linkedin', 'mastodon', 'facebook'])
  })

  it('finds what was posted where the line broke before the answer', async () => {
    await fails(['lost', 'pass', 'pass', 'lost', 'pass', 'lost', 'pass', 'lost'])
    expect(await said()).toBe('"next" webinar shared to: X, Facebook, LinkedIn, and Mastodon')
    expect(postedOn()).toEqual(['x', 'facebook', 'linkedin', 'mastodon'])
  })

  it('says what it does not know, and posts nothing again while it may be there', async () => {
    await fails(['cut'])
    await expect(promote('next', ['x'])).rejects.toThrow(
      'I do not know whether X has it (I cannot reach it): say it again in two minutes, I look there before I post.',
    )
    await expect(promote('next', ['x'])).rejects.toThrow('X does not show it, and may still do so: say it again in two')
    expect(postedOn()).toEqual([])
    await fails([500, 500, 500])
    await expect(promote('next', ['x'])).rejects.toThrow(
      'cannot look there now (it failed with 500): say it again later',
    )
    await fails([403, 403])
    await expect(promote('next', ['x'])).rejects.toThrow('I do not know whether X has it, and cannot look there: look')
  })

  it('takes a network’s word that it has it already', async () => {
    await promote('next', ['x'])
    count += 1
    expect(await said(['x'])).toBe('"next" webinar was shared before to: X')
    expect(postedOn()).toEqual(['x'])
  })

  it('is for who may, through everything that checks', async () => {
    const bot = await testBot({
      plugin: import.meta.dirname,
      config: config(),
      people: { jhand: ['Marketing'], sam: ['Sales'] },
      policy: 'permit (principal in Group::"Marketing", action == Action::"Promote webinar", resource);',
    })
    expect((await bot.says('Promote webinar -next', { as: 'sam' })).state).toBe('refused')
    expect(postedOn()).toEqual([])
    const { state, text } = await bot.says('promote webinar -next', { as: 'jhand' })
    expect([state, text]).toEqual(['done', expect.stringContaining('shared to: X, Facebook, LinkedIn, and Mastodon')])
    await bot.close()
    expect(postedOn()).toHaveLength(4)
  })

  it('needs a network', async () => {
    await expect(promote('next', [])).rejects.toThrow('No network is configured here')
  })
})

describe.each([
  ['x', 'X', 1],
  ['facebook', 'Facebook', 1],
  ['linkedIn', 'LinkedIn', 1],
  // A key makes it safe to ask three times.
  ['mastodon', 'Mastodon', 3],
] as const)('%s', (id, name, tries) => {
  const times = <F>(fault: F): readonly F[] => Array.from({ length: tries }, () => fault)

  it.each([
    [401, 'does not take our credential: tell an administrator to renew it. It says: '],
    [403, 'does not let us do that: tell an administrator to look at our rights. It says: '],
    [404, 'does not know where we post: tell an administrator to look at '],
  ])('that answers %i is told with what to do, and has nothing', async (status, say) => {
    await fails([status])
    await expect(promote('next', [id])).rejects.toThrow(`${name} ${say}`)
    expect(postedOn()).toEqual([])
  })

  it('that takes no more requests is told with when to come again', async () => {
    await fails([429, 429, 429])
    await expect(promote('next', [id])).rejects.toThrow(`${name} takes no more requests from us now: say it again in `)
    expect(postedOn()).toEqual([])
  })

  it.each([
    [500, 'it failed with 500'],
    ['cut', 'I cannot reach it'],
  ])('that answers %j may have it or not', async (fault, why) => {
    await fails(times(fault))
    await expect(promote('next', [id])).rejects.toThrow(
      `I do not know whether ${name} has it (${why}): say it again in two`,
    )
    expect(postedOn()).toEqual([])
  })
})

it('a network that does not answer in time is not asked twice to post', async () => {
  await fails(['hang'])
  await expect(promote('next', ['x'], 1)).rejects.toThrow('I do not know whether X has it (it did not answer in time)')
  expect(postedOn()).toEqual([])
})

it('no credential stands in an address, nor in what is said', async () => {
  const asked: string[] = []
  // What was posted is told in no known form; so it is looked for, and not found.
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`)
    response.writeHead(request.method === 'POST' ? 200 : 404).end('{}')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const { record, ...all } = config().social
  const elsewhere = Object.entries(all).map(([name, account]) => [
    name,
    { ...(account as object), baseUrl: `http://127.0.0.1:${port}` },
  ])
  const social = { record, ...Object.fromEntries(elsewhere) }
  const { run } = await handlersOf(webinars, { ...config(), social })
  const said = await run('Promote webinar', { which: 'next' }).then(String, String)
  server.close()
  expect(said.match(/its answer is in a form that I do not know/g)).toHaveLength(4)
  expect(asked.map((line) => line.split('?')[0])).toEqual([
    'POST /2/tweets',
    'GET /2/users/me',
    'POST /v25.0/102030405060708/feed',
    'GET /v25.0/102030405060708/published_posts',
    'POST /rest/posts',
    'GET /rest/posts',
    'POST /api/v1/statuses',
    'GET /api/v1/accounts/verify_credentials',
  ])
  const files = readdirSync(networks.data).filter((name) => name.startsWith('credential.'))
  expect(files).toHaveLength(7)
  for (const file of files) {
    const secret = readFileSync(join(networks.data, file), 'utf8').trim()
    expect([file, `${asked}${said}`.includes(secret)]).toEqual([file, false])
  }
})
