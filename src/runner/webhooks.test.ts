import { describe, expect, it } from 'vitest'
import type { Verified } from '#core/command/verifier.ts'
import type { WebhookCall } from '#core/command/webhook.ts'
import type { FromRunner } from '#wire/runner.ts'
import { redactorOf } from './redact.ts'
import { Webhooks } from './webhooks.ts'

const genuine: Verified = { genuine: true, signed: Buffer.from('signed') }

/** A runner's webhooks, with one at `pager`: what it answers the server, and what it logs. */
const pager = (
  on: (call: WebhookCall) => string | undefined | Promise<string | undefined>,
  more: {
    verify?: () => Verified
    hear?: () => Promise<void> | undefined
    behind?: number
    clockWrong?: string
    runs?: false
  } = {},
) => {
  const said: FromRunner[] = []
  const warned: string[] = []
  const declared = { path: 'pager', summary: 'It tells', verify: () => undefined, on }
  const webhooks = new Webhooks({
    clock: () => 1_800_000_000_000,
    clockWrong: () => more.clockWrong,
    log: { info: () => undefined, warn: (_, text) => void warned.push(text), error: () => undefined },
    claims: { behind: () => more.behind, hear: more.hear ?? (() => Promise.resolve()) },
    runs: () => more.runs ?? true,
    webhooks: new Map([['pager', { declared, verify: more.verify ?? (() => genuine), system: {} }]]),
    redactor: redactorOf(['a-secret-of-the-runner']),
    send: (message) => void said.push(message),
    problem: (error) => String(error),
  })
  const hear = async (path = 'pager') => {
    await webhooks.hear({ call: '1'.repeat(32), path, headers: {}, body: Buffer.from('{}').toString('base64') })
    await webhooks.stop()
    return said
  }
  return { hear, said, warned, webhooks }
}

const answered = (verdict: string) => ({ type: 'heard', call: '1'.repeat(32), verdict })
const told = (text: string) => ({ type: 'told', path: 'pager', blocks: [{ type: 'text', text }] })

describe('a webhook', () => {
  it('is answered first, and told then, without secrets of the runner', async () => {
    const { hear } = pager(() => 'It is a-secret-of-the-runner')
    expect(await hear()).toEqual([answered('taken'), told('It is [secret]')])
  })

  it('that waits takes up room, in number and in bytes: what finds none may come again', async () => {
    for (const [size, fits] of [
      [100, 100],
      [256 * 1024, 32],
    ] as const) {
      const { said, webhooks } = pager(() => new Promise(() => undefined))
      const body = Buffer.alloc(size).toString('base64')
      for (let n = 0; n < 120; n++) await webhooks.hear({ call: '1'.repeat(32), path: 'pager', headers: {}, body })
      expect(said.filter((one) => one.type === 'heard' && one.verdict === 'taken')).toHaveLength(fits)
      expect(said.filter((one) => one.type === 'heard' && one.verdict === 'busy')).toHaveLength(120 - fits)
    }
  })

  it('that is larger than a server passes on is not looked at', async () => {
    const { said, webhooks } = pager(() => undefined, { verify: () => expect.fail('it was looked at') })
    const body = Buffer.alloc(256 * 1024 + 1).toString('base64')
    await webhooks.hear({ call: '1'.repeat(32), path: 'pager', headers: {}, body })
    expect(said).toEqual([answered('refused')])
  })

  it('that is forged without end is told once an hour', async () => {
    const { hear, warned } = pager(() => undefined, { verify: () => ({ genuine: false, why: 'no' }) })
    for (let n = 0; n < 1000; n++) await hear()
    expect(warned).toHaveLength(1)
  })

  it('says nothing where there is nothing to say', async () => {
    expect(await pager(() => undefined).hear()).toEqual([answered('taken')])
  })

  it('that cannot be told says that something came', async () => {
    const { hear } = pager(() => {
      throw new Error('no such form')
    })
    expect((await hear())[1]).toEqual(told('pager has told me something that I cannot pass on: Error: no such form'))
  })

  it.each<[string, Parameters<typeof pager>[1], string]>([
    ['whose verifier refuses is refused', { verify: () => ({ genuine: false, why: 'no' }) }, 'refused'],
    ['whose verifier breaks is refused', { verify: () => expect.fail('broken') }, 'refused'],
    ['that was heard before is not told again', { hear: () => undefined }, 'repeated'],
    ['that comes when the bundle has ended may come again', { runs: false }, 'busy'],
    ['that could not be written down may come again', { hear: () => Promise.reject(new Error('disk full')) }, 'busy'],
    ['may come again while the clock stands behind', { behind: 40 }, 'busy'],
  ])('%s', async (_, more, verdict) => {
    const { hear } = pager(() => expect.fail('it was called'), more)
    expect(await hear()).toEqual([answered(verdict)])
  })

  it('of another path is unknown', async () => {
    expect(await pager(() => 'x').hear('other')).toEqual([answered('unknown')])
  })

  it('that the company lists for nobody here is named', () => {
    const { webhooks, warned } = pager(() => 'x')
    webhooks.compare(new Map([['pager', { runner: 'operations', room: 'ops' }]]), 'operations')
    expect(warned).toEqual([])
    webhooks.compare(new Map([['pager', { runner: 'business', room: 'ops' }]]), 'operations')
    webhooks.compare(new Map(), 'operations')
    expect(warned).toEqual(Array(2).fill('company.yaml lists no webhook pager of operations: nothing is heard there'))
  })
})
