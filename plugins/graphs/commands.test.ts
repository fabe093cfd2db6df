import { testBot } from 'foobot/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { handlersOf } from '../../test/plugin.fixture.ts'
import { type Sandbox, startSandbox } from '../../test/sandbox.fixture.ts'
import graphs from './commands.ts'

let sandbox: Sandbox
beforeAll(async () => {
  sandbox = await startSandbox('graphite')
})
afterAll(() => sandbox.stop())

const config = (more = {}) => ({
  backend: 'graphite',
  baseUrl: sandbox.url,
  user: 'foobot',
  credential: { file: sandbox.credentialFile },
  targets: { 'collectd.load(<host>)': 'collectd.<host>.load' },
  zone: 'America/Denver',
  dateOrder: 'month-first',
  ...more,
})
const system = async (more = {}) => graphs.connect(graphs.config.parse(config(more)) as never)

/** What `graph-me` answers, as its handler gives it. */
const drawn = async (target: string, window?: string, more = {}) => {
  const connected = await system(more)
  const [command] = graphs.commands
  const answer = await command?.run({
    args: { target, window },
    system: connected,
    resource: { type: 'System', id: 'graphs', facts: {} },
    person: () => undefined,
    code: '7F3A-92C1',
    say: () => undefined,
    progress: () => undefined,
    program: () => Promise.reject(new Error('no program')),
    signal: new AbortController().signal,
  })
  const [picture, ...notes] = answer as readonly {
    readonly type: string
    readonly alt?: string
    readonly text?: string
  }[]
  return { picture, alt: picture?.alt ?? '', notes: notes.map(({ text }) => text) }
}

describe('graph-me', () => {
  it('draws what the slide asks for, and says in words what is to be seen', async () => {
    const { picture, alt, notes } = await drawn('collectd.load(prod1)', '1h')
    expect(picture).toMatchObject({ type: 'picture', mediaType: 'image/png' })
    expect(alt).toMatch(
      /^collectd\.load\(prod1\) over the last hour: last \d(\.\d+)?, min \d(\.\d+)? at \d\d:\d\d, max \d(\.\d+)? at \d\d:\d\d$/,
    )
    expect(notes).toEqual([])
  })

  it('draws several targets, and hands functions on', async () => {
    const { alt } = await drawn('collectd.load(prod1), scale(collectd.load(prod2),10)', '15m')
    expect(alt).toContain('over the last 15 minutes: collectd.load(prod1) last')
    expect(alt).toContain('; scale(collectd.load(prod2),10) last')
    expect((await drawn('sumSeries(collectd.*.load)')).alt).toContain('over the last hour: last')
    expect((await drawn('collectd.{prod1,prod2}.load', '2d')).alt).toMatch(/max [\d.]+ at \d\d\/\d\d\/\d\d \d\d:\d\d; /)
  })

  it('draws the highest where there are too many, and says so', async () => {
    const { alt, notes } = await drawn('collectd.*.*.*, collectd.*.load')
    expect(alt).toContain('and 5 more')
    expect(notes).toEqual(['These are the 10 highest of 15 lines: a narrower target shows others.'])
  })

  it('draws what it finds, and names what it does not', async () => {
    const { alt, notes } = await drawn('collectd.load(prod1) collectd.load(prod9)')
    expect(alt).toContain('prod1')
    expect(notes).toEqual([
      'Graphite knows nothing by the name "collectd.load(prod9)" (collectd.prod9.load) in the last hour: look at its spelling.',
    ])
  })

  it.each([
    [
      'collectd.prod9.load',
      undefined,
      'Graphite knows nothing by the name "collectd.prod9.load" in the last hour: look at its spelling.',
    ],
    [
      'nope(collectd.prod1.load)',
      undefined,
      'Graphite refuses: Invalid parameters (Received request for unknown function: nope)',
    ],
    ['sumSeries(collectd.prod1.load', undefined, 'is not whole: a ) is missing'],
    [',', undefined, 'Say what to draw'],
    ['a b c d e f g h i j k', undefined, 'more than 10 targets'],
    ['collectd.prod1.load', '30s', 'a window is a minute at least'],
    ['collectd.prod1.load', '90w', 'a window is 400 days at most'],
  ])('answers %s -%s clearly', async (target, window, say) => {
    await expect(drawn(target, window)).rejects.toThrow(say)
  })

  it('is for who may, through everything that checks', async () => {
    const bot = await testBot({
      plugin: import.meta.dirname,
      config: config(),
      people: { mansel: ['Ops'], fiona: ['Finance'] },
      policy: 'permit (principal in Group::"Ops", action == Action::"graph-me", resource);',
    })
    expect((await bot.says('graph-me collectd.load(prod1)', { as: 'fiona' })).state).toBe('refused')
    const answer = await bot.says('graph-me -1h collectd.load(prod1)', { as: 'mansel' })
    await bot.close()
    expect(answer).toMatchObject({ state: 'done', command: 'graph-me -1h collectd.load(prod1)' })
    expect(answer.blocks.map(({ type }) => type)).toEqual(['picture'])
  })
})

describe('Graphite that fails', () => {
  const order = (faults: readonly (number | string)[]) =>
    fetch(`${sandbox.url}/-/faults`, { method: 'PUT', body: JSON.stringify(faults) })

  it.each([
    [[401], 'Graphite does not take our credential: tell an administrator to renew it.'],
    [[403], 'Graphite does not let us do that: tell an administrator to look at our rights.'],
    [[404], 'Graphite has nothing at this address: tell an administrator to look at it.'],
    [[429, 429, 429], 'Graphite takes no more requests from us now: say it again in a minute.'],
    [[500, 500, 500], 'Graphite fails (500). Say it again later.'],
    [['hang'], 'Graphite did not answer within 1 s. Say it again later.'],
    [['cut', 'cut', 'cut'], 'I cannot reach Graphite. Say it again later.'],
  ])('%j', async (faults, say) => {
    await order(faults)
    await expect(drawn('collectd.prod1.load', '1h', { timeLimit: 1 })).rejects.toThrow(say)
    await order([])
  })

  it('for a moment is asked again', async () => {
    await order([503])
    expect((await drawn('collectd.prod1.load')).alt).toContain('last')
  })

  it('never shows its credential', async () => {
    const { credential } = sandbox
    await expect(drawn('x', '1h', { credential: { env: 'PATH' } })).rejects.toThrow(/^(?!.*Basic).*credential/)
    await expect(drawn(`nope("${credential.slice(0, 3)}")`)).rejects.not.toThrow(credential)
  })
})

it('takes no configuration that it could not work with', async () => {
  await expect(system({ baseUrl: 'http://graphite.example' })).rejects.toThrow('https://')
  await expect(system({ zone: 'Denver' })).rejects.toThrow('is no time zone')
  await expect(system({ window: 'always' })).rejects.toThrow()
  await expect(handlersOf(graphs, config({ targets: { 'a(<b>)': '<c>' } }))).rejects.toThrow('has no <c>')
})
