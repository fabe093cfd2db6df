import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type RealGraphite, type Sample, startGraphite } from '../../test/graphite.fixture.ts'
import { Graphite } from './graphite.ts'
import { extremesOf } from './series.ts'

const until = Math.floor(Date.now() / 60_000) * 60
const samples: readonly Sample[] = Array.from({ length: 50 }, (_, index) => [
  ['collectd.prod1.load', until - (50 - index) * 60, index] as const,
  ['collectd.prod2.load', until - (50 - index) * 60, 2 * index] as const,
])
  .flat()
  // Nothing was measured for a while.
  .filter(([metric, , value]) => metric.includes('prod2') || value < 20 || value > 25)

/** Debian's Graphite, as it is. */
describe('a real Graphite', () => {
  let real: RealGraphite
  let graphite: Graphite
  beforeAll(async () => {
    real = await startGraphite(samples)
    graphite = new Graphite({ baseUrl: real.url, headers: () => ({}), timeLimit: 15 })
  })
  afterAll(() => real?.stop())
  const read = (target: string, window = 3600) =>
    graphite.read(target, { from: until - window, until }, new AbortController().signal)

  it('gives the values of a target, with gaps', async () => {
    const [series, ...others] = await read('collectd.prod1.load')
    expect(others).toEqual([])
    if (!series) throw new Error('it gave nothing')
    expect(extremesOf(series)).toMatchObject({ last: 49, min: { value: 0 }, max: { value: 49, at: until - 60 } })
    const gap = series.points.filter(({ at }) => at > until - 31 * 60 && at < until - 24 * 60)
    expect(gap.map(({ value }) => value)).toEqual([null, null, null, null, null, null])
  })

  it('works out functions and patterns', async () => {
    const [sum] = await read('alias(sumSeries(collectd.*.load), "all, of it")')
    expect(sum?.name).toBe('all, of it')
    expect(sum && extremesOf(sum)?.last).toBe(49 * 3)
    expect((await read('collectd.{prod1,prod2}.load')).map(({ name }) => name)).toEqual([
      'collectd.prod1.load',
      'collectd.prod2.load',
    ])
  })

  it('knows nothing, or no values', async () => {
    expect(await read('collectd.prod9.load')).toEqual([])
    const [old] = await graphite.read(
      'collectd.prod1.load',
      { from: until - 20 * 3600, until: until - 10 * 3600 },
      new AbortController().signal,
    )
    expect(old && extremesOf(old)).toBeUndefined()
  })

  it.each([
    ['nope(collectd.prod1.load)', 'Graphite refuses: Invalid parameters (Received request for unknown function: nope)'],
    [
      'movingAverage(collectd.prod1.load)',
      'Graphite cannot work out "movingAverage(collectd.prod1.load)": movingAverage() missing 1',
    ],
    ['scale(collectd.prod1.load,"x")', 'Graphite '],
  ])('says what is wrong with %s', async (target, say) => {
    const told = await read(target).catch((error: Error) => error.message)
    expect(told).toContain(say)
    expect(told).not.toMatch(/<|Traceback/)
  })
})
