import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Person } from '#core/bundle/company.ts'
import type { Request } from '#engine/request/request.ts'
import { WaitingPlaces } from '#engine/request/waiting-places.ts'
import { viewsOf } from '#engine/views.ts'
import { type Bench, bundleOf, company, makeBench, person } from '../contract/engine.harness.ts'

/** Somebody asks without end for what has to wait: commands that owe a yes, and questions that want an answer. */

// DEFENCE src/engine/walk.ts
// - if (full) return refuseFull(way, stated.from, full)

// DEFENCE src/engine/ask.ts
// - if (full) return refuseFull(way, from, full)

// DEFENCE src/engine/standing.ts
// - if (known && isSame(known.basis, basis)) return known.found

// DEFENCE src/engine/answer-own.ts
// - const here = way.live.inRoom(from.message.conversation).filter((request) => isSaidIn(request, from))
// + const here = way.live.all().filter((request) => waitsOf(way, request) !== 'x' && isSaidIn(request, from))

// DEFENCE src/engine/views.ts
// - .flatMap((room) => way.live.inRoom({ platform: 'native', tenant: way.rules.company.deployment, room }))
// + .flatMap((room) => way.live.all().filter((one) => progressWithOwed(way, one) && one.conversation.room === room))

// DEFENCE src/engine/request/live.ts
// - this.#places.keep(request)

// DEFENCE src/engine/standing.ts
// - if (known !== undefined) return known

// DEFENCE src/engine/owed.ts
// - const from = givers.slice(0, listed.most)
// + const from = givers

const many = Array.from({ length: 30 }, (_, n) => `p${n}`)
const bundle = () =>
  bundleOf(1, {
    people: new Map<string, Person>([...company().people, ...many.map((id) => [id, person(id)] as const)]),
    groups: new Map([...company().groups, ['Devs', new Set(['jhand', ...many])], ['Finance', new Set(['p2'])]]),
    rooms: new Map([...company().rooms, ['finance', { name: 'finance', groups: ['Finance'], places: [] }]]),
  })

let bench: Bench
beforeEach(async () => {
  bench = await makeBench(bundle())
  await bench.link()
})
afterEach(() => bench.close())

const texts = (): string[] => bench.replies.map(({ reply }) => reply.text)
const waiting = (): readonly Request[] => bench.way.live.waiting()
const leaves = (): number => bench.way.group.seal?.size ?? 0

it('of 5,000 asks of one person twenty wait; the others are refused with a word, and stored nowhere', async () => {
  for (let n = 0; n < 5000; n++) await bench.say(`Foobot migrate svr-${n}`)
  expect(waiting()).toHaveLength(20)
  expect(bench.way.live.size).toBe(20)
  expect(leaves()).toBeLessThan(60)
  const refused = texts().filter((text) => text.startsWith('So many commands of yours wait'))
  expect(refused).toHaveLength(4980)
  const [oldest] = waiting()
  expect(refused.at(-1)).toBe(
    `So many commands of yours wait already that I let no other one wait: cancel one, or have it approved. To cancel the oldest of yours (migrate svr-0), say "Foobot cancel ${oldest?.stated?.code}".`,
  )
  expect(bench.progress.at(-1)?.progress.state).toBe('refused')
  await bench.say('Foobot why')
  expect(texts().at(-1)).toBe(refused.at(-1))
})

it('who does what that word says, may ask again; and others were never hindered', async () => {
  for (let n = 0; n < 25; n++) await bench.say(`Foobot migrate svr-${n}`)
  await bench.say('Foobot migrate svr-100', { account: 'p1' })
  expect(waiting().map((request) => request.person)).toEqual([...Array(20).fill('jhand'), 'p1'])
  await bench.say(`Foobot cancel ${waiting()[0]?.stated?.code}`)
  await bench.say('Foobot migrate svr-101')
  expect(waiting().map(({ text }) => text)).toContain('migrate svr-101')
})

it('two hundred wait in a room, whoever asked', async () => {
  for (const account of many)
    for (let n = 0; n < 10; n++) await bench.say(`Foobot migrate ${account}-${n}`, { account })
  expect(waiting()).toHaveLength(200)
  expect(texts().at(-1)).toMatch(/^So many commands wait in this room already/)
  const elsewhere = { platform: 'native', tenant: 'acme', room: 'everyone' }
  await bench.say('Foobot migrate svr-1', { account: 'p29', conversation: elsewhere })
  expect(waiting()).toHaveLength(201)
})

