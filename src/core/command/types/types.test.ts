import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { meaningOf } from '../said/meaning.ts'
import { seconds } from '../seconds.ts'
import { directoryOf, type Speaking } from '../speaking.ts'
import { namedTypes } from './types.ts'
import { valuesType } from './values.ts'

const speaking: Speaking = {
  now: Date.parse('2015-06-30T23:30:00Z'),
  zone: 'Europe/Berlin',
  dateOrder: 'month-first',
  me: 'jhand',
  directory: directoryOf(
    [
      { id: 'jhand', name: 'Jason Hand' },
      { id: 'mansel', name: 'Michael Ansel' },
      { id: 'mansel2', name: 'Michael Ansel' },
      { id: 'zoe', name: 'Zoë' },
    ],
    ['Devs'],
  ),
}

const said = (name: string, word: string, context = speaking) => {
  const type = namedTypes.get(name) ?? valuesType(name.split('|'))
  if (!type.takes(word)) return `not ${type.what}`
  const understood = meaningOf(type, word, context)
  return understood.ok ? understood.value : understood.say
}

test.each([
  ['word', 'svr-1827', 'svr-1827'],
  ['int', '+007', 7],
  ['int', '-0', 0],
  ['number', '12.50', 12.5],
  ['number', '-0.0', 0],
  ['number', '+007.250', 7.25],
  ['number', '-0.1', -0.1],
  ['number', '9007199254740992', 9007199254740992],
  ['date', '05/31/15', '2015-05-31'],
  ['date', '5/1/2015', '2015-05-01'],
  ['date', '31.05.2015', '2015-05-31'],
  ['date', '2015-5-1', '2015-05-01'],
  ['date', 'Today', '2015-07-01'],
  ['date', 'tomorrow', '2015-07-02'],
  ['date', 'yesterday', '2015-06-30'],
  ['date', '02/29/16', '2016-02-29'],
  ['duration', '030D', '30d'],
  ['duration', '1h', '1h'],
  ['quarter', 'q2', '2015-Q2'],
  ['quarter', '2015q2', '2015-Q2'],
  ['quarter', 'Q4-2014', '2014-Q4'],
  ['person', 'me', 'jhand'],
  ['person', 'JASON hand', 'jhand'],
  ['person', '@mansel', 'mansel'],
  ['person', 'Zoe\u0308', 'zoe'],
  ['group', 'devs', 'Devs'],
  ['url', 'HTTPS://Example.com', 'https://example.com/'],
  ['Free|Pro', 'pRO', 'Pro'],
])('%s: %s is %s', (name, word, value) => {
  expect(said(name, word)).toBe(value)
})

test('dates follow the order of the company, days its zone', () => {
  expect(said('date', '01/02/15', { ...speaking, dateOrder: 'day-first' })).toBe('2015-02-01')
  expect(said('date', 'today', { ...speaking, zone: 'America/New_York' })).toBe('2015-06-30')
  const newYear = { ...speaking, now: Date.parse('2015-12-31T23:30:00Z') }
  expect(said('quarter', 'Q1', newYear)).toBe('2016-Q1')
})

test.each([
  ['word', 'dеploy', 'not one word of ASCII'],
  ['word', '-x', 'not one word of ASCII'],
  ['word', 'a b', 'not one word of ASCII'],
  ['int', '1.5', 'not a whole number'],
  ['int', '99999999999999999', 'not a whole number'],
  ['int', '9007199254740993', 'too large'],
  ['number', '1,5', 'not a number'],
  ['number', '1e5', 'not a number'],
  ['number', '0.0000000001', 'too small'],
  ['number', '9007199254740993', 'more digits than I can keep: I would take it for 9007199254740992'],
  ['number', '1000.0000000000000001', 'more digits than I can keep: I would take it for 1000'],
  ['number', '123456789.123456789', 'more digits than I can keep'],
  ['date', '31/05/15', 'no day 31/05/15, read with the month first'],
  ['date', '02/30/2015', 'no day 02/30/2015'],
  ['date', 'tuesday', 'not a date, as 2015-05-31'],
  ['duration', '30', 'not a length of time'],
  ['duration', '1h30m', 'not a length of time'],
  ['quarter', 'Q5', 'not a quarter'],
  ['person', 'nobody', 'I know nobody called "nobody"'],
  ['person', 'Michael Ansel', 'say which, by id: mansel, mansel2'],
  ['group', 'Nobodies', 'I know no group "Nobodies"'],
  ['url', 'example.com', 'not a web address'],
  ['url', 'javascript:alert(1)', 'not a web address'],
  ['url', 'https://me:secret@example.com', 'Leave user name and password out'],
  ['Free|Pro', 'Gold', 'not Free or Pro'],
  ['Free|Pro', 'Ｐro', 'not Free or Pro'],
])('%s: %s is refused', (name, word, why) => {
  expect(said(name, word)).toContain(why)
})

test('nobody is me without a person', () => {
  const { me: _, ...nobody } = speaking
  expect(said('person', 'me', nobody)).toBe('I do not know who you are here.')
})

describe('every type', () => {
  const all = [...namedTypes.values(), valuesType(['next', 'last'])]

  test.each(all.map((type) => [type.name, type] as const))(
    '%s takes its samples, and whatever it understands is canonical',
    (_, type) => {
      for (const sample of type.samples) expect(type.takes(sample)).toBe(true)
      const words = fc.oneof(
        fc.constantFrom(...type.samples),
        fc.string({ maxLength: 12 }),
        fc.stringMatching(/^[+-]?[0-9./Qq-]{1,10}[smhdw]?$/),
      )
      fc.assert(
        fc.property(words, (word) => {
          if (!type.takes(word)) return
          const understood = meaningOf(type, word, speaking)
          if (!understood.ok) return
          const text = String(understood.value)
          expect(type.takes(text)).toBe(true)
          expect(type.read(text)).toBe(understood.value)
          expect(meaningOf(type, text, speaking)).toEqual(understood)
        }),
        { numRuns: 300 },
      )
    },
  )

  test.each(all.map((type) => [type.name, type] as const))('%s reads only what it takes', (_, type) => {
    fc.assert(
      fc.property(fc.string({ maxLength: 12 }), (word) => {
        const value = type.read(word)
        if (value === undefined) return
        expect(String(value)).toBe(word)
        expect(type.takes(word)).toBe(true)
      }),
      { numRuns: 300 },
    )
  })
})

test('a duration has seconds', () => {
  expect(['90s', '15m', '1h', '30d', '2w'].map(seconds)).toEqual([90, 900, 3600, 2_592_000, 1_209_600])
  expect(() => seconds('1y')).toThrow(RangeError)
  expect(() => seconds('h')).toThrow(RangeError)
})
