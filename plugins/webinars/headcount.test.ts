import { join } from 'node:path'
import { testBot } from 'foobot/testing'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { handlersOf } from '../../test/plugin.fixture.ts'
import { type Sandbox, startSandbox } from '../../test/sandbox.fixture.ts'
import webinars from './commands.ts'

let sandbox: Sandbox
beforeAll(async () => {
  sandbox = await startSandbox('brighttalk')
})
afterAll(() => sandbox?.stop())
afterEach(() => fails([]))

const fails = (faults: readonly unknown[]) =>
  fetch(`${sandbox.url}/-/faults`, { method: 'PUT', body: JSON.stringify(faults) })

const config = (more = {}) => ({
  baseUrl: sandbox.url,
  apiKey: { file: join(sandbox.data, 'credential.key') },
  apiSecret: { file: join(sandbox.data, 'credential.secret') },
  channel: 11_223,
  zone: 'America/Denver',
  dateOrder: 'month-first',
  ...more,
})
const resource = { type: 'System', id: 'webinars', facts: {} }
const headcount = async (which: string, more = {}) =>
  (await handlersOf(webinars, config(more))).run('BrightTalk-reg headcount', { which }, { resource })

/** The day so many days from today, in UTC, as the company writes it. */
const inDays = (days: number): string => {
  const [year = '', month, day] = new Date(Date.now() + days * 24 * 3600_000).toISOString().slice(0, 10).split('-')
  return `${month}/${day}/${year.slice(2)}`
}

describe('BrightTalk-reg headcount', () => {
  it('counts who has registered for the next webinar: the next that is public and not cancelled', async () => {
    const { answer } = await headcount('next')
    expect(answer).toEqual([
      {
        type: 'text',
        text: `There are 135 registered guests for the "next" webinar - Scheduled ${inDays(28)}`,
      },
      {
        type: 'link',
        title: 'ChatOps & security: who do you trust?',
        url: expect.stringMatching(/^https:\/\/www\.brighttalk\.com\/webcast\/11223\/\d+$/),
      },
    ])
  })

  it('and who had for the last', async () => {
    expect((await headcount('last')).answer).toContainEqual({
      type: 'text',
      text: `There were 212 registered guests for the "last" webinar - Held ${inDays(-14)}`,
    })
  })

  it('is for who may, through everything that checks', async () => {
    const bot = await testBot({
      plugin: import.meta.dirname,
      config: config(),
      people: { jhand: ['Marketing'], fiona: ['Finance'] },
      policy: 'permit (principal in Group::"Marketing", action == Action::"BrightTalk-reg headcount", resource);',
    })
    expect((await bot.says('BrightTalk-reg headcount -next', { as: 'fiona' })).state).toBe('refused')
    const { state, text } = await bot.says('brighttalk-reg headcount -next', { as: 'jhand' })
    expect([state, text]).toEqual(['done', expect.stringContaining('There are 135 registered guests')])
    await bot.close()
  })
})

describe('BrightTALK', () => {
  it.each([
    [[401], 'BrightTALK does not take our credential: tell an administrator to renew it.'],
    [
      [403],
      'BrightTALK does not let us do that: tell an administrator to look at our rights. It says: The API user may not',
    ],
    [[404], 'BrightTALK does not know our channel: tell an administrator to look at "channel".'],
    [[429, 429, 429], 'BrightTALK takes no more requests from us now: say it again in a minute.'],
    [[500, 500, 500], 'BrightTALK fails (500). Say it again later.'],
    [['cut', 'cut', 'cut'], 'I cannot reach BrightTALK. Say it again later.'],
    [['hang'], 'BrightTALK did not answer within 1 s. Say it again later.'],
  ])('that answers %j is told with what to do', async (faults, say) => {
    await fails(faults)
    await expect(headcount('next', faults[0] === 'hang' ? { timeLimit: 1 } : {})).rejects.toThrow(say)
  })

  it('that takes another secret is not told what ours is', async () => {
    await expect(headcount('next', { apiSecret: { env: 'PATH' } })).rejects.toThrow(
      /^BrightTALK does not take our cred/,
    )
  })

  it('is read to the end, page by page', async () => {
    sandbox = await sandbox.again('--registrations', '10000')
    const { answer, progress } = await headcount('next')
    expect(answer).toContainEqual(
      expect.objectContaining({ text: expect.stringContaining('There are 10,135 registered') }),
    )
    expect(progress.length).toBe(102)
  })
})
