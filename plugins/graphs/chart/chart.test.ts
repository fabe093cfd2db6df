import { describe, expect, it } from 'vitest'
import type { Clock } from '../zone.ts'
import { draw, type Graph } from './draw.ts'
import { pngOf } from './png.ts'
import { valueAxis } from './ticks.ts'
import { timeTicks } from './time-ticks.ts'

const denver: Clock = { zone: 'America/Denver', dateOrder: 'month-first' }
const at = (iso: string): number => Date.parse(iso) / 1000

describe('the axis of values', () => {
  const labels = (...given: Parameters<typeof valueAxis>) => valueAxis(...given).ticks.map(({ label }) => label)

  it('has round numbers, from nought where that tells the truth', () => {
    expect(labels(0.8, 7.08, 'none')).toEqual(['0', '2', '4', '6', '8'])
    expect(labels(-40, 40, 'percent')).toEqual(['-40%', '-20%', '0%', '20%', '40%'])
    expect(labels(1_250_000, 1_349_000, 'none').slice(0, 2)).toEqual(['1.24M', '1.26M'])
    expect(labels(0, 5.5 * 1024 ** 3, 'bytes').at(-1)).toBe('6 GiB')
    expect(labels(0.02, 0.278, 'seconds').slice(0, 2)).toEqual(['0', '100 ms'])
    expect(labels(0, 1.2, 'none').slice(0, 3)).toEqual(['0', '0.25', '0.50'])
  })

  it('holds every value, whatever comes', () => {
    for (const [least, greatest] of [
      [0, 0],
      [3, 3],
      [-3, -3],
      [1e-9, 2e-9],
      [-1e12, 5],
      [0, Number.MIN_VALUE],
      [99.99, 100.01],
    ] as const) {
      const { low, high, ticks } = valueAxis(least, greatest, 'none')
      expect(low).toBeLessThanOrEqual(least)
      expect(high).toBeGreaterThanOrEqual(greatest)
      expect(high).toBeGreaterThan(low)
      expect(ticks.length).toBeGreaterThan(1)
      expect(ticks.length).toBeLessThan(12)
    }
  })
})

describe('the axis of time', () => {
  const labels = (from: string, until: string, clock = denver) =>
    timeTicks({ from: at(from), until: at(until) }, clock, 7).map(({ label }) => label)

  it('has round times of the company’s clock', () => {
    expect(labels('2015-05-31T16:57:00Z', '2015-05-31T17:57:00Z')).toEqual([
      '11:00',
      '11:10',
      '11:20',
      '11:30',
      '11:40',
      '11:50',
    ])
    expect(labels('2015-05-30T17:00:00Z', '2015-05-31T17:00:00Z')).toEqual([
      '12:00',
      '16:00',
      '20:00',
      '05/31',
      '04:00',
      '08:00',
    ])
    expect(labels('2015-05-24T17:00:00Z', '2015-05-31T17:00:00Z', { ...denver, dateOrder: 'day-first' })).toEqual([
      '25/05',
      '26/05',
      '27/05',
      '28/05',
      '29/05',
      '30/05',
      '31/05',
    ])
    expect(labels('2014-06-01T00:00:00Z', '2015-05-31T17:00:00Z').slice(0, 2)).toEqual(['07/01/14', '09/01/14'])
    expect(labels('2015-05-31T17:00:05Z', '2015-05-31T17:01:05Z').at(-1)).toBe('11:01:00')
  })

  it('stays round where clocks are changed', () => {
    expect(labels('2015-03-08T03:00:00Z', '2015-03-08T20:00:00Z')).toEqual([
      '21:00',
      '03/08',
      '03:00',
      '06:00',
      '09:00',
      '12:00',
    ])
    expect(labels('2015-11-01T04:00:00Z', '2015-11-01T20:00:00Z')).toEqual([
      '11/01',
      '03:00',
      '06:00',
      '09:00',
      '12:00',
    ])
  })
})

describe('a graph', () => {
  const span = { from: 1_400_000_000, until: 1_400_003_600 }
  const points = (values: readonly (number | null)[]) =>
    values.map((value, index) => ({ at: span.from + (index + 1) * 60, value }))
  const graph = (more: Partial<Graph>): Graph => ({
    title: 'load',
    series: [{ name: 'load', points: points([1, 2, null, 3, 4, null, 5]) }],
    span,
    unit: 'none',
    clock: denver,
    ...more,
  })

  it('breaks its line where nothing was measured, and marks what stands alone', () => {
    const svg = draw(graph({}))
    const line = /<path d="([^"]+)" fill="none" stroke="#5aa7ff"/.exec(svg)?.[1] ?? ''
    expect(line.match(/M/g)).toHaveLength(2)
    expect(svg).toContain('r="2"')
  })

  it('is a picture, whatever names come', () => {
    const name = 'a<b>&"\u0000\u001b[31m\ud800\u202e]]>'.repeat(30)
    const png = pngOf(draw(graph({ title: name, series: [{ name, points: points([1, 2]) }] })))
    expect(png.subarray(1, 4).toString()).toBe('PNG')
    expect([png.readUInt32BE(16), png.readUInt32BE(20)]).toEqual([1600, 884])
    expect(png.length).toBeLessThan(300_000)
  })
})
