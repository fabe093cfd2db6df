import { expect, it } from 'vitest'
import { readCompany } from '#config/company.ts'
import { acceptBundle } from '#core/bundle/bundle.ts'
import { ann, bob, eve, folder, signed, trust } from './company-folder.fixture.ts'

// DEFENCE src/config/company-checks.ts
// - checkAccounts,

// DEFENCE src/config/company-checks.ts
// - checkKeys,

/** Even all administrators together cannot put in force what gives one account or key to two people. */
const take = (changes: Readonly<Record<string, string>>) =>
  acceptBundle(signed(folder(changes), [ann, bob]), readCompany, trust)

const eveWith = (text: string) => ({ 'people/eve.yaml': `name: Eve\n${text}\n` })

it('a company where everybody is one is taken', () => {
  expect(take({}).company.people.size).toBe(3)
})

it.each([
  [
    'the account of somebody else',
    eveWith('accounts: [{ platform: slack, tenant: T1, id: U1 }]'),
    'this account is ann’s already',
  ],
  [
    'the same account in other case',
    eveWith('accounts: [{ platform: Slack, tenant: t1, id: u1 }]'),
    'write a name in small letters',
  ],
  [
    'the same id in other case',
    eveWith('accounts: [{ platform: slack, tenant: T1, id: u1 }]'),
    'this account is ann’s already',
  ],
  [
    'an account that poses as somebody on the own platform',
    eveWith('accounts: [{ platform: native, tenant: acme, id: ann }]'),
    'native is Foobot’s own',
  ],
  ['an administrator’s key', eveWith(`keys: ["${ann.key}"]`), 'a key has one role'],
  [
    'somebody’s key',
    { 'people/bob.yaml': `name: Bob\nkeys: ["${eve.key}"]\n`, ...eveWith(`keys: ["${eve.key}"]`) },
    'a key has one role',
  ],
  [
    'one account twice',
    eveWith('accounts: [{ platform: irc, tenant: n, id: e }, { platform: irc, tenant: n, id: e }]'),
    'this account is eve’s already',
  ],
  ['a second file in other case', { 'people/Eve.yaml': 'name: Eve\n' }, 'is no file of a company folder'],
])('a second person with %s is not', (_, changes, reason) => {
  expect(() => take(changes)).toThrow(reason)
})

it('an account of the same id in another tenant is another account', () => {
  expect(take(eveWith('accounts: [{ platform: slack, tenant: T2, id: U1 }]')).company.people.size).toBe(3)
})
