import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { endOf, lastDay, written } from './day.ts'

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
    expect(endOf(day, zone).toISOString()).toBe(at)
  })

  it('is the last that is over when it is over', () => {
    const day = fc
      .date({ min: new Date('2001-01-01'), max: new Date('2099-12-31'), noInvalidDate: true })
      .map((date) => date.toISOString().slice(0, 10))
    const zone = fc.constantFrom('America/Denver', 'Europe/Berlin', 'Asia/Kolkata', 'Pacific/Auckland', 'Etc/UTC')
    fc.assert(
      fc.property(day, zone, (day, zone) => {
        expect(lastDay(endOf(day, zone), zone)).toBe(day)
      }),
      { numRuns: 300 },
    )
  })

  it('is written in the company’s order', () => {
    expect(written('2015-05-31', 'month-first')).toBe('05/31/15')
    expect(written('2015-05-31', 'day-first')).toBe('31/05/15')
  })
})
