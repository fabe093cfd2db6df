import { expect, it } from 'vitest'
import { bundleOf, company } from '../contract/engine.harness.ts'
import { asBackend, Plant } from './plant.fixture.ts'

/**
 * A no and the last yes come at the same time: one of them is first, and it counts, and everybody is told which. No order
 * in which the two reach the server may lose the no.
 */

// DEFENCE src/engine/stop-request.ts
// - if (await endIfStill(way, now, state, text, why, what)) {
// + if ((await endIfStill(way, now, state, text, why, what)) || true) {

// DEFENCE src/engine/stop-request.ts
// - admitted.connection.cancel(request.id, by)

type Step = readonly [name: string, act: (plant: Plant, said: Said) => Promise<unknown>]
type Said = {
  readonly word: string
  readonly code: string
  readonly yes: () => Promise<void>
  readonly own: () => Promise<void>
}

const steps: readonly Step[] = [
  ['own', (_, { own }) => own()],
  ['yes', (_, { yes }) => yes()],
  ['deny', (plant, { word }) => plant.bench.say(`Foobot deny ${word} not now`, { account: 'dora' })],
]

const permutations = <T>(all: readonly T[]): readonly (readonly T[])[] =>
  all.length <= 1
    ? [all]
    : all.flatMap((one) => permutations(all.filter((other) => other !== one)).map((rest) => [one, ...rest]))

/** How many turns of the event loop lie between a step and the next: none, some, or all that it takes. */
const gaps = [0, 1, 2, 3, 'whole'] as const

const orders = permutations(steps).flatMap((order) => gaps.map((gap) => ({ order, gap })))
const nameOf = ({ order, gap }: (typeof orders)[number]): string =>
  `${order.map(([name]) => name).join(', ')} at ${gap}`

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

it('whichever order the two come in, a no that was taken is never followed by an execution', async () => {
  const plant = await Plant.open()
  for (const { order, gap } of orders) {
    const name = nameOf({ order, gap })
    const runs = plant.runner.runs
    const said = plant.texts.length
    await plant.bench.say('Foobot rebuild svr-1827')
    const { id, word = '', stated } = plant.waiting()
    const [bianca, jhand] = [await plant.yes('bianca', asBackend), await plant.yes('jhand')]
    const hand = (envelope: typeof bianca) => async () => void (await plant.bench.engine.doors.present(envelope))
    const going: Promise<unknown>[] = []
    for (const [, act] of order) {
      const step = act(plant, { word, code: stated.code, yes: hand(bianca), own: hand(jhand) })
      going.push(step)
      if (gap === 'whole') await step
      else for (let n = 0; n < gap; n += 1) await turn()
    }
    await Promise.all(going)
    const state = await plant.ended(id)
    const heard = plant.texts.slice(said).join('\n')
    const ran = plant.runner.runs - runs
    expect(ran, name).toBe(state === 'done' ? 1 : 0)
    expect(['done', 'refused', 'cancelled'], name).toContain(state)
    if (state === 'refused') expect(heard, name).toContain('dora has denied this: not now. Nothing was run.')
    // The same words within a minute would be the same request.
    plant.advance(60_000)
    if (state === 'done')
      expect(heard, name).toMatch(/I have asked delivery to stop it|It has ended already|Nothing waits/)
  }
  await plant.end()
})

it('a no to what was recorded and not sent takes it back', async () => {
  const plant = await Plant.open()
  await plant.bench.say('Foobot rebuild svr-1827')
  const { id, stated } = plant.waiting()
  await plant.present('jhand')
  plant.link?.leave()
  await plant.present('bianca', asBackend)
  expect(await plant.stateOf(id)).toBe('running')
  await plant.bench.say(`Foobot deny ${stated.code}`, { account: 'dora' })
  expect(await plant.stateOf(id)).toBe('cancelled')
  await plant.dial()
  expect(plant.runner.runs).toBe(0)
  await plant.end()
})

it('a no after the claim is told that it is too late, and by when it started', async () => {
  const plant = await Plant.open()
  await plant.bench.say('Foobot rebuild svr-1827')
  const { id, stated, word } = plant.waiting()
  let release = (): void => undefined
  plant.runner.work = () => new Promise((resolve) => (release = resolve))
  await plant.present('jhand')
  await plant.present('bianca', asBackend)
  await expect.poll(() => plant.runner.runs).toBe(1)
  for (const which of [stated.code, word]) await plant.bench.say(`Foobot deny ${which}`, { account: 'dora' })
  await expect.poll(() => plant.texts).toContainEqual(expect.stringMatching(/^Too late: it started at \d\d:\d\d\.$/))
  expect(await plant.stateOf(id)).toBe('running')
  release()
  expect(await plant.ended(id)).toBe('done')
  expect(plant.runner.runs).toBe(1)
  await plant.end()
})

it('a no by who could not have approved changes nothing', async () => {
  const plant = await Plant.open(bundleOf(1, { people: new Map([...company().people]) }))
  await plant.bench.say('Foobot rebuild svr-1827')
  const { id, stated } = plant.waiting()
  for (const account of ['fiona', 'jhand', 'nobody']) await plant.bench.say(`Foobot deny ${stated.code}`, { account })
  expect(await plant.stateOf(id)).toBe('pending')
  await plant.end()
})
