import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { testBot } from 'foobot/testing'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { handlersOf } from '../../test/plugin.fixture.ts'
import { type Sandbox, startSandbox } from '../../test/sandbox.fixture.ts'
import boards from './commands.ts'

let sandbox: Sandbox
beforeAll(async () => {
  sandbox = await startSandbox('trello')
})
afterAll(() => sandbox?.stop())
afterEach(() => fails([]))

const fails = (faults: readonly unknown[]) =>
  fetch(`${sandbox.url}/-/faults`, { method: 'PUT', body: JSON.stringify(faults) })

const config = (more = {}) => ({
  baseUrl: sandbox.url,
  key: { file: join(sandbox.data, 'credential.key') },
  token: { file: join(sandbox.data, 'credential.token') },
  boards: ['cOnTeNt1'],
  members: { sam: 'samcarter42' },
  zone: 'America/Denver',
  dateOrder: 'month-first',
  ...more,
})
const resource = { type: 'System', id: 'boards', facts: {} }
const jason = { id: 'jhand', name: 'Jason Hand' }
const ping = async (args: { readonly who: string; readonly label: string }, more = {}, requester = jason) =>
  (await handlersOf(boards, config(more))).run('PingTrello', args, { resource, requester })
const mine = { who: 'me', label: 'blog' }

/** What is stored, as people write it. */
const stored = (sql: string): string => {
  const database = new DatabaseSync(join(sandbox.data, 'trello.sqlite'), { readOnly: true, timeout: 5000 })
  const [year = '', month, day] = String(database.prepare(sql).get()?.due).slice(0, 10).split('-')
  database.close()
  return `${month}/${day}/${year.slice(2)}`
}
const dueOf = (name: string): string => stored(`SELECT due FROM cards WHERE name = '${name}'`)

describe('PingTrello', () => {
  it('says when your next is due, with what it is', async () => {
    const { answer } = await ping(mine)
    expect(answer).toEqual([
      { type: 'text', text: `The next "blog" for "jason" is due: ${dueOf('ChatOps without a god')}` },
      { type: 'link', title: 'ChatOps without a god', url: expect.stringMatching(/^https:\/\/trello\.com\/c\//) },
    ])
  })

  it('knows people by their user name there, and labels and boards in any case', async () => {
    const sam = { id: 'sam', name: 'Samantha Carter' }
    const due = dueOf('Reading a log that nobody can rewrite')
    expect((await ping({ who: 'me', label: 'BLOG' }, {}, sam)).answer).toContainEqual({
      type: 'text',
      text: `The next "BLOG" for "samantha" is due: ${due}`,
    })
    expect((await ping({ who: 'me', label: 'content' }, {}, sam)).answer).toContainEqual(
      expect.objectContaining({ text: `The next "content" for "samantha" is due: ${due}` }),
    )
  })

  it('shows everyone in a table, with what nobody has taken yet', async () => {
    const { answer } = await ping({ who: 'everyone', label: 'blog' })
    expect(answer).toEqual([
      { type: 'text', text: 'The next "blog" of everyone:' },
      {
        type: 'table',
        columns: ['who', 'due', 'what'],
        rows: [
          ['Jason Hand', dueOf('ChatOps without a god'), 'ChatOps without a god'],
          ['Sam Carter', dueOf('Reading a log that nobody can rewrite'), 'Reading a log that nobody can rewrite'],
          ['nobody yet', dueOf('A tour of our runbooks'), 'A tour of our runbooks'],
        ],
      },
    ])
  })

  it('says what there is where there is no such label, and that nothing is due where there is', async () => {
    await expect(ping({ who: 'me', label: 'podcast' })).rejects.toThrow(
      'There is no board or label "podcast": say one of blog, case-study, content, webinar.',
    )
    expect((await ping({ who: 'me', label: 'case-study' })).answer).toBe('No "case-study" is due for "jason".')
  })

  it('does not guess who somebody is', async () => {
    await expect(ping(mine, {}, { id: 'steve', name: 'Steve Archer' })).rejects.toThrow(
      'tell an administrator to write your user name there under "members", as steve.',
    )
  })

  it('is for who may, through everything that checks', async () => {
    const bot = await testBot({
      plugin: import.meta.dirname,
      config: config({ members: { jhand: 'jasonhand1' } }),
      people: { jhand: ['Marketing'], fiona: ['Finance'] },
      policy: 'permit (principal in Group::"Marketing", action == Action::"PingTrello", resource);',
    })
    expect((await bot.says('PingTrello -me -blog', { as: 'fiona' })).state).toBe('refused')
    expect(await bot.says('pingtrello --blog -me', { as: 'jhand' })).toMatchObject({
      state: 'done',
      command: 'PingTrello -me -blog',
      text: `The next "blog" for "jhand" is due: ${dueOf('ChatOps without a god')}`,
    })
    await bot.close()
  })
})

describe('Trello', () => {
  it.each([
    [[401], 'Trello does not take our credential: tell an administrator to renew it. It says: invalid app token'],
    [[403], 'Trello does not let us do that: tell an administrator to look at our rights. It says: unauthorized perm'],
    [[404], 'Trello has no board cOnTeNt1 that we may see: tell an administrator to look at "boards".'],
    [[429], 'Trello takes no more requests from us now: say it again in 10 s.'],
    [[500, 502, 503], 'Trello fails (503). Say it again later.'],
    [['cut', 'cut', 'cut'], 'I cannot reach Trello. Say it again later.'],
    [['hang'], 'Trello did not answer within 1 s. Say it again later.'],
  ])('that answers %j is told with what to do', async (faults, say) => {
    await fails(faults)
    await expect(ping(mine, faults[0] === 'hang' ? { timeLimit: 1 } : {})).rejects.toThrow(say)
  })

  it('that fails once is asked again', async () => {
    await fails([503, 'cut'])
    expect((await ping(mine)).answer).toHaveLength(2)
  })

  it('that takes another token is not told what ours is', async () => {
    await expect(ping(mine, { token: { env: 'PATH' } })).rejects.toThrow(/^Trello does not take our credential/)
  })

  it('sees key and token in a header, and never in an address', async () => {
    const asked: (readonly [url: string | undefined, authorization: string | undefined])[] = []
    const server = createServer(({ url, headers }, response) => {
      asked.push([url, headers.authorization])
      response.writeHead(401).end()
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    await expect(ping(mine, { baseUrl: `http://127.0.0.1:${port}` })).rejects.toThrow('does not take our credential')
    server.close()
    expect(asked).toEqual([
      [
        '/1/boards/cOnTeNt1?fields=name',
        expect.stringMatching(/^OAuth oauth_consumer_key="\w{48}", oauth_token="\w{48}"$/),
      ],
    ])
  })

  it('is read to the end, page by page', async () => {
    sandbox = await sandbox.again('--cards', '10000')
    expect((await ping(mine)).answer).toContainEqual(
      expect.objectContaining({ text: `The next "blog" for "jason" is due: ${dueOf('ChatOps without a god')}` }),
    )
  })

  it('that counts our requests says so', async () => {
    sandbox = await sandbox.again('--limit', '3')
    await expect(ping(mine)).rejects.toThrow('say it again in 10 s')
  })
})
