import { expect, test } from 'vitest'
import { addressed } from './address.ts'

test.each([
  ['Foobot push', 'push'],
  ['foobot: push', 'push'],
  ['FOOBOT,push', 'push'],
  ['  Foobot   push  ', 'push  '],
  ['Foobot', ''],
  ['Foobot:', ''],
  ['Foobot : push', ': push'],
  ['Foobot\npush', '\npush'],
  ['Foobot \ufeffpush', '\ufeffpush'],
])('%j is for us', (line, rest) => {
  expect(addressed(line, 'Foobot', false)).toBe(rest)
  expect(addressed(line, 'Foobot', true)).toBe(rest)
})

test.each([
  '',
  ' ',
  'push',
  'Foobots push',
  "Foobot's push",
  'Foobot-2 push',
  'Foo bot push',
  'hey Foobot push',
  'Foo',
  '\u200bFoobot push',
  'FOOBOT\u0301 push',
])('%j is for somebody else, unless nobody else listens', (line) => {
  expect(addressed(line, 'Foobot', false)).toBeUndefined()
  expect(addressed(line, 'Foobot', true)).toBe(line)
})

test('only ASCII folds: the Kelvin sign and the long s are no letters of a name', () => {
  expect(addressed('\u212aai push', 'Kai', false)).toBeUndefined()
  expect(addressed('\u017fam push', 'Sam', false)).toBeUndefined()
})
