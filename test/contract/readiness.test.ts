import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { keyAddKind, keyRemoveKind } from '#core/bundle/key-change.ts'
import { logOrigin } from '#core/log/checkpoint.ts'
import { makeNote } from '#core/log/make-note.ts'
import { viewsOf } from '#engine/views.ts'
import { runnerFrame } from '#wire/runner.ts'
import { type Bench, bundleOf, company, keyChangeOf, keyOf, logKey, makeBench, until } from './engine.harness.ts'

const day = 86_400
let bench: Bench
const logged: string[] = []
const open = async (bundle = bundleOf(1)): Promise<void> => {
  bench = await makeBench(bundle)
  Object.assign(bench.way, { log: { ...bench.way.log, warn: (_: object, text: string) => logged.push(text) } })
}
beforeEach(() => {
  logged.length = 0
})
afterEach(() => bench.close())

const part = (name: string) =>
  viewsOf(bench.way)
    .ready()
    .parts.find((one) => one.part === name)
const seconds = (): number => Math.floor(bench.now / 1000)

describe('readiness', () => {
  it('needs every runner of the bundle, under the bundle in force', async () => {
    await open()
    expect(viewsOf(bench.way).ready().ok).toBe(false)
    expect(part('runner delivery')).toEqual({ part: 'runner delivery', ok: false, why: 'it is away' })
    await bench.link({ bundle: { version: 1, digest: 'e'.repeat(64) } })
    expect(part('runner delivery')).toMatchObject({ ok: false, why: 'it does not hold the bundle in force' })
    await bench.link()
    expect(viewsOf(bench.way).ready().ok).toBe(true)
  })

  it('names a runner that counts other keys than the server, and goes on', async () => {
    await open()
    const told = () => part('runner delivery')
    const own = keyOf('jhand')
    const changed = async (kind: typeof keyAddKind, key = own) => {
      const envelope = await keyChangeOf(kind, 'jhand', key.key, kind === keyAddKind ? [key, own] : [own], bench.now)
      expect(await bench.engine.doors.present(envelope)).toMatchObject({ accepted: true })
    }
    await changed(keyAddKind, keyOf('jhand, second'))
    const digests = [...bench.way.keyChanges.digests]
    await bench.link({ keyChanges: digests })
    expect(told()).toEqual({ part: 'runner delivery', ok: true })
    await bench.link({ keyChanges: [] })
    expect(told()).toMatchObject({
      ok: true,
      why: expect.stringMatching(/^it does not count jhand’s ssh-ed25519 [0-9a-f]{8}, which this server does: /),
    })
    await changed(keyRemoveKind)
    await bench.link({ keyChanges: [...digests, 'e'.repeat(64)] })
    expect(told()).toMatchObject({
      ok: true,
      why: expect.stringMatching(
        /^it still counts jhand’s .*, jhand’s .*, which this server does not: .*; it keeps 1 key change that nobody handed/,
      ),
    })
    await bench.link({ keyChanges: [...bench.way.keyChanges.digests] })
    expect(told()).toEqual({ part: 'runner delivery', ok: true })
  })

  it('does not name one that lacks what counts for nothing', async () => {
    await open()
    const planted = keyOf('jhand, planted')
    for (const [kind, by] of [
      [keyAddKind, [planted, keyOf('jhand')]],
      [keyRemoveKind, [planted]],
    ] as const)
      await bench.engine.doors.present(await keyChangeOf(kind, 'jhand', planted.key, by, bench.now))
    await bench.link({ keyChanges: [] })
    expect(part('runner delivery')).toEqual({ part: 'runner delivery', ok: true })
  })

  it('says whose clock is off, once in the log, until it is right again', async () => {
    await open()
    bench.engine.runnerEars.skewed('delivery', -45)
    bench.engine.runnerEars.skewed('delivery', -46)
    const why = 'its clock is 46 s behind mine: set the one that is wrong'
    expect(part('runner delivery')).toEqual({ part: 'runner delivery', ok: false, why })
    expect(logged).toEqual(['the clock of runner delivery is 45 s behind mine: set the one that is wrong'])
    await bench.link({ at: seconds() + 30 })
    expect(part('runner delivery')).toEqual({ part: 'runner delivery', ok: true })
    await bench.link({ at: seconds() + 31 })
    expect(part('runner delivery')).toMatchObject({ ok: false, why: expect.stringContaining('31 s ahead of mine') })
  })

  it('sees a clock that goes wrong after the runner has signed in', async () => {
    await open()
    const runner = await bench.link()
    await bench.say('Foobot ping')
    const [order] = runner.orders
    if (!order) throw new Error('no order came')
    const { now } = bench
    bench.now = now + 40_000
    runner.claim(order)
    expect(part('runner delivery')?.ok).toBe(true)
    Object.assign(bench.way, { clock: () => now })
    bench.engine.runnerEars.heard(runner.connection, {
      type: 'claimed',
      request: 'a'.repeat(32),
      at: Math.floor(now / 1000) - 40,
    })
    expect(part('runner delivery')).toMatchObject({ ok: false, why: expect.stringContaining('40 s behind mine') })
  })

  it('shows what a runner says of itself, as the runner’s own words in one line, until it says otherwise or is here anew', async () => {
    await open()
    const { connection } = await bench.link()
    const says = (...troubles: string[]) => bench.engine.runnerEars.heard(connection, { type: 'state', troubles })
    says('the disk is full', 'a plugin\nis not loaded')
    await until(() => part('runner delivery')?.ok === false, 'the trouble')
    expect(part('runner delivery')?.why).toBe('it says: the disk is full; a plugin is not loaded')
    // It decides nothing by it.
    await bench.say('Foobot ping')
    expect(bench.way.runners.get('delivery')).toBeDefined()
    says()
    await until(() => part('runner delivery')?.ok === true, 'no trouble')
    says('the disk is full')
    await until(() => part('runner delivery')?.ok === false, 'the trouble')
    await bench.link()
    expect(part('runner delivery')).toEqual({ part: 'runner delivery', ok: true })
  })

  it('takes no more of it than fits', () => {
    const state = (troubles: readonly string[]) => runnerFrame.safeParse([{ type: 'state', troubles }]).success
    expect(state(Array.from({ length: 8 }, () => 'x'.repeat(300)))).toBe(true)
    expect(state(Array.from({ length: 9 }, () => 'x'))).toBe(false)
    expect(state(['x'.repeat(301)])).toBe(false)
  })

  it('proves by writing that the log can be written', async () => {
    await open()
    await bench.link()
    const { records } = bench.storage
    vi.spyOn(records, 'prove').mockRejectedValueOnce(new Error('database or disk is full'))
    await bench.way.group.prove()
    expect(part('log')).toEqual({ part: 'log', ok: false, why: 'database or disk is full' })
    expect(viewsOf(bench.way).ready().ok).toBe(false)
    const { size } = bench.storage.log
    await bench.way.group.prove()
    expect(part('log')).toEqual({ part: 'log', ok: true })
    expect(bench.storage.log.size).toBe(size)
  })

  it('ends with the bundle, and says so from 14 days before', async () => {
    const iat = Math.floor(Date.now() / 1000)
    await open({ ...bundleOf(1), iat, exp: iat + 20 * day })
    expect(part('bundle')).toEqual({ part: 'bundle', ok: true })
    bench.now += 15 * day * 1000
    expect(part('bundle')).toMatchObject({ ok: true, why: expect.stringContaining('Bundle 1 ends on') })
    bench.now += 5 * day * 1000
    expect(part('bundle')).toMatchObject({ ok: false, why: expect.stringContaining('Bundle 1 ended on') })
  })

  it('says from 14 days before that the bundle is fresh no more, and goes on without it', async () => {
    await open(bundleOf(1))
    bench.now += 80 * day * 1000
    expect(part('bundle')).toMatchObject({ ok: true, why: expect.stringContaining('Bundle 1 is fresh until') })
    bench.now += 11 * day * 1000
    expect(part('bundle')).toMatchObject({ ok: true, why: expect.stringContaining('Bundle 1 was fresh until') })
  })
})

