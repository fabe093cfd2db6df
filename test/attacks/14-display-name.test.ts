import { afterEach, beforeEach, expect, it } from 'vitest'
import { type Bench, bundleOf, company, makeBench, type Runner, statementOf } from '../contract/engine.harness.ts'

/** 14: a display name is never an identity. Who calls herself by somebody's name, or id, is who she was. */

let bench: Bench
let runner: Runner
beforeEach(async () => {
  bench = await makeBench()
  runner = await bench.link()
})
afterEach(() => bench.close())

const renamed = (id: string, name: string) => {
  const people = new Map(company().people)
  const before = people.get(id)
  if (before) people.set(id, { ...before, name })
  return bundleOf(2, { people })
}

it.each(['jhand', 'jhand Doe', 'Jason Hand', 'foobot'])('gives fiona nothing when she is called %s', async (name) => {
  await bench.engine.activate(renamed('fiona', name))
  await bench.say('Foobot push', { account: 'fiona' })
  expect(runner.orders).toEqual([])
  expect(bench.progress.map(({ progress }) => progress.state)).toEqual(['refused'])
})

it('takes nothing from who is renamed', async () => {
  await bench.engine.activate(renamed('jhand', 'fiona'))
  await bench.say('Foobot push')
  const [order] = runner.orders
  expect(order && statementOf(order).statement.requester).toBe('jhand')
})

it.each(['JHAND', 'jhand ', 'ｊhand', 'jhand\u200b', 'Jason Hand'])(
  'knows nobody by the account %j',
  async (account) => {
    await bench.say('Foobot push', { account })
    expect(runner.orders).toEqual([])
  },
)
