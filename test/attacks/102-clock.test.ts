import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { now } from '#core/warrant/warrant.fixture.ts'
import { viewsOf } from '#engine/views.ts'
import { Server } from '#runner/server.fixture.ts'
import { bundleOf, statementOf } from '../contract/engine.harness.ts'
import { ActingRunner } from './acting-runner.ts'
import { asBackend, Plant } from './plant.fixture.ts'

/** A clock that is wrong for a moment: whoever goes by it refuses, cuts nothing, and is back when it is right. */

// DEFENCE src/runner/claims.ts
// - if (this.#highest - now > skew) return this.#highest - now
// + this.#highest = Math.max(this.#highest, now)

// DEFENCE src/runner/orders.ts
// - this.#checkClock(names?.tier)

// DEFENCE src/runner/orders.ts
// - this.#checkClock(statement.tier)

// DEFENCE src/runner/time.ts
// - if (isConfirmed && behind === undefined) this.#claims.saw(toSeconds(now))

// DEFENCE src/core/clock-watch.ts
// - if (at.monotonic - since < settledAfter) {
// + if (at.monotonic - since < 0) {

// DEFENCE src/engine/walk.ts
// - if (wrong !== undefined) return holdUp(way, stated, before, wrong)

// DEFENCE src/engine/expiry.ts
// - if (way.clockWrong() !== undefined) return

// DEFENCE src/engine/after-trouble.ts
// - if (complete) await goOn(way, complete, request)

const second = 1000
const minute = 60 * second
const day = 24 * 60 * minute
const idOf = (n: number): string => n.toString(16).padStart(32, '0')

describe('a runner whose clock is wrong', () => {
  let runner: ActingRunner
  let server: Server
  let passed: number
  let said: number
  beforeEach(async () => {
    runner = new ActingRunner()
    await runner.start(now - 100)
    server = new Server()
    passed = runner.clock
    said = 0
    runner.monotonic = () => passed
    await runner.start(now - 100)
  })
  afterEach(() => runner.end())

  const pass = (milliseconds: number): void => {
    passed += milliseconds
    runner.clock += milliseconds
  }
  /** Says something by the runner's clock. */
  const say = () => {
    said += 1
    const iat = Math.floor(runner.clock / 1000)
    return runner.execute(server.order({ id: idOf(said), iat, exp: iat + 300 }, runner.claims.head.size).execute)
  }

  it.each([
    ['ahead', day],
    ['ahead by little more than it may', 31 * second],
    ['back', -31 * second],
  ])(
    '%s, refuses meanwhile, ends nothing that runs, and acts again when it is back, also after a restart',
    async (_, off) => {
      const held = Promise.withResolvers<void>()
      runner.work = () => held.promise
      const order = server.order({ id: idOf(99), iat: now, exp: now + 300 }).execute
      runner.orders.take(order)
      await vi.waitFor(() => expect(runner.runs).toBe(1))
      runner.work = async () => undefined

      runner.clock += off
      const refusal = { step: 'time', say: expect.stringContaining('the machine’s clock jumped') }
      expect(await say()).toMatchObject({ outcome: 'refused', refusal })
      pass(2 * second)
      expect(await say()).toMatchObject({ outcome: 'refused', refusal })
      expect(runner.runs).toBe(1)

      runner.clock -= off
      held.resolve()
      await vi.waitFor(() => expect(runner.receipts.map(({ outcome }) => outcome)).toContain('done'))
      expect(await say()).toMatchObject({ outcome: 'done' })
      await runner.start()
      expect(await say()).toMatchObject({ outcome: 'done' })
      expect(runner.runs).toBe(3)
    },
  )

  it('after it has looked at the target claims nothing', async () => {
    const looked = Promise.withResolvers<void>()
    const { inspect } = runner
    runner.inspect = async (command) => {
      runner.clock += 40 * second
      await looked.promise
      return inspect(command)
    }
    const asked = say()
    looked.resolve()
    expect(await asked).toMatchObject({ outcome: 'refused', refusal: { step: 'time' } })
    expect(runner.runs).toBe(0)
  })

  it('gains nothing by waiting: a time below the highest one that was confirmed stays refused', async () => {
    pass(60 * minute)
    expect(await say()).toMatchObject({ outcome: 'done' })
    runner.clock -= 40 * minute
    expect(await say()).toMatchObject({ outcome: 'refused', refusal: { say: expect.stringContaining('jumped') } })
    pass(5 * minute)
    const refusal = { step: 'time', say: expect.stringContaining('My clock went back') }
    expect(await say()).toMatchObject({ outcome: 'refused', refusal })
    await runner.start()
    expect(await say()).toMatchObject({ outcome: 'refused', refusal })
    expect(runner.runs).toBe(1)
  })
})

describe('a server whose clock is wrong', () => {
  let plant: Plant
  beforeEach(async () => {
    plant = await Plant.open(bundleOf(1))
  })
  afterEach(() => plant.end())
  const ordered = () => [...new Set(plant.link?.orders.map((order) => statementOf(order).statement.command))]
  const why = 'the machine’s clock jumped 86400 s ahead: set it right'

  it('decides nothing from member up, says so, and does its work once it is right', async () => {
    plant.bench.clockWrong = why
    await plant.bench.say('Foobot push')
    expect(plant.last).toBe(`I decide nothing by a clock that is wrong, so nothing was run: ${why}. Say it again then.`)
    await plant.bench.say('Foobot ping')
    expect(ordered()).toEqual(['ping'])
    expect(viewsOf(plant.bench.way).ready()).toMatchObject({
      ok: false,
      parts: expect.arrayContaining([{ part: 'clock', ok: false, why }]),
    })
    plant.bench.clockWrong = undefined
    expect(viewsOf(plant.bench.way).ready().ok).toBe(true)
    await plant.bench.say('Foobot push')
    expect(ordered()).toEqual(['ping', 'push'])
  })

  it('ends nothing that waits, and goes on with a yes that came meanwhile', async () => {
    await plant.bench.say('Foobot rebuild svr-1827')
    await plant.present('jhand')
    const { id } = plant.waiting()
    plant.bench.clockWrong = why
    plant.bench.now += day
    await plant.bench.engine.tick()
    expect(await plant.stateOf(id)).toBe('pending')
    plant.bench.now -= day
    // Nobody has looked at the clock since.
    expect(await plant.present('bianca', asBackend)).toMatchObject({ accepted: true })
    await plant.bench.engine.tick()
    expect(await plant.stateOf(id)).toBe('pending')
    expect(plant.runner.runs).toBe(0)
    plant.bench.clockWrong = undefined
    await plant.bench.engine.tick()
    expect(await plant.ended(id)).toBe('done')
    expect(plant.runner.runs).toBe(1)
  })
})
