import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { keyAddKind, keyRemoveKind } from '#core/bundle/key-change.ts'
import { viewsOf } from '#engine/views.ts'
import {
  type Bench,
  bundleOf,
  consentOf,
  keyChangeOf,
  keyOf,
  makeBench,
  type Runner,
  resource,
  until,
} from './engine.harness.ts'

const day = 86_400
const iat = Math.floor(Date.now() / 1000)
const webhooks = new Map([['pager', { runner: 'delivery', room: 'devs' }]])

let bench: Bench
let runner: Runner
let looks = 0
const open = async (days: number): Promise<void> => {
  bench = await makeBench({ ...bundleOf(1, { webhooks }), iat, exp: iat + days * day })
  runner = await bench.link()
  looks = 0
  runner.inspects = () => {
    looks += 1
    return { ...resource, owner: 'backend' }
  }
}
afterEach(() => bench.close())

const age = (seconds: number): void => {
  bench.now = (iat + seconds) * 1000
}
const lastText = () => bench.replies.at(-1)?.reply.text
const says = async (text: string, more?: Parameters<Bench['say']>[1]): Promise<string | undefined> => {
  await bench.say(text, more)
  return lastText()
}
const over =
  /^The company's rules \(bundle 1\) ended on \d+ \w{3,4} \d{4}: until administrators renew them \("foobot apply"\), I take only help, cancel, and deny\.$/
const stale =
  'The company\'s rules (bundle 1) are older than 90 days: until administrators renew them ("foobot apply"), I take no command from sensitive up.'

describe('a bundle that is fresh no more', () => {
  beforeEach(() => open(400))

  it('carries open and member commands, and none from sensitive up', async () => {
    age(90 * day - 1)
    await bench.say('Foobot upgrade AcmeOps')
    expect(bench.way.live.all().map(({ state }) => state)).toEqual(['pending'])
    age(90 * day)
    expect(await says('Foobot upgrade Other')).toBe(stale)
    expect(await says('Foobot rebuild svr-1827')).toBe(stale)
    expect(looks).toBe(1)
    await bench.say('Foobot ping')
    await bench.say('Foobot commit -am x')
    expect(runner.orders).toHaveLength(2)
  })

  it('says so to nobody who could not say the command anyway', async () => {
    age(91 * day)
    expect(await says('Foobot upgrade Other', { account: 'fiona' })).toContain('I do not know that command')
  })

  it('lets nobody give a yes in vain to what waits, and the one who could approve still denies it', async () => {
    age(90 * day - 60)
    await bench.say('Foobot rebuild svr-1827')
    const [waiting] = bench.way.live.all()
    age(90 * day)
    expect(bench.engine.doors.toSign('bianca', waiting?.stated?.code ?? '')).toMatchObject({
      say: expect.stringContaining('Nothing waits for your yes'),
    })
    expect(await says(`Foobot deny ${waiting?.word}`, { account: 'bianca' })).toContain('bianca has denied this')
  })

  it('ends a request that a yes reaches too late', async () => {
    age(90 * day - 60)
    await bench.say('Foobot upgrade AcmeOps')
    const [waiting] = bench.way.live.all()
    age(90 * day)
    const consent = await consentOf('jhand', waiting?.stated?.statement ?? new Uint8Array(), { iat: iat + 90 * day })
    await bench.engine.doors.present(consent)
    expect(lastText()).toBe(stale)
    expect(runner.orders).toEqual([])
    expect(bench.way.live.all().filter(({ state }) => state === 'pending')).toEqual([])
  })

  it('says so in help, which lists what is left', async () => {
    age(91 * day)
    const help = (await says('Foobot help')) ?? ''
    expect(help.startsWith(`${stale}\n\n`)).toBe(true)
    expect(help).toContain('commit')
    expect(help).not.toContain('rebuild')
  })
})

