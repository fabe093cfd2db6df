import { describe, expect, it } from 'vitest'
import { keyAddKind } from '#core/bundle/key-change.ts'
import { KeyChanges } from '#core/bundle/key-changes.ts'
import { takeKeyChange } from '#core/bundle/take-key-change.ts'
import { bundleOf, companyWith } from '#core/policy/small-company.fixture.ts'
import { passkeySigner, securityKeySigner, signedBy, type TestSigner } from '#core/signature/signer.fixture.ts'
import type { Envelope } from '#core/statement/fields.ts'
import { type Statement, statementKind } from '#core/statement/statement.ts'
import type { Tier } from '#core/tier.ts'
import { type About, checkConsent, checkYes, consentRules } from './check.ts'
import { type AttestedConsent, attestedConsentKind, type Consent, consentKind } from './consent.ts'
import { desk, keys, peopleAndPlaces, services } from './people.fixture.ts'

const now = 1_800_000_000
const company = companyWith('', peopleAndPlaces)

const stated = (tier: Tier, change: Partial<Statement> = {}): Statement => ({
  v: 2,
  id: '0'.repeat(32),
  deployment: 'acme',
  bundle: 1,
  runner: 'main',
  command: 'upgrade',
  definition: 'd'.repeat(64),
  tier,
  text: 'upgrade AcmeOps to Pro',
  resource: { type: 'Customer', id: 'AcmeOps', facts: {} },
  requester: 'jhand',
  via: { platform: 'native', tenant: 'acme', account: 'jhand', room: 'ops', message: 'm1' },
  iat: now - 60,
  exp: now + 240,
  ...change,
})

type Changes = { readonly statement?: Partial<Statement>; readonly company?: Partial<typeof company> }

const aboutOf = (tier: Tier, change: Changes = {}): About => {
  const statement = stated(tier, change.statement)
  const digest = statementKind.digest(statementKind.encode(statement))
  const bundle = bundleOf({ ...company, ...change.company })
  return { statement, digest, bundle, keyChanges: KeyChanges.none, now }
}

const signed = (about: About, signer: TestSigner, change: Partial<Consent> = {}): Envelope =>
  signedBy(
    consentKind,
    { v: 2, deployment: 'acme', statement: about.digest, person: 'jhand', as: 'requester', iat: now, ...change },
    signer,
  )

const attested = (about: About, signer: TestSigner, change: Partial<AttestedConsent> = {}): Envelope =>
  signedBy(
    attestedConsentKind,
    {
      v: 2,
      deployment: 'acme',
      statement: about.digest,
      person: 'jhand',
      as: 'requester',
      iat: now,
      method: 'totp',
      account: { platform: 'native', tenant: 'acme', id: 'jhand' },
      linked: now - 24 * 3600,
      message: 'm2',
      ...change,
    },
    signer,
  )

const bianca = { person: 'bianca', as: 'approver', group: 'Backend' } as const

describe('a consent that counts', () => {
  it('is signed by the requester, and worth what the key is worth', () => {
    const about = aboutOf('sensitive')
    const strengthBy = (signer: TestSigner) => checkConsent(signed(about, signer), about).strength
    expect(checkConsent(signed(about, keys.jhand), about)).toEqual({
      as: 'requester',
      person: 'jhand',
      strength: 'software',
    })
    expect([keys.passkey, keys.lowPasskey, keys.token].map(strengthBy)).toEqual(['verified', 'verified', 'hardware'])
  })

  it('is signed by an approver for a group', () => {
    const about = aboutOf('dangerous')
    expect(checkConsent(signed(about, keys.bianca, bianca), about)).toEqual({ ...bianca, strength: 'software' })
  })

  it('is attested by a service, where the bundle says so', () => {
    const about = aboutOf('sensitive')
    expect(checkConsent(attested(about, services.totp), about).strength).toBe('attested')
    const word = attested(about, services.word, { ...bianca, method: 'word' })
    expect(checkConsent(word, about)).toEqual({ ...bianca, strength: 'attested' })
  })

  it('may be given at either end of the statement’s life', () => {
    const about = aboutOf('sensitive')
    const { iat, exp } = about.statement
    for (const [given, at] of [
      [iat - 30, now],
      [now + 30, now],
      [exp, exp - 1],
    ] as const) {
      expect(checkConsent(signed(about, keys.jhand, { iat: given }), { ...about, now: at }).person).toBe('jhand')
    }
  })
})

describe('its time', () => {
  const about = aboutOf('sensitive')
  it.each([
    ['before the statement', about.statement.iat - 31, now],
    ['from the future', now + 31, now],
    ['after the statement', about.statement.exp + 1, about.statement.exp],
  ])('refuses one that is %s', (_name, iat, at) => {
    const envelope = signed(about, keys.jhand, { iat })
    expect(() => checkConsent(envelope, { ...about, now: at })).toThrow('look at the clocks')
    expect(checkYes(envelope, { ...about, now: at }).person).toBe('jhand')
  })

  it('is looked at in an attested one too', () => {
    const envelope = attested(about, services.totp, { iat: now + 31, linked: 0 })
    expect(() => checkConsent(envelope, about)).toThrow('look at the clocks')
  })
})

