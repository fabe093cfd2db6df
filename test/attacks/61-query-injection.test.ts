import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { containing, type Soql, soql } from '../../plugins/salesforce/soql.ts'
import { parseQuery } from '../../sandbox/salesforce/soql/parse.ts'

/**
 * Somebody names a customer so that the name would become a part of the query. The stand-in's parser, which shares no code with the
 * plugin, finds one condition whatever was said, and in it the very text.
 */

// DEFENCE plugins/salesforce/soql.ts
// - ["'", "\\'"],

// DEFENCE plugins/salesforce/soql.ts
// - ['\\', '\\\\'],

// DEFENCE plugins/salesforce/soql.ts
// - return quoted(`%${escaped(part.text).replace(/[%_]/g, '\\$&')}%`)
// + return quoted(`%${escaped(part.text)}%`)

// DEFENCE plugins/salesforce/soql.ts
// - if (text.includes('\\')) throw new RangeError('a pattern takes no backslash')

const attacks = [
  "' OR Name != '",
  "\\' OR Name != '",
  "\\\\' OR Name != '",
  "x') OR (Name LIKE '%",
  "' LIMIT 200 --",
  "x' ORDER BY Name LIMIT 1 OFFSET 5 /*",
  '%',
  '_',
  '\\%',
  "%' OR Name LIKE '%",
  '\\',
  "'",
  '\\u0027 OR Name != \\u0027',
]

const conditionOf = ({ text }: Soql) => parseQuery(text).where
const equal = (said: string) => conditionOf(soql`SELECT Id FROM Account WHERE Name = ${said} LIMIT 1`)
const near = (said: string) => conditionOf(soql`SELECT Id FROM Account WHERE Name LIKE ${containing(said)} LIMIT 5`)

const compared = (said: string) => ({
  kind: 'compare',
  path: ['Name'],
  operator: '=',
  value: { kind: 'text', value: said },
})

describe.each(attacks)('%s', (said) => {
  it('is compared as it was said', () => {
    expect(equal(said)).toEqual(compared(said))
  })

  it('is looked for as it was said and as no pattern, or not at all', () => {
    if (said.includes('\\')) {
      expect(() => near(said)).toThrow('takes no backslash')
      return
    }
    const found = near(said)
    expect(found).toMatchObject({ kind: 'like', path: ['Name'] })
    const pattern = found?.kind === 'like' ? found.pattern : /$^/
    expect(pattern.test(`before ${said} behind`)).toBe(true)
    expect(['Rackspace', 'AcmeOps', ''].filter((name) => pattern.test(name))).toEqual([])
  })
})

it('whatever is said', () => {
  const nasty = fc.constantFrom(...`'"\\%_()=<>nrtbfu0027 `, 'OR', 'LIKE', 'LIMIT')
  fc.assert(
    fc.property(fc.string({ unit: nasty, minLength: 1 }), (said) => {
      expect(equal(said)).toEqual(compared(said))
      if (!said.includes('\\')) expect(near(said)).toMatchObject({ kind: 'like', path: ['Name'] })
    }),
    { numRuns: 200 },
  )
})
