import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ToldPolicy } from '#core/policy/told.ts'
import type { Rules } from '#engine/rules.ts'
import { Plant } from './plant.fixture.ts'

/** A step on the way throws, answers rubbish, or never answers: nothing runs, that is said, and it is recorded. */

// DEFENCE src/engine/decide.ts
// - decision: { outcome: 'deny', why: 'I could not decide this, so it is refused.', because: ['error'] },
// + decision: { outcome: 'allow', because: ['error'] },

// DEFENCE src/engine/decide.ts
// - throw new Error('policy gave no decision')
// + return { outcome: 'allow', because: [] }

let plant: Plant
beforeEach(async () => {
  plant = await Plant.open()
})
afterEach(() => plant.end())

const fail = (): never => {
  throw new Error('it broke')
}
const deciding = (decide: unknown) => (rules: Rules) => ({ policy: { ...rules.policy, decide } as ToldPolicy })

const breaks: readonly [string, (rules: Rules) => Partial<Rules>][] = [
  ['deciding throws', deciding(fail)],
  ['deciding gives nothing', deciding(() => undefined)],
  ['deciding gives rubbish', deciding(() => ({ outcome: 'yes' }))],
  ['deciding gives true', deciding(() => true)],
  ['deciding gives a promise', deciding(() => Promise.resolve({ outcome: 'allow', because: [] }))],
  ['deciding owes a list that is none', deciding(() => ({ outcome: 'owes', owes: null }))],
  ['who may ever say what throws', () => ({ mayEver: fail })],
  ['the look-up of the account throws', () => ({ personOf: fail })],
  ['the name of the room throws', () => ({ roomOf: fail })],
]

describe.each(['push', 'upgrade AcmeOps', 'rebuild svr-1827'])('%s', (command) => {
  it.each(breaks)('where %s: refused or failed, and said so', async (_, change) => {
    const before = plant.bench.way.group.seal?.size ?? 0
    plant.bench.way.rules = { ...plant.bench.way.rules, ...change(plant.bench.way.rules) }
    await plant.bench.say(`Foobot ${command}`)
    expect(plant.link?.orders).toEqual([])
    expect(plant.bench.way.live.size).toBe(0)
    expect(plant.bench.progress.at(-1)?.progress.state).toMatch(/^(refused|failed)$/)
    expect(plant.last).toMatch(/^(I do not know that command|Something broke on my side, so nothing was run)/)
    expect(plant.last).not.toContain('it broke')
    // What was decided, if only by breaking, stands in the log; what was not even understood does not.
    if (plant.last.startsWith('I do not know')) expect(plant.bench.way.group.seal?.size).toBe(before + 1)
  })
})

it('the look at the target fails: failed, and said so', async () => {
  const { link } = plant
  if (!link) throw new Error('no runner')
  link.inspects = () => 'svr-1827 is on fire.'
  await plant.bench.say('Foobot rebuild svr-1827')
  expect(plant.last).toBe('svr-1827 is on fire.')
  expect(link.orders).toEqual([])
  expect(plant.bench.way.live.size).toBe(0)
})

it('the look at the target never comes: nothing runs meanwhile, and the runner’s leaving ends it', async () => {
  const { link } = plant
  if (!link) throw new Error('no runner')
  link.inspects = () => new Promise(() => undefined)
  const asking = plant.bench.say('Foobot push')
  await new Promise((resolve) => setImmediate(resolve))
  expect(link.orders).toEqual([])
  link.leave()
  await asking
  expect(plant.last).toBe('delivery went away')
  expect(plant.runner.runs).toBe(0)
})