describe('the ends of the bundle', () => {
  const rooms = new Map([
    ['security', { name: 'security', groups: [], places: [] }],
    ['devs', { name: 'devs', groups: ['Devs'], places: [] }],
  ])
  const root = {
    administrators: ['fiona', 'bianca'].map((person) => ({ person, key: keyOf(person).key })),
    threshold: 1,
  }
  /** Where each reminder was said, by what it says. */
  const said = () =>
    bench.replies
      .filter(({ reply }) => reply.text.startsWith('Bundle 1'))
      .map(({ to, reply }) => `${to.room}: ${/fresh|ends|ended/.exec(reply.text)?.[0]}`)
  const everywhere = (what: string) => [`security: ${what}`, `@fiona: ${what}`, `@bianca: ${what}`]
  const goTo = async (at: number): Promise<void> => {
    bench.now = at * 1000
    await bench.engine.tick()
    await bench.engine.tick()
  }

  it('are said 14, 7, 3 and 1 days before and when they come, once, in the security room and to administrators alone', async () => {
    const iat = Math.floor(Date.now() / 1000)
    await open({ ...bundleOf(1, { rooms, root }), iat, exp: iat + 400 * day })
    const [fresh, life] = [iat + 90 * day, iat + 400 * day]
    await goTo(fresh - 14 * day - 1)
    expect(said()).toEqual([])
    for (const left of [14, 7, 3, 1, 0]) {
      await goTo(fresh - left * day)
      await goTo(fresh - left * day + 3600)
      expect(said()).toEqual(everywhere('fresh'))
      bench.replies.length = 0
    }
    await goTo(life - 15 * day)
    expect(said()).toEqual([])
    for (const left of [14, 7, 3, 1]) {
      await goTo(life - left * day)
      expect(said()).toEqual(everywhere('ends'))
      bench.replies.length = 0
    }
    await goTo(life)
    await goTo(life + 30 * day)
    expect(said()).toEqual(everywhere('ended'))
  })

  it('are said once over restarts, and of moments that were missed the last alone', async () => {
    const iat = Math.floor(Date.now() / 1000)
    await open({ ...bundleOf(1, { rooms, root }), iat, exp: iat + 80 * day })
    await goTo(iat + 70 * day)
    expect(said()).toEqual(everywhere('ends'))
    const { now } = bench
    bench = await bench.restart()
    await goTo(now / 1000)
    expect(said()).toEqual([])
    await goTo(iat + 78 * day)
    expect(said()).toEqual(everywhere('ends'))
  })

  it('are not said to who has just signed, nor of a bundle whose place another has taken', async () => {
    const iat = Math.floor(Date.now() / 1000)
    await open({ ...bundleOf(1, { rooms, root }), iat, exp: iat + 5 * day })
    await goTo(iat)
    expect(said()).toEqual([])
    await goTo(iat + 2 * day)
    expect(said()).toEqual(everywhere('ends'))
    await bench.engine.activate({ ...bundleOf(2, { rooms, root }), iat: iat + 3 * day })
    bench.replies.length = 0
    await goTo(iat + 30 * day)
    expect(bench.replies).toEqual([])
  })

  it('are said in the log, and to administrators, where there is no security room', async () => {
    const iat = Math.floor(Date.now() / 1000)
    await open({ ...bundleOf(1, { root }), iat, exp: iat + 20 * day })
    await goTo(iat + 10 * day)
    expect(said()).toEqual(['@fiona: ends', '@bianca: ends'])
    expect(logged).toEqual([expect.stringContaining('Bundle 1 ends on')])
  })
})

