import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { containing, fieldName, soql } from './soql.ts'

/** Takes a string literal apart by the rules of the vendor's page, written a second time. */
const literalOf = (written: string): string | undefined => {
  if (!/^'(?:[^'\\]|\\[nrtbf"'\\])*'$/s.test(written)) return undefined
  const meant: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', f: '\f' }
  return written.slice(1, -1).replace(/\\(.)/gs, (_, escaped: string) => meant[escaped] ?? escaped)
}

/** What queries are made of, and what is no single character. */
const nasty = fc.constantFrom(
  ...`'"\\%_()=nrtbfuNR0 ,;-`,
  '\n',
  '\r',
  '\t',
  '\b',
  '\f',
  '\0',
  'é',
  '🎨',
  '\uD800',
  '\u2028',
)

describe('what is said in a room is a text in a query, whatever it is', () => {
  it.each([
    ["O'Reilly", "'O\\'Reilly'"],
    ["' OR Name != '", "'\\' OR Name != \\''"],
    ["\\' OR Name != '", "'\\\\\\' OR Name != \\''"],
    ['\\', "'\\\\'"],
    ['"', "'\\\"'"],
    ["x') OR (Id != '", "'x\\') OR (Id != \\''"],
    ['\n', "'\\n'"],
    ['100%_', "'100%_'"],
  ])('%j', (said, written) => {
    expect(soql`${said}`.text).toBe(written)
  })

  it('comes out as it went in', () => {
    fc.assert(
      fc.property(fc.string({ unit: nasty }), (said) => literalOf(soql`${said}`.text) === said),
      { numRuns: 300 },
    )
  })

  it.each([
    ['100%', "'%100\\%%'"],
    ['a_b', "'%a\\_b%'"],
    ["%' OR Name LIKE '%", "'%\\%\\' OR Name LIKE \\'\\%%'"],
    ['', "'%%'"],
  ])('%j somewhere', (said, written) => {
    expect(soql`${containing(said)}`.text).toBe(written)
  })
})

it.each(['\\', '\\%', "\\'"])('looks for no %j', (said) => {
  expect(() => containing(said)).toThrow('takes no backslash')
})

it('writes instants in UTC, numbers as they are, and pieces as they were made', () => {
  const when = soql`CreatedDate >= ${new Date('2015-04-01T06:00:00Z')}`
  expect(soql`SELECT Id FROM Lead WHERE ${when} LIMIT ${5}`.text).toBe(
    'SELECT Id FROM Lead WHERE CreatedDate >= 2015-04-01T06:00:00.000Z LIMIT 5',
  )
})

it.each(['', 'Lead Source', "a'b", 'Id FROM Lead', '1a', 'a.b'])('takes no field %j', (name) => {
  expect(() => fieldName(name)).toThrow('is no field')
})
