import { expect, it } from 'vitest'
import { readCompany } from '#config/company.ts'
import { acceptBundle } from '#core/bundle/bundle.ts'
import type { Root } from '#core/bundle/company.ts'
import { ann, annAgain, bob, eve, folder, rootOf, signed, trust } from './company-folder.fixture.ts'

const first = signed(folder(), [ann, bob])
const held = acceptBundle(first, readCompany, trust)
const next = (own: Root, signers: Parameters<typeof signed>[1], changes = {}) =>
  acceptBundle(signed(folder(changes, own), signers, { version: 2, previous: first.digest }), readCompany, {
    ...trust,
    held,
  })

const both = rootOf(2, ['ann', ann], ['bob', bob])

it('all administrators together may change who they are', () => {
  expect(next(rootOf(1, ['eve', eve]), [ann, bob, eve]).company.root.administrators).toHaveLength(1)
})

it.each([
  ['removes the other one', rootOf(1, ['ann', ann]), [ann]],
  ['lowers the threshold', rootOf(1, ['ann', ann], ['bob', bob]), [ann]],
  ['puts an accomplice in the other’s place', rootOf(2, ['ann', ann], ['eve', eve]), [ann, eve]],
  ['puts a key of their own in the other’s place', rootOf(2, ['ann', ann], ['bob', annAgain]), [ann, annAgain]],
  ['changes a policy', both, [ann]],
  ['signs twice', both, [ann, ann]],
] as const)('one administrator alone who %s is refused', (_, own, signers) => {
  const changes = { 'policy/ops.cedar': 'permit (principal == Person::"ann", action, resource);\n' }
  expect(() => next(own, signers, changes)).toThrow('1 of the 2 administrators that bundle 1 asks for')
})

it.each([
  ['nobody', rootOf(1), 'write at least one administrator'],
  ['fewer than must sign', rootOf(2, ['ann', ann]), 'nobody could ever change anything'],
  [
    'one person with two keys, of whom two must sign',
    rootOf(2, ['ann', ann], ['ann', annAgain]),
    'nobody could ever change',
  ],
  ['nobody who must sign', rootOf(0, ['ann', ann]), 'at least 1'],
  ['somebody who is nobody', rootOf(1, ['mallory', eve]), 'there is no people/mallory.yaml'],
  ['one key under two names', rootOf(2, ['ann', ann], ['bob', ann]), 'a key has one role'],
])('a root of %s is refused, whoever signs', (_, own, reason) => {
  expect(() => next(own, [ann, bob, annAgain, eve])).toThrow(reason)
})
