import { afterEach, beforeEach, expect, it } from 'vitest'
import type { Rules } from '#engine/rules.ts'
import { asBackend, Plant } from './plant.fixture.ts'

/**
 * A look-up of who somebody is breaks while they ask or approve. Whoever cannot be told is nobody: not "somebody else than
 * the requester", and not somebody whom nothing was held against.
 */

// DEFENCE src/engine/identify.ts
// - const person = heard.rules.personOf(conversation.platform, account) ?? linkedTo(way, heard)
// + const person = heard.rules.personOf(conversation.platform, account) ?? account.id

// DEFENCE src/engine/standing.ts
// - const mine = standing.owes.filter((owed) => giversLeft(owing, owed).includes(person))
// + const mine = standing.owes.filter(({ kind }) => kind === 'approval')

const fail = (): never => {
  throw new Error('the directory is down')
}

let plant: Plant
beforeEach(async () => {
  plant = await Plant.open()
  await plant.bench.say('Foobot rebuild svr-1827')
  await plant.present('jhand')
})
afterEach(() => plant.end())

const broken: readonly [string, () => string | undefined][] = [
  ['throws', fail],
  ['finds nobody', () => undefined],
  ['gives a person who is not in the company', () => 'ghost'],
  ['gives an empty name', () => ''],
]

/** From here on this account is looked up so. */
const breakFor = (account: string, found: () => string | undefined): void => {
  const { rules } = plant.bench.way
  const personOf: Rules['personOf'] = (platform, one) => (one.id === account ? found() : rules.personOf(platform, one))
  plant.bench.way.rules = { ...rules, personOf }
}

it.each(broken)('the look-up of who approves %s: nothing is shown, nothing runs', async (_, found) => {
  const { word, stated } = plant.waiting()
  breakFor('bianca', found)
  for (const which of [word, stated.code]) {
    await plant.bench.say(`Foobot approve ${which}`, { account: 'bianca', signs: true })
    await plant.bench.say(`Foobot deny ${which}`, { account: 'bianca' })
  }
  expect(plant.bench.shown).toEqual([])
  expect(plant.last).toMatch(
    /^(Nothing waits for your yes here|I do not know that command|Something broke on my side, so nothing was run)/,
  )
  expect(plant.runner.runs).toBe(0)
  expect(await plant.stateOf(plant.waiting().id)).toBe('pending')
})

it.each(broken)('the look-up of who asks %s: they may say open commands at most', async (_, found) => {
  const before = plant.bench.way.live.size
  breakFor('jhand', found)
  for (const command of ['push', 'upgrade AcmeOps', 'rebuild svr-2', 'migrate x'])
    await plant.bench.say(`Foobot ${command}`)
  expect(plant.runner.runs).toBe(0)
  expect(plant.bench.way.live.size).toBe(before)
})

it.each([
  ['people', () => new Proxy(new Map(), { get: fail })],
  ['groups', () => new Proxy(new Map(), { get: fail })],
  ['people, which are empty', () => new Map()],
  ['groups, which are empty', () => new Map()],
] as const)('a consent counts for nothing without %s', async (part, without) => {
  const name = part.startsWith('people') ? 'people' : 'groups'
  const { bundle } = plant.bench.way.rules
  const company = { ...bundle.company, [name]: without() }
  const yes = await plant.yes('bianca', asBackend)
  plant.bench.way.rules = { ...plant.bench.way.rules, company, bundle: { ...bundle, company } }
  const answer = plant.bench.engine.doors.present(yes).catch(() => ({ accepted: false }))
  expect(await answer).toMatchObject({ accepted: false })
  expect(plant.runner.runs).toBe(0)
  expect(plant.runner.receipts).toEqual([])
})

it('with everybody known again, the same yes counts', async () => {
  const { rules } = plant.bench.way
  plant.bench.way.rules = { ...rules, personOf: fail }
  await plant.bench.say(`Foobot approve ${plant.waiting().word}`, { account: 'bianca', signs: true })
  plant.bench.way.rules = rules
  const { id } = plant.waiting()
  await plant.present('bianca', asBackend)
  expect(await plant.ended(id)).toBe('done')
  expect(plant.runner.runs).toBe(1)
})