it('all at once, no more wait either', async () => {
  await Promise.all(Array.from({ length: 60 }, (_, n) => bench.say(`Foobot migrate svr-${n}`)))
  expect(waiting()).toHaveLength(20)
})

it('questions wait in the same places', async () => {
  const inThread = (thread: string) => ({ platform: 'native', tenant: 'acme', room: 'devs', thread })
  for (let n = 0; n < 30; n++) await bench.say('Foobot wish', { conversation: inThread(`t${n}`) })
  expect(waiting().map(({ state }) => state)).toEqual(Array(20).fill('asking'))
  expect(bench.way.asking.size).toBe(20)
  expect(texts().at(-1)).toMatch(/^So many commands of yours wait/)
})

it('a restart counts them as before', async () => {
  for (let n = 0; n < 25; n++) await bench.say(`Foobot migrate svr-${n}`)
  bench = await bench.restart()
  await bench.link()
  await bench.say('Foobot migrate svr-50')
  expect(waiting()).toHaveLength(20)
})

it('five thousand wait in all', () => {
  const places = new WaitingPlaces()
  const take = (n: number) =>
    places.take({
      id: `${n}`,
      person: `p${n}`,
      account: { tenant: 'acme', id: `p${n}` },
      conversation: { platform: 'native', tenant: 'acme', room: `r${n}` },
    })
  expect(Array.from({ length: 5000 }, (_, n) => take(n)).filter((full) => full !== undefined)).toEqual([])
  expect(take(5000)?.name).toBe('waiting-requests')
  places.free('17')
  expect(take(5001)).toBeUndefined()
})

describe('a look at what waits', () => {
  it('has a large group told over once, and is not as large as that group', async () => {
    const owning = Array.from({ length: 1000 }, (_, n) => `b${n}`)
    const people = new Map<string, Person>([...company().people, ...owning.map((id) => [id, person(id)] as const)])
    bench.close()
    bench = await makeBench(
      bundleOf(1, { people, groups: new Map([...company().groups, ['Backend', new Set(owning)]]) }),
    )
    const runner = await bench.link()
    runner.inspects = () => ({ type: 'Server', id: 'svr-1', owner: 'backend', facts: { role: 'backend' } })
    await bench.say('Foobot rebuild svr-1')
    const [first] = viewsOf(bench.way).requests('jhand')
    expect(first?.owes.at(-1)?.from).toHaveLength(64)
    const [again] = viewsOf(bench.way).requests('jhand')
    expect(again?.owes.at(-1)?.from).toBe(first?.owes.at(-1)?.from)
    await bench.say('Foobot requests')
    expect(texts()).not.toContain('Something broke on my side, so nothing was run. Please tell an administrator.')
  })

  /** So many wait in other rooms, of other people. */
  const elsewhere = (count: number): void => {
    const [one] = waiting()
    if (!one?.stated) throw new Error('nothing waits')
    const { stated } = one
    for (let n = 0; n < count; n++)
      bench.way.live.put({
        ...one,
        id: n.toString(16).padStart(32, '0'),
        person: 'p2',
        account: { tenant: 'acme', id: 'p2' },
        conversation: { ...one.conversation, room: 'finance' },
        stated: { ...stated, digest: n.toString(16).padStart(64, '0'), code: `${n}` },
      })
  }

  const costs = async (count: number): Promise<number> => {
    await bench.say('Foobot migrate svr-1')
    elsewhere(count)
    bench.now += 60_000
    const decide = vi.spyOn(bench.way.rules.policy, 'decide')
    await bench.say('Foobot requests')
    viewsOf(bench.way).requests('jhand')
    bench.engine.doors.toSign('jhand', waiting()[0]?.stated?.code ?? '')
    await bench.say('Foobot approve nothing')
    await bench.engine.tick()
    const calls = decide.mock.calls.length
    decide.mockRestore()
    return calls
  }

  it.each([10, 4000])('decides as much with %i waiting elsewhere', async (count) => {
    expect(await costs(count)).toBe(1)
  })

  it('decides nothing anew the second time, nor when a runner is back', async () => {
    await bench.say('Foobot migrate svr-1')
    elsewhere(4000)
    const decide = vi.spyOn(bench.way.rules.policy, 'decide')
    await bench.link()
    expect(decide).toHaveBeenCalledTimes(4001)
    decide.mockClear()
    await bench.link()
    await bench.say('Foobot requests')
    viewsOf(bench.way).requests('p2')
    expect(decide).not.toHaveBeenCalled()
  })
})
