import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ToPhone } from '#wire/phone.ts'
import { type Bench, bundleOf, company, consentOf, makeBench, statementOf, until } from './engine.harness.ts'

const minute = 60_000

describe('a second factor by phone', () => {
  let bench: Bench
  beforeEach(async () => {
    const rooms = new Map([...company().rooms, ['security', { name: 'security', groups: ['Devs'], places: [] }]])
    bench = await makeBench(bundleOf(1, { rooms }))
    await bench.link()
    await phoneOf('jhand')
  })
  afterEach(() => bench.close())

  const phoneOf = (person: string): Promise<boolean> =>
    bench.way.devices.put({
      person,
      name: 'phone',
      endpoint: 'https://push.example/1',
      p256dh: 'p',
      auth: 'a',
      addedAt: 0,
    })
  const texts = (): string[] => bench.replies.map(({ reply }) => reply.text)
  const last = (): string => texts().at(-1) ?? ''
  const number = (): string => bench.replies.flatMap(({ reply }) => reply.footer?.number ?? []).at(-1) ?? ''
  const wake = (): string => bench.woken.at(-1)?.wake ?? ''
  const phone = (ask: 'open' | 'no' | { readonly answer: string }): Promise<ToPhone> =>
    bench.engine.doors.phone(
      typeof ask === 'string' ? { ask, wake: wake() } : { ask: 'answer', wake: wake(), answer: ask.answer },
    )
  const statement = async (): Promise<Uint8Array> => {
    const told = await phone('open')
    if (told.type !== 'statement') throw new Error(told.type)
    return Buffer.from(told.statement, 'base64')
  }
  const sign = async (): Promise<void> => {
    const { accepted, say } = await bench.engine.doors.present(await consentOf('jhand', await statement(), {}))
    expect({ accepted, say }).toMatchObject({ accepted: true })
  }
  const codes = (): string[] => bench.way.live.all().flatMap(({ stated }) => stated?.code ?? [])

  it('is asked for by a push, given on the phone, and sets the command going', async () => {
    await bench.say('Foobot upgrade AcmeOps')
    await bench.say('Foobot auth me push')
    expect(last()).toBe('Sending push notification…')
    expect(number()).toMatch(/^[1-9]\d\d$/)
    expect(bench.woken.map(({ person }) => person)).toEqual(['jhand'])
    expect(await phone('open')).toMatchObject({ type: 'statement', person: 'jhand', as: 'requester', asks: 'number' })
    expect(await phone({ answer: number() })).toEqual({ type: 'right' })
    await sign()
    expect(texts()).toContain('Two-factor auth successful!')
    expect(await phone('open')).toMatchObject({ type: 'over' })
  })

  it('has the answer of a command again for a minute after it was done, and then asks anew', async () => {
    const runner = await bench.link()
    await bench.say('Foobot upgrade AcmeOps')
    await bench.say('Foobot auth me push')
    await sign()
    await until(() => runner.orders.length === 1, 'the order')
    const [order] = runner.orders
    if (!order) throw new Error('no order')
    runner.say(order, 'Upgraded!')
    runner.receipt(order, 'done')
    await until(() => bench.way.live.all().length === 0, 'the end')
    bench.now += minute - 1
    await bench.say('Foobot upgrade AcmeOps')
    expect(bench.replies.at(-1)?.reply.blocks).toEqual([{ type: 'code', text: 'Upgraded!' }])
    expect(runner.orders).toHaveLength(1)
    bench.now += 2
    await bench.say('Foobot upgrade AcmeOps')
    expect(last()).toContain('requires two-factor')
    expect(statementOf(order).code).not.toBe(codes()[0])
  })

  it('has nothing to do where nothing waits, and lists what waits where it is not said which', async () => {
    await bench.say('Foobot auth me push')
    expect(last()).toBe('Nothing of yours waits for a second factor. Say the command first.')
    await bench.say('Foobot upgrade AcmeOps')
    await bench.say('Foobot upgrade EpicGames')
    await bench.say('Foobot auth me push')
    expect(last()).toContain('Several of yours wait')
    expect(JSON.stringify(bench.replies.at(-1)?.reply.blocks)).toContain('upgrade EpicGames')
    expect(bench.woken).toEqual([])
    await bench.say(`Foobot auth me push ${codes()[1]?.toLowerCase()}`)
    expect(bench.replies.at(-1)?.reply.footer).toMatchObject({ command: 'upgrade EpicGames', number: number() })
    await bench.say('Foobot auth me push 0000-0000')
    expect(last()).toBe('Nothing of yours waits under 0000-0000.')
    await bench.say('Foobot auth me push now')
    expect(last()).toContain('Say "Foobot auth me push 7F3A-92C1"')
  })

  it('lists what somebody has', async () => {
    await bench.say('Foobot auth me')
    expect(last()).toBe('push: phone\nkeys: 1 in the bundle; in a terminal: foobot sign CODE')
    await bench.way.devices.remove('jhand', 'phone')
    await bench.say('Foobot upgrade AcmeOps')
    await bench.say('Foobot auth me')
    expect(last()).toContain('push: no phone yet')
    expect(JSON.stringify(bench.replies.at(-1)?.reply.blocks)).toContain('upgrade AcmeOps')
    await bench.say('Foobot auth me push')
    expect(last()).toMatch(/^I know no phone of yours .*foobot sign \w{4}-\w{4}\./)
  })

  it('ends a push at the third wrong number, and says so', async () => {
    await bench.say('Foobot upgrade AcmeOps')
    await bench.say('Foobot auth me push')
    expect(await phone({ answer: '7' })).toMatchObject({ type: 'wrong', left: 2 })
    expect(await phone({ answer: '7' })).toMatchObject({ type: 'wrong', left: 1 })
    expect(await phone({ answer: '7' })).toMatchObject({ type: 'over' })
    expect(last()).toContain("Three wrong numbers on jhand's phone")
    expect(await phone({ answer: number() })).toMatchObject({ type: 'over' })
    expect(codes()).toHaveLength(1)
  })

  it('cancels what its owner did not ask for, and tells the security room and the log', async () => {
    await bench.say('Foobot upgrade AcmeOps')
    await bench.say('Foobot auth me push')
    expect(await phone('no')).toMatchObject({ type: 'over', say: expect.stringContaining('Cancelled') })
    expect(codes()).toEqual([])
    expect(texts().at(-2)).toContain('jhand says that they did not ask for "upgrade AcmeOps": it is cancelled')
    expect(last()).toMatch(/\(\w{4}-\w{4}, said as jhand on native in devs\)\. Somebody else may hold that account/)
  })

  it('says where no phone could be reached, and forgets one that is gone', async () => {
    bench.pushes = 'unreachable'
    await bench.say('Foobot upgrade AcmeOps')
    await bench.say('Foobot auth me push')
    expect(last()).toContain('I could not reach a phone')
    bench.pushes = 'gone'
    await bench.say('Foobot auth me push')
    expect(await bench.way.devices.of('jhand')).toEqual([])
  })

  it('asks for one command at a time, and rests after three in ten minutes', async () => {
    await bench.say('Foobot upgrade AcmeOps')
    await bench.say('Foobot upgrade EpicGames')
    const [first, second] = codes()
    await bench.say(`Foobot auth me push ${first}`)
    const asked = number()
    await bench.say(`Foobot auth me push ${first}`)
    expect([last(), number()]).toEqual(['Your phone asks already.', asked])
    await bench.say(`Foobot auth me push ${second}`)
    expect(last()).toContain('Your phone still asks about "upgrade AcmeOps"')
    for (let more = 0; more < 2; more++) {
      bench.now += 2 * minute
      await bench.say(`Foobot auth me push ${second}`)
    }
    expect(bench.woken).toHaveLength(3)
    bench.now += minute
    await bench.say('Foobot upgrade Rackspace')
    const [third] = codes().slice(-1)
    bench.now += minute
    await bench.say(`Foobot auth me push ${third}`)
    await bench.say(`Foobot auth me push ${third}`)
    expect(bench.woken).toHaveLength(3)
    expect(texts().filter((text) => text.includes('three times in ten minutes, so I let it rest'))).toHaveLength(2)
    expect(texts().filter((text) => text.startsWith("jhand's phone was woken three times"))).toHaveLength(1)
    bench.now += 5 * minute
    await bench.engine.tick()
    await bench.say('Foobot upgrade Rackspace')
    await bench.say('Foobot auth me push')
    bench.now += minute
    expect(bench.woken).toHaveLength(4)
  })
})

