import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { statementKind } from '#core/statement/statement.ts'
import { rulesOf } from '#engine/rules.ts'
import { words } from '#engine/words.ts'
import {
  type Bench,
  bundleOf,
  company,
  consentOf,
  makeBench,
  type Runner,
  resource,
  statementOf,
  until,
} from './engine.harness.ts'

/** What owes a consent waits for exactly the people whose yes it needs, and runs by itself when the last one arrives. */

let bench: Bench
let runner: Runner
beforeEach(async () => {
  bench = await makeBench()
  runner = await bench.link()
  runner.inspects = () => ({
    ...resource,
    type: 'Server',
    id: 'svr-1827',
    owner: 'backend',
    facts: { role: 'backend' },
  })
})
afterEach(() => bench.close())

const texts = (): string[] =>
  bench.replies
    .flatMap(({ reply }) => [reply.text, ...reply.blocks.flatMap((block) => ('text' in block ? [block.text] : []))])
    .filter((text) => text !== '')
const states = (): string[] => bench.progress.map(({ progress }) => progress.state)
const last = () => bench.progress.at(-1)?.progress
const waiting = () => {
  const [request] = bench.way.live.all()
  if (!request?.stated) throw new Error('nothing waits')
  return { ...request, stated: request.stated }
}
const statement = (): Uint8Array => waiting().stated.statement
const yes = async (id: string, role: Parameters<typeof consentOf>[2], by = id) =>
  bench.engine.doors.present(await consentOf(id, statement(), role, by))
const asBackend = { as: 'approver', group: 'Backend' } as const

describe('a second factor', () => {
  it('is asked for in the words of the slides, and runs when it is there', async () => {
    await bench.say('Foobot upgrade AcmeOps')
    expect(texts()).toEqual(['Sorry, jhand, this command requires two-factor authentication.'])
    expect(last()).toMatchObject({ state: 'pending', owes: [{ kind: 'second-factor' }] })
    expect(await yes('jhand', { as: 'requester' })).toMatchObject({ accepted: true })
    expect(texts()[1]).toBe('Two-factor auth successful!')
    const [order] = runner.orders
    if (!order) throw new Error('none')
    expect(statementOf(order).warrant.consents).toHaveLength(1)
    runner.say(order, 'Upgraded AcmeOps!')
    runner.receipt(order, 'done')
    await until(() => states().includes('done'), 'done')
    expect(texts()[2]).toBe('Upgraded AcmeOps!')
  })

  it('is a signature by a client that signs: nothing is said before', async () => {
    await bench.say('Foobot upgrade AcmeOps', { signs: true })
    expect(texts()).toEqual([])
    expect(bench.shown).toMatchObject([{ as: 'requester' }])
    await yes('jhand', { as: 'requester' })
    expect(runner.orders).toHaveLength(1)
    expect(texts()).toEqual([])
  })

  it('counts for one statement: the same command said again is asked again', async () => {
    await bench.say('Foobot upgrade AcmeOps')
    const old = await consentOf('jhand', statement(), { as: 'requester' })
    await bench.engine.doors.present(old)
    runner.receipt(runner.orders[0] as never, 'done')
    await until(() => states().includes('done'), 'done')
    bench.now += 61_000
    await bench.say('Foobot upgrade AcmeOps')
    expect(last()).toMatchObject({ state: 'pending', owes: [{ kind: 'second-factor' }] })
    expect(await bench.engine.doors.present(old)).toMatchObject({ accepted: false })
    expect(runner.orders).toHaveLength(1)
  })

  it('lets the same words hear its answer for a minute after it is done, also after a restart', async () => {
    await bench.say('Foobot upgrade AcmeOps')
    await yes('jhand', { as: 'requester' })
    const [order] = runner.orders
    if (!order) throw new Error('none')
    runner.say(order, 'Upgraded AcmeOps!')
    await until(() => texts().includes('Upgraded AcmeOps!'), 'its answer')
    await bench.say('Foobot upgrade AcmeOps')
    expect(texts().at(-1)).toMatch(/^That is running already/)
    runner.receipt(order, 'done')
    await until(() => states().includes('done'), 'done')
    await bench.say('Foobot upgrade AcmeOps')
    expect(texts().at(-1)).toBe('Upgraded AcmeOps!')
    expect(last()).toMatchObject({ state: 'done', code: statementOf(order).code })
    await bench.say('Foobot upgrade EpicGames')
    expect(last()).toMatchObject({ state: 'pending' })
    const { now } = bench
    bench = await bench.restart()
    runner = await bench.link()
    bench.now = now + 59_000
    await bench.say('Foobot upgrade AcmeOps')
    expect(texts()).toEqual(['Upgraded AcmeOps!'])
    bench.now = now + 62_000
    await bench.engine.tick()
    await bench.say('Foobot upgrade AcmeOps')
    expect(last()).toMatchObject({ state: 'pending' })
    expect(runner.orders).toEqual([])
  })

  it('is given to who asked alone: the same words of somebody else are another request', async () => {
    await bench.say('Foobot upgrade AcmeOps')
    await yes('jhand', { as: 'requester' })
    runner.receipt(runner.orders[0] as never, 'done')
    await until(() => states().includes('done'), 'done')
    await bench.say('Foobot upgrade AcmeOps', { account: 'fiona' })
    expect(states().at(-1)).toBe('refused')
  })

  it('is owed by nobody else', async () => {
    await bench.say('Foobot upgrade AcmeOps')
    expect(await yes('bianca', { as: 'requester' })).toMatchObject({ accepted: false })
    expect(await yes('jhand', { as: 'requester' }, 'bianca')).toMatchObject({ accepted: false })
    expect(runner.orders).toEqual([])
  })
})

