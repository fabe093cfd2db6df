import { expect, it } from 'vitest'
import { Held } from './held.ts'

const shown: (number | string)[] = []
const show = (held: Held, what: number | string, characters = 1): void => held.show(characters, () => shown.push(what))

it('what is to be shown is shown at once, or in its order once it may be', () => {
  const held = new Held()
  show(held, 'now')
  held.hold()
  show(held, 'first')
  show(held, 'second')
  expect(shown.splice(0)).toEqual(['now'])
  expect(held.release()).toBe(0)
  expect(shown.splice(0)).toEqual(['first', 'second'])
})

it('what finds no room is counted: of many things, and of large ones', () => {
  const held = new Held()
  held.hold()
  for (let n = 0; n < 600; n += 1) show(held, n)
  expect(held.release()).toBe(100)
  expect(shown.splice(0)).toHaveLength(500)
  held.hold()
  for (let n = 0; n < 5; n += 1) show(held, n, 100_000)
  expect(held.release()).toBe(3)
  expect(shown.splice(0)).toEqual([0, 1])
})
