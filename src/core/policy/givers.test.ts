import { generateKeyPairSync } from 'node:crypto'
import { expect, test } from 'vitest'
import type { Person } from '#core/bundle/company.ts'
import type { Key } from '#core/signature/key.ts'
import type { Requirement } from './decision.ts'
import { bestOf, giversOf } from './givers.ts'
import { companyWith } from './small-company.fixture.ts'

const approval = (key: 'attested' | 'software' | 'verified' | 'hardware'): Requirement => ({
  kind: 'approval',
  group: 'DBA',
  count: 1,
  key,
  because: 'tier dangerous',
})

const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const passkey = `webauthn ${publicKey.export({ type: 'spki', format: 'der' }).toString('base64')}` as Key

const company = companyWith('')
const dora: Person = { id: 'dora', name: 'Dora', accounts: [], keys: [passkey], hardware: new Set<Key>() }
const withPasskey = { ...company, people: new Map([...company.people, ['dora', dora] as const]) }

test('only other people of the group, with a key that is strong enough', () => {
  expect(giversOf(company, approval('software'), 'mansel')).toEqual(['dean', 'dora'])
  expect(giversOf(company, approval('software'), 'dora')).toEqual(['dean'])
  expect(giversOf(company, approval('verified'), 'mansel')).toEqual([])
  expect(giversOf(withPasskey, approval('verified'), 'mansel')).toEqual(['dora'])
  expect(giversOf(withPasskey, approval('hardware'), 'mansel')).toEqual([])
})

test('what is asked of the requester, only the requester can give', () => {
  const signature = { kind: 'signature', key: 'software', because: 'a' } as const
  const factor = { kind: 'second-factor', key: 'verified', because: 'a' } as const
  expect(giversOf(company, signature, 'mansel')).toEqual(['mansel'])
  expect(giversOf(company, signature, undefined)).toEqual([])
  expect(giversOf(company, factor, 'mansel')).toEqual([])
  const attested = { factors: new Map([['duo', 'sensitive' as const]]), words: [] }
  expect(giversOf({ ...company, attested }, factor, 'mansel')).toEqual(['mansel'])
})

test('a consent is worth its key: none, a file, a passkey, hardware that the bundle knows', () => {
  expect(bestOf({ ...dora, keys: [] })).toBe('attested')
  expect(company.people.get('dora')).toSatisfy((person) => bestOf(person) === 'software')
  expect(bestOf(dora)).toBe('verified')
  expect(bestOf({ ...dora, hardware: new Set([passkey]) })).toBe('hardware')
})