describe('a runner that has seen what this log does not hold', () => {
  it.each([
    ['more than there is', 1000],
    ['something else', 0],
  ])('is not admitted: %s', async (_, size) => {
    await open()
    const checkpoint = makeNote(logOrigin('acme'), size, Buffer.alloc(32, 7), logKey)
    await expect(bench.link({ checkpoint })).rejects.toMatchObject({ code: 'log-restored-old-copy' })
    expect(bench.way.runners.names()).toEqual([])
  })
})

describe('the look of each second', () => {
  it('goes on with its other parts where one fails, and says which', async () => {
    const nobody = 'forbid (principal in Group::"Nobodies", action == Action::"ping", resource);'
    const policies = new Map([...company().policies, ['policy/nobody.cedar#1', nobody]])
    await open(bundleOf(1, { policies }))
    const failed: object[] = []
    Object.assign(bench.way, { log: { ...bench.way.log, error: (what: object) => failed.push(what) } })
    await bench.link()
    await bench.say('Foobot migrate main')
    await bench.say('Foobot migrate other')
    const [first, second] = bench.way.live.all()
    expect([first?.state, second?.state]).toEqual(['pending', 'pending'])
    vi.spyOn(bench.storage.records, 'commit').mockImplementationOnce(() => Promise.reject(new Error('not this one')))
    vi.spyOn(bench.way.wakes, 'due').mockImplementation(() => {
      throw new Error('nobody can be woken')
    })
    bench.now += day * 1000
    await bench.engine.tick()
    expect(bench.way.live.all().map(({ id }) => id)).toEqual([first?.id])
    expect(failed).toEqual([
      { failed: 1, request: first?.id, error: 'not this one' },
      { what: 'waking approvers', error: expect.stringContaining('nobody can be woken') },
      // What the last part has to say.
      { why: expect.stringContaining('policy/nobody.cedar#1') },
    ])
    await bench.engine.tick()
    expect(bench.way.live.all()).toEqual([])
  })

  it('puts a bundle in force again where that failed half way, and writes it into the log once', async () => {
    await open()
    await bench.link()
    await bench.say('Foobot migrate main')
    const leaves = bench.storage.log.size
    const next = bundleOf(2)
    vi.spyOn(bench.way.live, 'waiting').mockImplementationOnce(() => {
      throw new Error('half way')
    })
    await expect(bench.engine.activate(next)).rejects.toThrow('half way')
    expect(bench.storage.log.size).toBe(leaves + 1)
    await bench.engine.activate(next)
    await bench.engine.activate(next)
    // The request that waited is stated anew, once.
    expect(bench.way.live.all().map(({ stated }) => stated?.bundle)).toEqual([2])
    expect(bench.storage.log.size).toBe(leaves + 2)
  })
})
