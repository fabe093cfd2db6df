import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Fault, orderFaults, sentenceOf } from '../../test/faults.fixture.ts'
import { handlersOf } from '../../test/plugin.fixture.ts'
import { type Sandbox, startSandbox } from '../../test/sandbox.fixture.ts'
import billing from './commands.ts'

/** What the room hears where Recurly or Stripe does not do what it is asked. */

const backends = [
  { backend: 'recurly', sandbox: 'billing', name: 'Recurly' },
  { backend: 'stripe', sandbox: 'stripe', name: 'Stripe' },
] as const

/** What takes its time, and is not the backend's own doing. */
const slow: readonly [string, readonly Fault[], RegExp][] = [
  ['too many requests', [429], /takes no more requests from us now: say it again in 9\d s\.$/],
  ['a failure of its own', [500, 500, 500], /fails \(500\)\. Say it again later\./],
  ['no answer', ['hang'], /did not answer within 1 s\. Say it again later\.$/],
]

describe.each(backends)('$name', ({ backend, sandbox: folder, name }) => {
  let sandbox: Sandbox
  beforeAll(async () => {
    sandbox = await startSandbox(folder)
  })
  afterAll(() => sandbox?.stop())

  const connected = () =>
    handlersOf(billing, {
      backend,
      baseUrl: sandbox.url,
      apiKey: { file: sandbox.credentialFile },
      zone: 'America/Denver',
      dateOrder: 'month-first',
      userAddOn: 'user',
      timeLimit: 1,
    })
  const system = { type: 'System', id: 'billing', facts: {} }

  it.each<[string, readonly Fault[], RegExp]>([
    ['a key that is not taken', [401], /does not take our credential: tell an administrator to renew it/],
    ['a key that may not', [403], /does not let us do that: tell an administrator to look at our rights/],
    ['a place that is not there', [404], /There is no customer AcmeOps\.|Stripe has nothing at this address/],
    ['a line that breaks', ['cut', 'cut', 'cut'], /^I cannot reach \w+\. Say it again later\.$/],
    ...(backend === 'recurly' ? slow : []),
  ])('reading, %s', async (_, faults, said) => {
    const { run } = await connected()
    await orderFaults(sandbox, ...faults)
    const asked = run('Paid-Users', { customer: 'AcmeOps' }, { resource: system })
    expect(await sentenceOf(asked, [sandbox.credential])).toMatch(said)
    await orderFaults(sandbox)
  })

  it('is asked again where that helps', async () => {
    const { run } = await connected()
    await orderFaults(sandbox, 503)
    const { answer } = await run('Paid-Users', { customer: 'AcmeOps' }, { resource: system })
    expect(answer).toBe(`According ${name}, AcmeOps has 43 paid users`)
  })
})

describe('a change that may have happened', () => {
  let sandbox: Sandbox
  beforeAll(async () => {
    sandbox = await startSandbox('billing')
  })
  afterAll(() => sandbox?.stop())

  it.each<[Fault, string]>([
    [500, 'Recurly fails (500).'],
    ['cut', 'I cannot reach Recurly.'],
    ['hang', 'Recurly did not answer within 1 s.'],
  ])('%s is not made again by itself', async (fault, said) => {
    const { inspect, run } = await handlersOf(billing, {
      baseUrl: sandbox.url,
      apiKey: { file: sandbox.credentialFile },
      zone: 'America/Denver',
      dateOrder: 'month-first',
      timeLimit: 1,
    })
    const toPro = { customer: 'AcmeOps', plan: 'Pro' }
    const resource = await inspect('upgrade', toPro)
    // The second waits for a second request: it is still there when somebody looks.
    await orderFaults(sandbox, fault, 403)
    const sentence = await sentenceOf(run('upgrade', toPro, { resource }), [sandbox.credential])
    expect(sentence).toContain(`${said} It may have happened or not: look there before you say it again.`)
    await expect(inspect('upgrade', toPro)).rejects.toThrow('does not let us')
    expect((await inspect('upgrade', toPro)).facts).toMatchObject({ plan: 'Free' })
  })
})
