import { afterEach, describe, expect, it } from 'vitest'
import type { Heard } from '#engine/doors.ts'
import { makeHttp } from '#http/server.ts'
import type { FromRunner, WebhookVerdict } from '#wire/runner.ts'
import { type Bench, bundleOf, makeBench } from './engine.harness.ts'

let bench: Bench
const open = (more: Parameters<typeof bundleOf>[1] = {}): Promise<Bench> => makeBench(bundleOf(1, more))
afterEach(() => bench.close())

const hooks = new Map([['on-call', { runner: 'delivery', room: 'devs' }]])
const posted = { path: 'on-call', source: '192.0.2.1', headers: { 'x-sig': 'a' }, body: Buffer.from('{}') }

describe('the third door', () => {
  it.each<[WebhookVerdict, Heard]>([
    ['taken', 'taken'],
    ['repeated', 'repeated'],
    ['refused', 'refused'],
    ['unknown', 'unknown'],
    ['busy', 'busy'],
  ])('answers what its runner says: %s', async (verdict, heard) => {
    bench = await open({ webhooks: hooks })
    const runner = await bench.link()
    runner.hears = () => verdict
    expect(await bench.engine.doors.hear(posted)).toBe(heard)
    expect(bench.replies).toEqual([])
  })

  it('knows the paths of the bundle alone', async () => {
    bench = await open({ webhooks: hooks })
    const runner = await bench.link()
    runner.hears = () => {
      throw new Error('it was asked')
    }
    expect(await bench.engine.doors.hear({ ...posted, path: 'other' })).toBe('unknown')
  })

  it('says that a runner is away, before it was there and when it leaves', async () => {
    bench = await open({ webhooks: hooks })
    expect(await bench.engine.doors.hear(posted)).toBe('away')
    const runner = await bench.link()
    runner.connection.webhook = () => runner.leave()
    expect(await bench.engine.doors.hear(posted)).toBe('away')
  })

  it('asks no runner about more than it can take', async () => {
    bench = await open({ webhooks: hooks })
    await bench.link()
    const heard: Heard[] = []
    for (let n = 0; n < 400; n++) heard.push(await bench.engine.doors.hear(posted))
    expect(heard.slice(0, 300)).toEqual(Array(300).fill('taken'))
    expect(heard.at(-1)).toBe('busy')
    bench.now += 1000
    expect(await bench.engine.doors.hear(posted)).toBe('taken')
  })
})

describe('what a runner makes of an event', () => {
  const told = (path: string): Extract<FromRunner, { type: 'told' }> => ({
    type: 'told',
    path,
    blocks: [{ type: 'text', text: 'Foobot push' }],
  })

  it('is said in the room of its path, as the runner’s, and starts nothing', async () => {
    bench = await open({ webhooks: hooks })
    const runner = await bench.link()
    bench.engine.runnerEars.heard(runner.connection, told('on-call'))
    await expect.poll(() => bench.replies.length).toBe(1)
    expect(bench.replies[0]?.reply).toEqual({ text: '', blocks: told('on-call').blocks, from: 'delivery' })
    expect(bench.replies[0]?.about).toEqual({})
    expect(runner.orders).toEqual([])
  })

  it('is not said for a path that is another runner’s, or nobody’s', async () => {
    bench = await open({ webhooks: new Map([['on-call', { runner: 'another', room: 'devs' }]]) })
    const runner = await bench.link()
    for (const path of ['on-call', 'nothing']) bench.engine.runnerEars.heard(runner.connection, told(path))
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(bench.replies).toEqual([])
  })

  it('answers for nobody else', async () => {
    bench = await open({ webhooks: hooks })
    const runner = await bench.link()
    let call = ''
    runner.connection.webhook = (asked) => {
      call = asked.call
    }
    const heard = bench.engine.doors.hear(posted)
    const { heard: tell } = bench.engine.runnerEars
    tell({ ...runner.connection, runner: 'another' }, { type: 'heard', call, verdict: 'taken' })
    tell(runner.connection, { type: 'heard', call, verdict: 'refused' })
    expect(await heard).toBe('refused')
  })
})

describe('POST /hooks/', () => {
  it.each<[Heard, number]>([
    ['taken', 200],
    ['repeated', 200],
    ['refused', 401],
    ['unknown', 404],
    ['away', 503],
    ['busy', 429],
  ])('of a delivery that is %s: %i', async (heard, status) => {
    bench = await open()
    const asked: unknown[] = []
    const http = await makeHttp({
      host: '127.0.0.1',
      port: 0,
      clock: Date.now,
      newNonce: () => '0'.repeat(32),
      deployment: 'acme',
      companyName: () => 'ACME',
      personKeys: () => [],
      ready: () => true,
      present: async () => ({ accepted: false, say: '' }),
      hear: async (what) => {
        asked.push(what)
        return heard
      },
      deskOrigins: () => [],
      native: () => undefined,
      log: { info: () => undefined },
    })
    const bytes = Uint8Array.of(0xff, 0x00, 0x0a)
    const answer = await fetch(`${http.url}/hooks/on-call`, { method: 'POST', body: bytes, headers: { 'X-Sig': 'a' } })
    expect(answer.status).toBe(status)
    expect(asked).toMatchObject([{ path: 'on-call', headers: { 'x-sig': 'a' }, body: bytes }])
    expect((await fetch(`${http.url}/hooks/on-call`)).status).toBe(404)
    expect((await fetch(`${http.url}/hooks/on/call`, { method: 'POST' })).status).toBe(404)
    await http.close()
  })
})
