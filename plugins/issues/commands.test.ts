import { testBot } from 'foobot/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Fault, orderFaults, sentenceOf } from '../../test/faults.fixture.ts'
import { handlersOf } from '../../test/plugin.fixture.ts'
import { type Sandbox, startSandbox } from '../../test/sandbox.fixture.ts'
import issues from './commands.ts'

let sandbox: Sandbox
beforeAll(async () => {
  sandbox = await startSandbox('jira')
})
afterAll(() => sandbox?.stop())

const config = (more = {}) => ({
  baseUrl: sandbox.url,
  email: 'foobot@acme.example',
  apiToken: { file: sandbox.credentialFile },
  project: 'FEAT',
  timeLimit: 1,
  ...more,
})
const system = { type: 'System', id: 'issues', facts: {} }
const fonts = { customer: 'EpicGames', wish: 'wants to customize timeline fonts' }

const request = async (args: Readonly<Record<string, unknown>> = fonts, more = {}) => {
  const { run } = await handlersOf(issues, config(more))
  const { answer } = await run('feature-request', args, { resource: system })
  return answer as readonly [{ readonly text: string }, { readonly url: string }]
}

/** An issue as Jira has it. */
const stored = async (key: string) => {
  const authorization = `Basic ${Buffer.from(`foobot@acme.example:${sandbox.credential}`).toString('base64')}`
  const response = await fetch(`${sandbox.url}/rest/api/3/issue/${key}`, { headers: { authorization } })
  return { status: response.status, ...JSON.parse(await response.text()) }
}
const keyOf = (url: string): string => url.slice(url.lastIndexOf('/') + 1)

it('asks once for customer and wish, and answers with the number and the way there', async () => {
  const bot = await testBot({
    plugin: import.meta.dirname,
    config: config(),
    people: { steve: ['Support'], fiona: ['Finance'] },
    policy: 'permit (principal in Group::"Support", action == Action::"feature-request", resource);',
  })
  expect((await bot.says('feature-request EpicGames wants fonts', { as: 'fiona' })).state).toBe('refused')
  expect(await bot.says('feature-request', { as: 'steve' })).toMatchObject({
    state: 'asking',
    text: "You've got an idea, eh? Tell me more, starting w/ Customer name",
  })
  const answered = await bot.says('feature-request EpicGames wants to customize timeline fonts', { as: 'steve' })
  await bot.close()
  expect(answered.state).toBe('done')
  expect(answered.blocks).toEqual([
    { type: 'text', text: 'New feature Request added to Jira. Ticket #: 366.' },
    { type: 'link', title: 'View', url: `${sandbox.url}/browse/FEAT-366` },
  ])
  expect((await stored('FEAT-366')).fields).toEqual({
    project: { key: 'FEAT' },
    issuetype: { name: 'New Feature' },
    summary: 'EpicGames wants to customize timeline fonts',
    labels: ['feature-request'],
    description: {
      type: 'doc',
      version: 1,
      content: [
        {
          type: 'paragraph',
          content: [
            { type: 'text', text: 'EpicGames', marks: [{ type: 'strong' }] },
            { type: 'text', text: ' wants to customize timeline fonts' },
          ],
        },
        { type: 'paragraph', content: [{ type: 'text', text: 'Asked for by steve in the room room, with Foobot.' }] },
      ],
    },
  })
})

describe('an issue', () => {
  it('has the company’s own field, labels and type, and is read at the site', async () => {
    const more = {
      customerField: 'customfield_10042',
      labels: ['a', 'b'],
      issueType: 'Task',
      siteUrl: 'https://acme.test/',
    }
    const [, { url }] = await request(fonts, more)
    expect(url).toMatch(/^https:\/\/acme\.test\/browse\/FEAT-\d+$/)
    const page = await fetch(`${sandbox.url}/browse/${keyOf(url)}`)
    expect(await page.text()).toContain('EpicGames wants to customize timeline fonts')
    expect((await stored(keyOf(url))).fields).toMatchObject({
      customfield_10042: 'EpicGames',
      labels: ['a', 'b'],
      issuetype: { name: 'Task' },
    })
  })

  it.each([
    ['markup', '{code}*[x|http://evil.example]* <script>', 'h1. "x" \\ {"type":"doc"}'],
    ['what is too long for a summary', 'EpicGames', `wants ${'🎨'.repeat(200)}`],
  ])('takes %s as text', async (_, customer, wish) => {
    const [, { url }] = await request({ customer, wish })
    const { fields } = await stored(keyOf(url))
    expect(fields.description.content[0].content.map(({ text }: { text: string }) => text).join('')).toBe(
      `${customer} ${wish}`,
    )
    expect(fields.summary.length).toBeLessThanOrEqual(255)
    expect(fields.summary.isWellFormed()).toBe(true)
  })
})

describe('what is said where Jira does not do it', () => {
  it.each<[string, readonly Fault[], RegExp]>([
    [
      'a token that is not taken',
      [401],
      /does not take our credential: tell an administrator to renew it\..*authenticated/,
    ],
    ['a token that may not', [403], /does not let us do that: tell an administrator to look at our rights/],
    ['a project that is not there', [404], /^Jira knows no project FEAT that we may see: tell an administrator\.$/],
    ['too many requests', [429], /^Jira takes no more requests from us now: say it again in 90 s\.$/],
    ['a failure of its own', [500, 403], /^Jira fails \(500\)\. It may have happened or not: look there before/],
    ['no answer', ['hang', 403], /^Jira did not answer within 1 s\. It may have happened or not: look there before/],
    ['a line that breaks', ['cut', 403], /^I cannot reach Jira\. It may have happened or not: look there before/],
  ])('%s', async (_, faults, said) => {
    await orderFaults(sandbox, ...faults)
    expect(await sentenceOf(request(), [sandbox.credential])).toMatch(said)
    // Nothing was tried a second time: what waits for that is still there.
    if (faults.length > 1) expect((await stored('FEAT-366')).status).toBe(403)
    await orderFaults(sandbox)
  })

  it.each([
    [{ project: 'NONE' }, 'Jira refuses: project: valid project is required'],
    [{ issueType: 'Wish' }, 'Jira refuses: issuetype: Specify a valid issue type'],
    [{ customerField: 'customfield_1' }, "Jira refuses: customfield_1: Field 'customfield_1' cannot be set."],
  ])('%j', async (more, said) => {
    expect(await sentenceOf(request(fonts, more), [sandbox.credential])).toContain(said)
  })

  it('a configuration that cannot be', async () => {
    await expect(request(fonts, { project: 'feat' })).rejects.toThrow('write the key of a project')
    await expect(request(fonts, { labels: ['a b'] })).rejects.toThrow('a label has no spaces')
    await expect(request(fonts, { baseUrl: 'http://acme.atlassian.net' })).rejects.toThrow('https://')
  })
})