/** For each rule, consents that it alone catches. */
const caught: readonly { rule: string; what: string; about?: About; by: (about: About) => Envelope; say: string }[] = [
  {
    rule: 'deployment',
    what: 'for another deployment',
    by: (about) => signed(about, keys.jhand, { deployment: 'other' }),
    say: 'another deployment',
  },
  {
    rule: 'names',
    what: 'to another statement',
    by: (about) => signed(about, keys.jhand, { statement: 'f'.repeat(64) }),
    say: 'another statement',
  },
  {
    rule: 'names',
    what: 'attested, to another statement',
    by: (about) => attested(about, services.totp, { statement: 'f'.repeat(64) }),
    say: 'another statement',
  },
  {
    rule: 'requester',
    what: 'as requester by somebody else',
    by: (about) => signed(about, keys.bianca, { person: 'bianca' }),
    say: 'Only who asked',
  },
  {
    rule: 'requester',
    what: 'as requester where nobody asked',
    about: aboutOf('sensitive', { statement: { requester: undefined } as object }),
    by: (about) => signed(about, keys.jhand),
    say: 'Only who asked',
  },
  {
    rule: 'requester',
    what: 'as requester for a group',
    by: (about) => signed(about, keys.jhand, { group: 'Devs' }),
    say: 'for no group',
  },
  {
    rule: 'approver',
    what: 'by the requester as approver',
    by: (about) => signed(about, keys.jhand, { as: 'approver', group: 'Backend' }),
    say: 'their own request',
  },
  {
    rule: 'approver',
    what: 'by the agent that asks',
    about: aboutOf('sensitive', { statement: { agent: 'bianca' } }),
    by: (about) => signed(about, keys.bianca, bianca),
    say: 'An agent never approves',
  },
  {
    rule: 'account',
    what: 'by an account on a platform that nobody lists',
    by: (about) => attested(about, services.totp, { account: { platform: 'chat', tenant: 'T1', id: 'U1' } }),
    say: 'nobody’s yes',
  },
  {
    rule: 'group',
    what: 'for a group that they are not in',
    by: (about) => signed(about, keys.bianca, { ...bianca, group: 'DBA' }),
    say: 'bianca is not in DBA',
  },
  {
    rule: 'group',
    what: 'for a group that is none',
    by: (about) => signed(about, keys.bianca, { ...bianca, group: 'Nobody' }),
    say: 'bianca is not in Nobody',
  },
  {
    rule: 'group',
    what: 'as approver for no group',
    by: (about) => signed(about, keys.bianca, { person: 'bianca', as: 'approver' }),
    say: 'say which',
  },
  {
    rule: 'strong',
    what: 'by a key file, for a critical command',
    about: aboutOf('critical'),
    by: (about) => signed(about, keys.jhand),
    say: 'takes a verified key',
  },
  {
    rule: 'strong',
    what: 'by a passkey that the bundle does not list as hardware, where that is asked',
    about: aboutOf('sensitive', { company: { limits: { tiers: new Map([['sensitive', { key: 'hardware' }]]) } } }),
    by: (about) => signed(about, keys.passkey),
    say: 'takes a hardware key',
  },
  {
    rule: 'page',
    what: 'on a page that may not sign that high',
    about: aboutOf('dangerous'),
    by: (about) => signed(about, keys.lowPasskey),
    say: 'may not sign for dangerous',
  },
  {
    rule: 'signed approval',
    what: 'an approval of a dangerous command, attested',
    about: aboutOf('dangerous', {
      company: { attested: { factors: new Map([['totp', 'critical']]), words: [] } },
    }),
    by: (about) => attested(about, services.totp, bianca),
    say: 'must be signed',
  },
  {
    rule: 'word',
    what: 'a word for a command that the bundle does not name',
    about: aboutOf('sensitive', { statement: { command: 'db migrate' } }),
    by: (about) => attested(about, services.word, { ...bianca, method: 'word' }),
    say: 'A word in chat does not count for "db migrate"',
  },
  {
    rule: 'word',
    what: 'a word as the requester’s second factor',
    by: (about) => attested(about, services.word, { method: 'word' }),
    say: 'no second factor',
  },
  {
    rule: 'factor',
    what: 'a factor above its tier',
    about: aboutOf('dangerous'),
    by: (about) => attested(about, services.totp),
    say: 'totp does not count for dangerous',
  },
  {
    rule: 'factor',
    what: 'a factor that the bundle does not name',
    about: aboutOf('open', { company: { attested: { factors: new Map(), words: ['upgrade'] } } }),
    by: (about) => attested(about, services.totp),
    say: 'totp does not count for open',
  },
  {
    rule: 'linked',
    what: 'a word of an account that was linked just now',
    by: (about) => attested(about, services.word, { ...bianca, method: 'word', linked: now - 24 * 3600 + 1 }),
    say: 'linked less than 24 hours ago',
  },
]

