import { expect, test } from 'vitest'
import { parseOwes } from './owed.ts'

test('each form of the closed list is read', () => {
  expect(parseOwes('second-factor')).toEqual({ kind: 'second-factor' })
  expect(parseOwes('reason')).toEqual({ kind: 'reason' })
  expect(parseOwes('signature')).toEqual({ kind: 'signature' })
  expect(parseOwes('signature hardware')).toEqual({ kind: 'signature', key: 'hardware' })
  expect(parseOwes('approval DBA')).toEqual({ kind: 'approval', from: { group: 'DBA' }, count: 1 })
  expect(parseOwes('approval resource.owner 2')).toEqual({ kind: 'approval', from: 'resource.owner', count: 2 })
  expect(parseOwes('approval Sales and Marketing 3 verified')).toEqual({
    kind: 'approval',
    from: { group: 'Sales and Marketing' },
    count: 3,
    key: 'verified',
  })
})

test.each([
  '',
  ' ',
  'two-factor',
  'Signature',
  'signature software',
  'signature verified verified',
  'signature 2',
  'approval',
  'approval verified',
  'approval  DBA',
  'approval DBA ',
  'second-factor verified',
  'reason why',
])('"%s" is refused', (text) => {
  expect(() => parseOwes(text)).toThrow(/is none of the forms/)
})