describe('a signature', () => {
  it('is asked for, and said to be valid with the first words', async () => {
    await bench.say('Foobot migrate new-stuff')
    expect(texts()).toEqual([
      "Whoops! Looks like you're trying to do that from an insecure chat client! Please use the special client that signs messages.",
    ])
    await bench.say('Foobot migrate new-stuff', { signs: true, id: 'second' })
    expect(bench.shown).toMatchObject([{ id: 'second', as: 'requester' }])
    expect(statementKind.decode(statement()).via.message).toBe('second')
    expect(bench.way.live.size).toBe(1)
    await yes('jhand', { as: 'requester' })
    const [order] = runner.orders
    if (!order) throw new Error('none')
    runner.say(order, 'Executing DB migration in prod for branch new-stuff.')
    await until(() => texts().length === 3, 'the words')
    expect(texts().slice(1)).toEqual([
      'Message signature valid!',
      'Executing DB migration in prod for branch new-stuff.',
    ])
  })
})

describe('an approval', () => {
  const prompt = (): string =>
    `I need approval from someone in Backend. To approve, say 'Foobot approve ${waiting().word}'.`

  it('is asked of the owning group, with a word that points at it', async () => {
    await bench.say('Foobot rebuild svr-1827')
    expect(texts()).toEqual([`Sorry, jhand, this command requires two-factor authentication. ${prompt()}`])
    await yes('jhand', { as: 'requester' })
    expect(texts()[2]).toBe(`Thank you. ${prompt()}`)
    await bench.say(`Foobot approve ${waiting().word}`, { account: 'bianca' })
    expect(texts().at(-1)).toBe(`bianca, please look and sign: foobot approve ${waiting().stated.code}`)
    await bench.say(`Foobot approve ${waiting().word}`, { account: 'bianca', signs: true })
    expect(bench.shown).toMatchObject([{ as: 'approver', group: 'Backend' }])
    await yes('bianca', asBackend)
    const [order] = runner.orders
    if (!order) throw new Error('none')
    runner.say(order, 'Rebuilding svr-1827 as role web.')
    await until(() => texts().includes("Executing jhand Doe's command."), 'the lead')
  })

  it.each([
    { who: 'the requester', id: 'jhand', role: asBackend },
    { who: 'somebody of another group', id: 'fiona', role: asBackend },
    { who: 'one who names a group they are not in', id: 'bianca', role: { as: 'approver', group: 'DBA' } as const },
    { who: 'one without a group', id: 'bianca', role: { as: 'approver' } as const },
    { who: 'somebody else with the key of another', id: 'bianca', role: asBackend, by: 'fiona' },
  ])('is not given by $who', async ({ id, role, by }) => {
    await bench.say('Foobot rebuild svr-1827')
    await yes('jhand', { as: 'requester' })
    expect(await yes(id, role, by)).toMatchObject({ accepted: false })
    expect(runner.orders).toEqual([])
  })

  it('runs once, whatever the order and however many say yes at once', async () => {
    await bench.say('Foobot rebuild svr-1827')
    const all = await Promise.all([
      consentOf('bianca', statement(), asBackend),
      consentOf('dora', statement(), asBackend),
      consentOf('jhand', statement(), { as: 'requester' }),
      consentOf('bianca', statement(), asBackend),
    ])
    await Promise.all(all.map((envelope) => bench.engine.doors.present(envelope)))
    expect(runner.orders).toHaveLength(1)
  })

  it('outlives a restart, word and all', async () => {
    await bench.say('Foobot rebuild svr-1827')
    const { word } = waiting()
    await yes('jhand', { as: 'requester' })
    bench = await bench.restart()
    runner = await bench.link()
    expect(waiting().word).toBe(word)
    await yes('bianca', asBackend)
    expect(runner.orders).toHaveLength(1)
  })

  it('dies with its time, and says what was missing', async () => {
    await bench.say('Foobot rebuild svr-1827')
    await yes('jhand', { as: 'requester' })
    const late = await consentOf('bianca', statement(), asBackend)
    bench.now += 3_601_000
    await bench.engine.tick()
    expect(texts().at(-1)).toMatch(/has expired: it still needed approval from someone in Backend\. It was not run\.$/)
    expect(await bench.engine.doors.present(late)).toMatchObject({ accepted: false })
    expect(runner.orders).toEqual([])
  })

  it('ends with one no, by who could approve and by nobody else', async () => {
    await bench.say('Foobot rebuild svr-1827')
    const { word } = waiting()
    await bench.say(`Foobot deny ${word}`, { account: 'fiona' })
    expect(states().at(-1)).toBe('done')
    expect(bench.way.live.size).toBe(1)
    const late = await consentOf('bianca', statement(), asBackend)
    await bench.say(`Foobot deny ${word} not during the sale`, { account: 'dora' })
    expect(texts().at(-1)).toBe('dora has denied this: not during the sale. Nothing was run.')
    expect(await bench.engine.doors.present(late)).toMatchObject({ accepted: false })
    expect(runner.orders).toEqual([])
  })

  it('cannot be ended any more once it runs: its runner says whether it is too late', async () => {
    await bench.say('Foobot rebuild svr-1827')
    const { word } = waiting()
    await yes('jhand', { as: 'requester' })
    await yes('bianca', asBackend)
    const [order] = runner.orders
    if (!order) throw new Error('none')
    const { id } = statementOf(order).statement
    runner.claim(order)
    await bench.say(`Foobot deny ${word}`, { account: 'fiona' })
    expect(texts().at(-1)).toMatch(/^Nothing waits/)
    await bench.say(`Foobot deny ${word} not during the sale`, { account: 'dora' })
    expect(texts().at(-1)).toMatch(/^I have asked delivery to stop it \(running since \d\d:\d\d\)\.$/)
    expect(runner.cancels).toEqual([id])
    bench.engine.runnerEars.heard(runner.connection, { type: 'too-late', request: id, at: 39_780 })
    await until(() => texts().at(-1) === 'Too late: it started at 11:03.', 'too late')
    expect(states()).not.toContain('cancelled')
  })

  it('can be denied while its order has not gone out', async () => {
    await bench.say('Foobot rebuild svr-1827')
    const { word } = waiting()
    await yes('jhand', { as: 'requester' })
    runner.leave()
    await yes('bianca', asBackend)
    await bench.say(`Foobot deny ${word}`, { account: 'dora' })
    expect(texts().at(-1)).toBe('dora has denied this. Nothing was run.')
    runner = await bench.link()
    expect(runner.orders).toEqual([])
  })

  it('leaves its word to rest for an hour, also after a restart', async () => {
    await bench.say('Foobot rebuild svr-1827')
    const word = String(waiting().word)
    await bench.say(`Foobot deny ${word}`, { account: 'dora' })
    const { now } = bench
    bench = await bench.restart()
    expect([...bench.way.resting.keys()]).toEqual([word])
    expect(bench.way.resting.get(word)).toBe(now)
    bench = await bench.restart()
    Object.assign(bench.way, { random: () => (words.indexOf(word) + 0.5) / words.length })
    runner = await bench.link()
    runner.inspects = () => ({ ...resource, id: 'svr-1827', owner: 'backend' })
    await bench.say('Foobot rebuild svr-1827')
    expect(waiting().word).not.toBe(word)
    await bench.say(`Foobot cancel ${waiting().stated.code}`)
    bench.now += 3_600_001
    await bench.say('Foobot rebuild svr-1827')
    expect(waiting().word).toBe(word)
  })

  it('stands in the list of what waits, with whom it needs and which rule asks', async () => {
    await bench.say('Foobot rebuild svr-1827')
    const { word } = waiting()
    await bench.say('Foobot requests')
    const table = bench.replies.at(-1)?.reply.blocks[0]
    expect(table?.type === 'table' && table.rows[0]?.at(-1)).toBe(
      `the requester's second factor, asked for by tier dangerous; approval from someone in Backend (bianca, dora), asked for by tier dangerous ("Foobot approve ${word}")`,
    )
    await bench.say(`Foobot approve ${word}`, { account: 'bianca', signs: true })
    expect(bench.shown).toMatchObject([{ as: 'approver', because: 'tier dangerous' }])
  })

  it('takes no bare yes, no other word, and no word of another room', async () => {
    await bench.say('Foobot rebuild svr-1827')
    const { word } = waiting()
    const elsewhere = { platform: 'native', tenant: 'acme', room: 'everyone' }
    for (const said of ['yes', 'ok', 'y', 'Foobot yes', 'Foobot approve *', 'Foobot approve banana']) {
      await bench.say(said, { account: 'bianca', signs: true })
    }
    await bench.say(`Foobot approve ${word}`, { account: 'bianca', signs: true, conversation: elsewhere })
    expect(bench.shown).toEqual([])
    await bench.say(`Foobot approve ${word?.slice(1)}`, { account: 'bianca' })
    expect(texts().at(-1)).toBe(`Did you mean ${word}?`)
    await bench.say(`Foobot approve ${word?.slice(1)}`, { account: 'fiona' })
    expect(texts().at(-1)).toMatch(/^Nothing waits/)
  })

  it('is asked anew under another bundle: consents to the old statement are gone', async () => {
    await bench.say('Foobot rebuild svr-1827')
    await yes('jhand', { as: 'requester' })
    const old = statement()
    await bench.engine.activate(bundleOf(2))
    expect(Buffer.from(statement()).equals(Buffer.from(old))).toBe(false)
    await yes('bianca', asBackend)
    expect(runner.orders).toEqual([])
    await yes('jhand', { as: 'requester' })
    expect(runner.orders).toHaveLength(1)
  })

  it('does not count when the approver has left the group, at the end', async () => {
    await bench.say('Foobot rebuild svr-1827')
    await yes('bianca', asBackend)
    const groups = new Map([...company().groups, ['Backend', new Set(['dora'])]])
    bench.way.rules = {
      ...bench.way.rules,
      bundle: { ...bench.way.rules.bundle, company: company({ groups }) },
      company: company({ groups }),
    }
    await yes('jhand', { as: 'requester' })
    expect(runner.orders).toEqual([])
  })

  it('of two groups takes two people: each is asked once, for the group that has the fewest others', async () => {
    const both = bundleOf(1, {
      policies: new Map([
        ...company().policies,
        ['policy/devs.cedar#9', '@owes("approval DBA")\nforbid (principal, action == Action::"rebuild", resource);'],
      ]),
    })
    bench.way.rules = rulesOf(both)
    await bench.say('Foobot rebuild svr-1827')
    const { word } = waiting()
    await yes('jhand', { as: 'requester' })
    await bench.say(`Foobot approve ${word}`, { account: 'dora', signs: true })
    expect(bench.shown).toMatchObject([{ as: 'approver', group: 'DBA', because: 'policy/devs.cedar#9' }])
    await yes('dora', { as: 'approver', group: 'DBA' })
    expect(texts().at(-1)).toContain('I need approval from someone in Backend.')
    await bench.say(`Foobot approve ${word}`, { account: 'dora', signs: true })
    expect(texts().at(-1)).toMatch(/^Nothing waits/)
    expect(last()).toMatchObject({ state: 'done' })
    await yes('bianca', asBackend)
    expect(runner.orders).toHaveLength(1)
  })

  it('of two groups is refused at once where they are one person', async () => {
    bench.way.rules = rulesOf(
      bundleOf(1, {
        groups: new Map([...company().groups, ['Backend', new Set(['dora'])]]),
        policies: new Map([
          ...company().policies,
          ['policy/devs.cedar#9', '@owes("approval DBA")\nforbid (principal, action == Action::"rebuild", resource);'],
        ]),
      }),
    )
    await bench.say('Foobot rebuild svr-1827')
    expect(texts()).toEqual([
      'Too few people in Backend and DBA could approve this, since each counts for one group: ask an administrator.',
    ])
  })

  it('is refused at once where nobody could ever give it', async () => {
    bench.way.rules = rulesOf(
      bundleOf(1, {
        groups: new Map([
          ['Devs', new Set(['jhand'])],
          ['Backend', new Set(['jhand'])],
        ]),
      }),
    )
    await bench.say('Foobot rebuild svr-1827')
    expect(texts()).toEqual(['Nobody in Backend but you could approve this: ask an administrator.'])
  })

  it('says whom to ask where the target has no owner', async () => {
    runner.inspects = () => ({ ...resource, id: 'svr-9' })
    await bench.say('Foobot rebuild svr-9')
    expect(texts()).toEqual(['svr-9 has no owner: ask an administrator.'])
  })
})

describe('two requests at once', () => {
  it('a code points at one of them, for who may say yes', async () => {
    await bench.say('Foobot upgrade AcmeOps')
    await bench.say('Foobot upgrade EpicGames')
    const [one, two] = bench.way.live.all()
    expect(bench.engine.doors.toSign('jhand', one?.stated?.code ?? '')).toMatchObject({ as: 'requester' })
    expect(bench.engine.doors.toSign('fiona', one?.stated?.code ?? '')).toHaveProperty('say')
    await bench.engine.doors.present(
      await consentOf('jhand', two?.stated?.statement ?? new Uint8Array(), { as: 'requester' }),
    )
    expect(runner.orders.map((order) => statementOf(order).statement.text)).toEqual(['upgrade EpicGames'])
  })
})