describe.each(caught)('$rule refuses one $what', ({ rule, about = aboutOf('sensitive'), by, say }) => {
  it('with a sentence that may be shown', () => {
    expect(() => checkConsent(by(about), about)).toThrow(
      expect.objectContaining({ name: 'ConsentRefusal', say: expect.stringContaining(say) }),
    )
  })

  it('and nothing else catches it', () => {
    const others = consentRules.filter(({ name }) => name !== rule)
    expect(checkYes(by(about), about, others)).toBeDefined()
  })
})

describe('by a key that was added', () => {
  const fresh = passkeySigner(desk)
  const addedBy = (...by: readonly TestSigner[]) =>
    signedBy(
      keyAddKind,
      { v: 2, deployment: 'acme', person: 'jhand', key: fresh.key, iat: now - 2 * 86_400 + by.length },
      fresh,
      ...by,
    )
  const about = (tier: Tier, ...additions: readonly Envelope[]): About => {
    const plain = aboutOf(tier)
    const keyChanges = additions.reduce(
      (changes, addition) => takeKeyChange(changes, addition, plain.bundle, now - 86_400),
      KeyChanges.none,
    )
    return { ...plain, keyChanges }
  }
  const strength = (of: About) => checkConsent(signed(of, fresh), of).strength

  it('is worth what added it, and the best of several additions', () => {
    expect(strength(about('sensitive', addedBy(keys.jhand)))).toBe('software')
    expect(strength(about('sensitive', addedBy(keys.token)))).toBe('verified')
    const both = [addedBy(keys.jhand, keys.token), addedBy(keys.token)]
    expect(strength(about('sensitive', ...both))).toBe('verified')
    expect(strength(about('sensitive', ...both.toReversed()))).toBe('verified')
  })

  it('reaches no higher than those who vouched for it, unless its person added it too', () => {
    const vouched = addedBy(keys.fiona, keys.dora)
    expect(strength(about('sensitive', vouched))).toBe('software')
    const above = about('dangerous', vouched)
    expect(() => checkConsent(signed(above, fresh), above)).toThrow('does not count for dangerous commands')
    const others = consentRules.filter(({ name }) => name !== 'reach')
    expect(checkYes(signed(above, fresh), above, others).person).toBe('jhand')
    expect(strength(about('dangerous', vouched, addedBy(keys.jhand)))).toBe('software')
  })
})

it('a key listed as hardware is worth that only where it knew its owner', () => {
  const about = aboutOf('sensitive')
  for (const [flags, worth] of [
    [5, 'hardware'],
    [1, 'software'],
  ] as const) {
    const token = securityKeySigner(flags)
    const jhand = { id: 'jhand', name: 'x', accounts: [], keys: [token.key], hardware: new Set([token.key]) }
    const bundle = bundleOf({ ...company, people: new Map([['jhand', jhand]]) })
    expect(checkConsent(signed(about, token), { ...about, bundle }).strength).toBe(worth)
  }
})

describe('its signature', () => {
  const refuses = (about: About, envelope: Envelope): void =>
    expect(() => checkConsent(envelope, about)).toThrow(expect.objectContaining({ code: 'signature-refused' }))

  it('is by a key of exactly the person that it names', () => {
    const about = aboutOf('sensitive')
    refuses(about, signed(about, keys.stranger))
    refuses(about, signed(about, keys.bianca))
    refuses(about, signed(about, keys.jhand, { person: 'nobody' }))
    refuses(about, { ...signed(about, keys.jhand), signatures: signed(about, keys.jhand, { iat: now - 1 }).signatures })
  })

  it('on a page that the bundle lists', () => {
    const about = aboutOf('sensitive')
    const without = { ...about, bundle: bundleOf({ ...company, desks: new Map() }) }
    refuses(without, signed(about, keys.passkey))
    expect(company.desks.has(desk)).toBe(true)
  })

  it('is by the service of that very method, and of one where the bundle lists any', () => {
    const about = aboutOf('sensitive')
    refuses(about, attested(about, services.word))
    refuses(about, attested(about, services.totp, { method: 'duo' }))
    refuses(about, attested(about, services.totp, { person: 'nobody' }))
    refuses(about, attested(about, keys.jhand))
  })

  it('stands alone: a second one, whoever made it, is refused', () => {
    const about = aboutOf('sensitive')
    const one = signed(about, keys.jhand)
    const two = signed(about, keys.passkey)
    refuses(about, { ...one, signatures: [...one.signatures, ...two.signatures] })
  })

  it('of one kind never passes as the other', () => {
    const about = aboutOf('sensitive')
    const renamed = { ...signed(about, keys.jhand), payloadType: attestedConsentKind.type }
    expect(() => checkConsent(renamed, about)).toThrow(expect.objectContaining({ code: 'payload-malformed' }))
  })
})

it('lists each rule with something that it alone catches', () => {
  const tested = new Set([...caught.map(({ rule }) => rule), 'reach'])
  expect(consentRules.map(({ name }) => name).filter((name) => !tested.has(name))).toEqual([])
})