describe('waking approvers', () => {
  let bench: Bench
  beforeEach(async () => {
    bench = await makeBench()
    const runner = await bench.link()
    runner.inspects = () => ({ type: 'Server', id: 'svr-1', owner: 'backend', facts: {} })
    for (const person of ['jhand', 'bianca', 'dora']) {
      await bench.way.devices.put({
        person,
        name: 'phone',
        endpoint: 'https://push.example/1',
        p256dh: 'p',
        auth: 'a',
        addedAt: 0,
      })
    }
  })
  afterEach(() => bench.close())

  const asked = async (server: string): Promise<string> => {
    await bench.say(`Foobot rebuild ${server}`, { signs: true })
    const statement = bench.shown.at(-1)?.statement
    if (!statement) throw new Error('no statement')
    await bench.engine.doors.present(await consentOf('jhand', statement, {}))
    return bench.way.live.all().at(-1)?.word ?? ''
  }

  it('wakes nobody before who asked has said yes, and then each who could, once', async () => {
    await bench.say('Foobot rebuild svr-1')
    await bench.engine.tick()
    expect(bench.woken).toEqual([])
    const word = await asked('svr-1')
    await bench.engine.tick()
    await bench.engine.tick()
    bench.now += 2 * minute
    await bench.engine.tick()
    expect(bench.woken.map(({ person }) => person).sort()).toEqual(['bianca', 'dora'])
    const wake = bench.woken[0]?.wake ?? ''
    expect(await bench.engine.doors.phone({ ask: 'open', wake })).toMatchObject({
      type: 'statement',
      person: bench.woken[0]?.person,
      as: 'approver',
      group: 'Backend',
      asks: 'word',
    })
    expect(await bench.engine.doors.phone({ ask: 'answer', wake, answer: 'otherwise' })).toMatchObject({ left: 2 })
    expect(await bench.engine.doors.phone({ ask: 'answer', wake, answer: ` ${word.toUpperCase()} ` })).toEqual({
      type: 'right',
    })
  })

  it('wakes one person once a minute, and the next request waits its turn', async () => {
    await asked('svr-1')
    await bench.engine.tick()
    await asked('svr-2')
    await bench.engine.tick()
    expect(bench.woken).toHaveLength(2)
    bench.now += minute
    await bench.engine.tick()
    expect(bench.woken).toHaveLength(4)
  })

  it('lets nobody’s phone wait for another’s push service', async () => {
    const rang: string[] = []
    const hangs = new Promise<'sent'>(() => undefined)
    Object.assign(bench.way.waker, {
      wake: ({ person }: { readonly person: string }) => {
        rang.push(person)
        return hangs
      },
    })
    await asked('svr-1')
    void bench.engine.tick()
    await until(() => rang.length === 2, 'the second phone')
    expect(rang.toSorted()).toEqual(['bianca', 'dora'])
  })

  it('takes a no on the phone for a denial', async () => {
    await asked('svr-1')
    await bench.engine.tick()
    const { wake = '', person } = bench.woken[0] ?? {}
    expect(await bench.engine.doors.phone({ ask: 'no', wake })).toMatchObject({ type: 'over' })
    expect(bench.way.live.all()).toEqual([])
    expect(bench.replies.at(-1)?.reply.text).toBe(`${person} has denied this. Nothing was run.`)
  })

  it('wakes nobody for what was refused, cancelled or changed', async () => {
    await bench.say('Foobot rebuild svr-1', {
      account: 'fiona',
      conversation: { platform: 'native', tenant: 'acme', room: 'everyone' },
    })
    await bench.engine.tick()
    await asked('svr-1')
    const [request] = bench.way.live.all()
    await bench.say(`Foobot cancel ${request?.stated?.code}`)
    await bench.engine.tick()
    expect(bench.woken).toEqual([])
  })
})
