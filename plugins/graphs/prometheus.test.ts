import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type RealPrometheus, startPrometheus } from '../../test/prometheus.fixture.ts'
import { Prometheus } from './prometheus.ts'
import { extremesOf } from './series.ts'

const until = Math.floor(Date.now() / 60_000) * 60
const samples = ['prod1', 'prod2'].flatMap((host) =>
  Array.from({ length: 50 }, (_, index) => index)
    .filter((index) => index < 15 || index > 30)
    .map((index) => `node_load1{instance="${host}"} ${index} ${until - (50 - index) * 60}`),
)

/** Debian's Prometheus, as it is. */
describe('a real Prometheus', () => {
  let real: RealPrometheus
  let prometheus: Prometheus
  beforeAll(async () => {
    real = await startPrometheus(samples)
    prometheus = new Prometheus({ baseUrl: real.url, headers: () => ({}), timeLimit: 15 })
  })
  afterAll(() => real?.stop())
  const read = (target: string) => prometheus.read(target, { from: until - 3600, until }, new AbortController().signal)

  it('gives each series by its labels, with gaps', async () => {
    const series = await read('node_load1')
    expect(series.map(({ name }) => name)).toEqual(['node_load1{instance="prod1"}', 'node_load1{instance="prod2"}'])
    const [first] = series
    if (!first) throw new Error('it gave nothing')
    expect(extremesOf(first)).toMatchObject({ last: 49, min: { value: 0 } })
    expect(first.points.filter(({ value }) => value === null)).toHaveLength(1)
  })

  it('works out expressions, and names what has no name as it was said', async () => {
    const [sum, ...others] = await read('sum(node_load1)')
    expect([sum?.name, others.length]).toEqual(['sum(node_load1)', 0])
    expect(sum && extremesOf(sum)?.last).toBe(98)
  })

  it('knows nothing, or nothing that is a number', async () => {
    expect(await read('nothing')).toEqual([])
    const [infinite] = await read('sum(node_load1) / 0 > 0')
    expect(infinite && extremesOf(infinite)).toBeUndefined()
  })

  it.each([
    ['nope(node_load1)', 'Prometheus refuses: 1:1: parse error: unknown function with name "nope"'],
    ['rate(node_load1)', 'expected type range vector'],
    ['"text"', 'invalid expression type "string"'],
  ])('says what is wrong with %s', async (target, say) => {
    await expect(read(target)).rejects.toThrow(say)
  })
})