describe('a bundle that has ended', () => {
  beforeEach(() => open(60))

  it.each([
    ['an open command', 'Foobot ping'],
    ['a member command', 'Foobot commit -am x'],
    ['a sensitive one', 'Foobot upgrade AcmeOps'],
    ['one that lacks something', 'Foobot wish'],
    ['requests', 'Foobot requests'],
    ['whoami', 'Foobot whoami'],
    ['why', 'Foobot why'],
    ['approve', 'Foobot approve slick'],
    ['auth me', 'Foobot auth me push'],
    ['link', 'Foobot link'],
  ])('carries nothing: %s is answered by one sentence', async (_, line) => {
    age(60 * day)
    expect(await says(line)).toMatch(over)
    expect(looks).toBe(0)
    expect(runner.orders).toEqual([])
    expect(bench.way.live.all()).toEqual([])
  })

  it('tells strangers nothing more than before', async () => {
    age(60 * day)
    expect(await says('Foobot push', { account: 'nobody' })).toContain('I do not know that command')
    bench.replies.length = 0
    const conversation = { platform: 'other', tenant: 'T', room: 'elsewhere' }
    await bench.say('Foobot link ABCD-EFGH', { account: 'stranger', conversation })
    expect(bench.replies).toEqual([])
  })

  it('leaves help, and says why in it', async () => {
    age(60 * day)
    const help = (await says('Foobot help')) ?? ''
    expect(help.split('\n')[0]).toMatch(over)
    expect(help).toContain('deny')
    expect(help).not.toMatch(/commit|approve </)
    expect(await says('Foobot')).toContain('Hello, jhand')
    expect(JSON.stringify(bench.replies.at(-1)?.reply.blocks)).not.toMatch(/commit|ping/)
  })

  it('leaves cancelling and denying what waits', async () => {
    age(60 * day - 60)
    await bench.say('Foobot rebuild svr-1827')
    await bench.say('Foobot rebuild svr-1828')
    const [one, two] = bench.way.live.all()
    age(60 * day)
    expect(await says(`Foobot deny ${two?.word}`, { account: 'dora' })).toContain('dora has denied this')
    expect(await says(`Foobot cancel ${one?.stated?.code}`)).toContain('Cancelled')
    expect(bench.way.live.all().filter(({ state }) => state === 'pending')).toEqual([])
  })

  it('takes the removal of a key and no other thing that is signed', async () => {
    age(60 * day - 60)
    await bench.say('Foobot upgrade AcmeOps')
    const statement = bench.way.live.all()[0]?.stated?.statement ?? new Uint8Array()
    age(60 * day)
    const { present, toSign, enrol, phone } = bench.engine.doors
    expect(await present(await consentOf('jhand', statement, { iat: iat + 60 * day }))).toEqual({
      accepted: false,
      say: expect.stringMatching(over),
    })
    const [own, second] = [keyOf('jhand'), keyOf('jhand, second')]
    const change = (kind: typeof keyAddKind) => keyChangeOf(kind, 'jhand', second.key, [second, own], bench.now)
    expect(await present(await change(keyAddKind))).toEqual({ accepted: false, say: expect.stringMatching(over) })
    const removal = await keyChangeOf(keyRemoveKind, 'jhand', own.key, [own], bench.now)
    expect(await present(removal)).toMatchObject({ accepted: true })
    expect(runner.keyChanges).toEqual([removal])
    expect(toSign('jhand', 'slick')).toEqual({ say: expect.stringMatching(over) })
    expect(await phone({ ask: 'open', wake: 'a'.repeat(32) })).toEqual({
      type: 'over',
      say: expect.stringMatching(over),
    })
    expect(await enrol({ person: 'jhand', key: own.key }, { method: 'totp', step: 'begin' } as never)).toMatchObject({
      accepted: false,
    })
  })

  it('lets people in by the keys that it lists, and puts out who came by another', async () => {
    const views = viewsOf(bench.way)
    const [own, second] = [keyOf('jhand'), keyOf('jhand, second')]
    age(59 * day)
    await bench.engine.doors.present(await keyChangeOf(keyAddKind, 'jhand', second.key, [second, own], bench.now))
    expect(views.keysOf('jhand')).toEqual([own.key, second.key])
    await new Promise((resolve) => setImmediate(resolve))
    let checked = 0
    Object.assign(bench.way.platforms.get('native') ?? {}, { recheck: () => void checked++ })
    await bench.engine.tick()
    expect(checked).toBe(0)
    age(60 * day)
    await bench.engine.tick()
    await bench.engine.tick()
    expect(checked).toBe(1)
    expect(views.keysOf('jhand')).toEqual([own.key])
  })

  it('lets no webhook be heard, and none that was heard say anything', async () => {
    const posted = { path: 'pager', source: '192.0.2.1', headers: {}, body: new Uint8Array() }
    age(60 * day - 1)
    expect(await bench.engine.doors.hear(posted)).toBe('taken')
    age(60 * day)
    let asked = 0
    runner.hears = () => {
      asked += 1
      return 'taken'
    }
    expect(await bench.engine.doors.hear(posted)).toBe('away')
    expect(asked).toBe(0)
    const before = bench.replies.length
    bench.engine.runnerEars.heard(runner.connection, {
      type: 'told',
      path: 'pager',
      blocks: [{ type: 'text', text: 'x' }],
    })
    for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve))
    expect(bench.replies).toHaveLength(before)
  })

  it('gives way to a new one at once, and what waits goes on', async () => {
    age(60 * day - 60)
    await bench.say('Foobot upgrade AcmeOps')
    age(60 * day)
    expect(viewsOf(bench.way).ready().parts).toContainEqual({
      part: 'bundle',
      ok: false,
      why: expect.stringContaining('nothing runs any more. Administrators, renew it: foobot apply.'),
    })
    await bench.engine.activate({ ...bundleOf(2, { webhooks }), iat: iat + 60 * day })
    await until(() => bench.way.live.all().some(({ stated }) => stated?.bundle === 2), 'the request stated anew')
    await bench.say('Foobot ping')
    expect(runner.orders).toHaveLength(1)
  })
})
