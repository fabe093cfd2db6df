import { describe, expect, it } from 'vitest'
import { inFull, shortTargets, targetsOf } from './targets.ts'

describe('a short target', () => {
  const short = shortTargets({
    'collectd.load(<host>)': 'collectd.<host>.load',
    'p99(<app>)': 'histogram_quantile(0.99, rate(seconds_bucket{app="<app>"}[5m]))',
  })

  it.each([
    ['collectd.load(prod1)', 'collectd.prod1.load'],
    ['collectd.load(prod*)', 'collectd.prod*.load'],
    ['sumSeries(collectd.load(prod1),collectd.load(prod2))', 'sumSeries(collectd.prod1.load,collectd.prod2.load)'],
    ['alias(collectd.load(prod1), "load")', 'alias(collectd.prod1.load, "load")'],
    ['p99(timeline)', 'histogram_quantile(0.99, rate(seconds_bucket{app="timeline"}[5m]))'],
  ])('%s is written out', (said, full) => expect(inFull(said, short)).toBe(full))

  it.each([
    'collectd.prod1.load',
    'collectd.load()',
    'collectd.load(a b)',
    'collectd.load(sum(a))',
    'xcollectd.load(prod1)',
    'collectd.load(prod1)x',
    'p99(a"} or up{job=")',
  ])('%s is none', (said) => expect(inFull(said, short)).toBe(said))

  it('is configured with slots that both forms have', () => {
    expect(() => shortTargets({ 'a(<b>)': 'a.<c>' })).toThrow('has no <c>')
  })
})

describe('a line of targets', () => {
  it.each([
    ['a, b', ['a', 'b']],
    ['a  b', ['a', 'b']],
    ['sumSeries(a, b), c.{d, e}', ['sumSeries(a, b)', 'c.{d, e}']],
    ['alias(a, "x, y (z") b', ['alias(a, "x, y (z")', 'b']],
    [',', []],
  ])('%s', (line, targets) => expect(targetsOf(line, /[\s,]/)).toEqual(targets))

  it('keeps spaces that are the language’s own', () => {
    expect(targetsOf('sum(a) by (b), up == 0', /,/)).toEqual(['sum(a) by (b)', 'up == 0'])
  })

  it.each([
    ['sum(a', 'a ) is missing'],
    ['sum(a))', 'has a ) too many'],
    ['alias(a, "b)', 'a " is missing'],
    ['a{b)', 'has a ) too many'],
  ])('%s is told what is wrong with it', (line, wrong) => expect(() => targetsOf(line, /,/)).toThrow(wrong))
})
