import { expect, it } from 'vitest'
import { Cursors } from './cursors.ts'

const cursors = new Cursors(Buffer.alloc(16, 1))

it('a cursor leads back to its place, in its room alone', () => {
  for (const place of [1, 2, 2 ** 40]) expect(cursors.open('devs', cursors.seal('devs', place))).toBe(place)
  expect(cursors.open('ops', cursors.seal('devs', 1))).toBeUndefined()
  expect(cursors.open('devs', '0'.repeat(32))).toBeUndefined()
  expect(new Cursors(Buffer.alloc(16, 2)).open('devs', cursors.seal('devs', 1))).toBeUndefined()
})

it('two cursors tell nothing of how much was said between them', () => {
  const [one = '', two = ''] = [cursors.seal('devs', 1), cursors.seal('devs', 2)]
  expect(one.slice(0, 16)).not.toBe(two.slice(0, 16))
  expect(one.slice(16)).not.toBe(two.slice(16))
})
