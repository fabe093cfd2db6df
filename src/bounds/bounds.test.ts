import { describe, expect, it } from 'vitest'
import { bound, bounds, boundText } from './bound.ts'
import { Bucket } from './bucket.ts'
import { Buckets } from './buckets.ts'
import { Line } from './line.ts'
import { type Place, Places } from './places.ts'
import { Tally } from './tally.ts'

const places = (most: number, unit = 'places') =>
  bound(`test-${most}-${bounds().length}`, { most, unit, of: '', say: '' })

describe('a bound', () => {
  it('is declared once, is listed, and counts how often it was reached', () => {
    const made = bound('test-once', { most: 3, unit: 'frames', of: 'a test', say: 'Too many.' })
    expect(() => bound('test-once', { most: 4, unit: 'frames', of: 'a test', say: 'Too many.' })).toThrow('twice')
    made.reached()
    made.reached()
    expect(bounds().find(({ name }) => name === 'test-once')?.times).toBe(2)
  })

  it.each([
    [{ most: 65_536, unit: 'bytes' }, '64 KiB'],
    [{ most: 3 * 1024 * 1024, unit: 'bytes' }, '3 MiB'],
    [{ most: 1000, unit: 'bytes' }, '1000 bytes'],
    [{ most: 30_000, unit: 'milliseconds' }, '30 s'],
    [{ most: 1024, unit: 'connections' }, '1,024 connections'],
    [{ most: 40, unit: 'frames', perSecond: 20 }, '40 frames at once, 20 a second'],
    [{ most: 1, unit: 'times', perSecond: 1 / 3600 }, '1 time at once, 1 an hour'],
    [{ most: 20, unit: 'alarms', perSecond: 20 / 3600 }, '20 alarms at once, 20 an hour'],
    [{ most: 1_048_576, unit: 'bytes', perSecond: 65_536 }, '1 MiB at once, 64 KiB a second'],
  ])('is written as people read it: %o', (about, text) => {
    expect(boundText(about)).toBe(text)
  })
})

describe('a bucket', () => {
  it('lets a burst through, then as much as flows in; what is overdrawn is waited for', () => {
    let now = 0
    const bucket = new Bucket({ most: 2, perSecond: 10 }, () => now)
    expect([bucket.take(), bucket.take(), bucket.take()]).toEqual([0, 0, 100])
    expect(bucket.tryTake()).toBe(false)
    now = 300
    expect([bucket.tryTake(2), bucket.tryTake()]).toEqual([true, false])
    now = 100
    expect(bucket.tryTake()).toBe(false)
  })
})

describe('buckets', () => {
  it('outlive whoever leaves, and are forgotten only when full', () => {
    let now = 0
    const buckets = new Buckets({ most: 1, perSecond: 1 }, () => now)
    expect(buckets.of('jhand').tryTake()).toBe(true)
    for (let n = 0; n < 5000; n++) buckets.of(`stranger ${n}`)
    expect(buckets.of('jhand').tryTake()).toBe(false)
    now = 1000
    expect(buckets.of('jhand').tryTake()).toBe(true)
  })

  it('are bounded: those that come beyond share one', () => {
    const buckets = new Buckets({ most: 1, perSecond: 1 }, () => 0)
    for (let n = 0; n < 20_000; n++) buckets.of(`source ${n}`).tryTake()
    expect(buckets.of('one more')).toBe(buckets.of('and another'))
    expect(buckets.of('source 0')).not.toBe(buckets.of('one more'))
  })
})

describe('a line', () => {
  it('serves whoever came last first, and turns the oldest away where too many wait', async () => {
    let now = 0
    const rate = bound('test-line', { most: 1, unit: 'turns', perSecond: 1000, of: '', say: '' })
    const line = new Line(rate, places(2), () => now)
    const there = (): boolean => true
    expect(await line.turn('a', there)).toBe(true)
    const order: string[] = []
    const turn = async (name: string, isThere = there): Promise<boolean> => {
      const mine = await line.turn('a', isThere)
      order.push(`${name} ${mine}`)
      return mine
    }
    const turns = [turn('first'), turn('second'), turn('gone', () => false), turn('last')]
    now = 1000
    await Promise.all(turns)
    expect(order).toEqual(['first false', 'second false', 'last true', 'gone false'])
    expect(await line.turn('b', there)).toBe(true)
    expect(rate.times).toBe(4)
  })
})

describe('places', () => {
  const taker = (shared: Places) => {
    const ended: string[] = []
    return { ended, take: (source: string, name = source): Place => shared.take(source, () => ended.push(name)) }
  }

  it('go to the newcomer: the oldest of the same source gives way', () => {
    const each = places(2)
    const { ended, take } = taker(new Places(each, places(10)))
    take('a', 'a1')
    take('b', 'b1')
    take('a', 'a2').free()
    take('a', 'a3')
    take('a', 'a4')
    expect(ended).toEqual(['a1'])
    expect(each.times).toBe(1)
  })

  it('are taken from whoever holds most where there are none left', () => {
    const all = places(4)
    const shared = new Places(places(3), all)
    const { ended, take } = taker(shared)
    for (const name of ['a1', 'a2', 'a3']) take('a', name)
    take('b', 'b1')
    take('c', 'c1')
    expect([ended, all.times, shared.count]).toEqual([['a1'], 1, 4])
  })

  it('are given back once', () => {
    const shared = new Places(places(3), places(4))
    const place = shared.take('a', () => undefined)
    place.free()
    place.free()
    expect(shared.count).toBe(0)
  })
})

describe('a tally', () => {
  it('says the first, counts the others, and says how many they were', () => {
    let now = 0
    const tally = new Tally(1000, () => now)
    expect([tally.say('a'), tally.say('a'), tally.say('b'), tally.say('a')]).toEqual([0, undefined, 0, undefined])
    now = 1000
    expect(tally.say('a')).toBe(2)
    expect(tally.say('a')).toBeUndefined()
  })

  it('tells no more than so many kinds apart', () => {
    const tally = new Tally(1000, () => 0)
    const said = Array.from({ length: 5000 }, (_, n) => tally.say(`kind ${n}`)).filter((again) => again !== undefined)
    expect(said.length).toBe(1025)
  })
})
