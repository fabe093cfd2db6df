import { describe, expect, test } from 'vitest'
import { hear, runnerReads } from './hearing.fixture.ts'

const overrides = [
  '\u202a',
  '\u202b',
  '\u202c',
  '\u202d',
  '\u202e',
  '\u2066',
  '\u2067',
  '\u2068',
  '\u2069',
  '\u200e',
  '\u200f',
  '\u061c',
]

describe('17: text that displays in another order than it runs', () => {
  test.each(overrides)('%j is refused in words, quotes and free text', (mark) => {
    expect(hear(`Foobot deploy shop${mark}pohs`)).toMatchObject({ kind: 'refused' })
    expect(hear(`Foobot upgrade "Acme${mark} to Free" to Pro`)).toMatchObject({ kind: 'refused' })
    expect(hear(`Foobot commit -am ${mark}fix`)).toMatchObject({ kind: 'refused' })
    expect(() => runnerReads('commit', `commit -am ${mark}fix`)).toThrow('not canonical')
  })
})
