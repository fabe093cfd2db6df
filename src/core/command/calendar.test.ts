import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { dayAt, endOfDay, lastDay, quarterSpan, startOfDay, timeZone, writtenDay } from './calendar.ts'

describe('a day of the company', () => {
  it.each([
    ['2015-05-31', 'America/Denver', '2015-06-01T06:00:00.000Z'],
    ['2015-12-31', 'America/Denver', '2016-01-01T07:00:00.000Z'],
    ['2015-05-31', 'Etc/UTC', '2015-06-01T00:00:00.000Z'],
    ['2015-03-28', 'Europe/Berlin', '2015-03-28T23:00:00.000Z'],
    ['2015-03-29', 'Europe/Berlin', '2015-03-29T22:00:00.000Z'],
    ['2015-10-25', 'Europe/Berlin', '2015-10-25T23:00:00.000Z'],
    ['2015-05-31', 'Pacific/Kiritimati', '2015-05-31T10:00:00.000Z'],
  ])('%s in %s is over at %s', (day, zone, at) => {
    expect(endOfDay(day, zone).toISOString()).toBe(at)
  })

  it('is the last that is over when it is over', () => {
    const day = fc
      .date({ min: new Date('2001-01-01'), max: new Date('2099-12-31'), noInvalidDate: true })
      .map((date) => date.toISOString().slice(0, 10))
    const zone = fc.constantFrom('America/Denver', 'Europe/Berlin', 'Asia/Kolkata', 'Pacific/Auckland', 'Etc/UTC')
    fc.assert(
      fc.property(day, zone, (day, zone) => {
        expect(lastDay(endOfDay(day, zone), zone)).toBe(day)
      }),
      { numRuns: 300 },
    )
  })

  it('is written in the company’s order', () => {
    expect(writtenDay('2015-05-31', 'month-first')).toBe('05/31/15')
    expect(writtenDay('2015-05-31', 'day-first')).toBe('31/05/15')
    expect(writtenDay('2999-05-31', 'month-first')).toBe('05/31/2999')
    expect(writtenDay('1999-05-31', 'day-first')).toBe('31/05/1999')
  })

  it('begins where the day before is over', () => {
    expect(startOfDay('2015-06-01', 'America/Denver')).toEqual(endOfDay('2015-05-31', 'America/Denver'))
    expect(dayAt(new Date('2015-06-01T05:59:59Z'), 'America/Denver')).toBe('2015-05-31')
    expect(dayAt(new Date('2015-06-01T06:00:00Z'), 'America/Denver')).toBe('2015-06-01')
  })
})

it.each([
  ['2015-Q2', 'America/Denver', '2015-04-01T06:00:00.000Z', '2015-07-01T06:00:00.000Z'],
  ['2015-Q4', 'America/Denver', '2015-10-01T06:00:00.000Z', '2016-01-01T07:00:00.000Z'],
  ['2016-Q1', 'Asia/Kolkata', '2015-12-31T18:30:00.000Z', '2016-03-31T18:30:00.000Z'],
])('the quarter %s in %s is from %s to %s', (quarter, zone, from, before) => {
  expect(quarterSpan(quarter, zone).map((at) => at.toISOString())).toEqual([from, before])
})

it('a zone is one that there is', () => {
  expect(timeZone().safeParse('America/Denver').success).toBe(true)
  expect(timeZone().safeParse('Denver').success).toBe(false)
})
