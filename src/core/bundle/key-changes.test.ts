import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isSilenced } from '#core/bundle/key-signers.ts'
import { takeKeyChange } from '#core/bundle/take-key-change.ts'
import type { Key } from '#core/signature/key.ts'
import {
  machineSigner,
  passkeySigner,
  securityKeySigner,
  signedBy,
  sshSigner,
  type TestSigner,
} from '#core/signature/signer.fixture.ts'
import { readEnvelope } from '#core/statement/envelope.ts'
import type { Envelope } from '#core/statement/fields.ts'
import type { Company, Person } from './company.ts'
import { keptKeyChange } from './kept-key-change.ts'
import { type KeyChangePayload, keyAddKind, keyRemoveKind } from './key-change.ts'
import { KeyChanges } from './key-changes.ts'
import { type KeyInForce, keysInForce } from './keys-in-force.ts'

const now = 1_800_000_000
const hour = 3600
const day = 24 * hour
const desk = 'https://desk.acme.example'
const lowDesk = 'https://low.acme.example'

const mansel = { ssh: sshSigner(), other: sshSigner(), passkey: passkeySigner(desk), low: passkeySigner(lowDesk) }
const fiona = sshSigner()
const dora = sshSigner()
const sam = sshSigner()
const root = sshSigner()
const runner = machineSigner()

const person = (id: string, ...signers: readonly TestSigner[]): [string, Person] => [
  id,
  { id, name: id, accounts: [], keys: signers.map(({ key }) => key), hardware: new Set() },
]

const company: Company = {
  deployment: 'acme',
  name: 'Acme',
  zone: 'Etc/UTC',
  dateOrder: 'month-first',
  root: { administrators: [{ person: 'dora', key: root.key }], threshold: 1 },
  log: { key: machineSigner().key },
  platforms: new Map(),
  attesting: new Map(),
  witnesses: new Map(),
  runners: new Map([['delivery', { key: runner.key, zone: 'delivery' }]]),
  webhooks: new Map(),
  desks: new Map([
    [desk, { tier: 'critical', files: new Map() }],
    [lowDesk, { tier: 'member', files: new Map() }],
  ]),
  owners: new Map(),
  accepted: new Map(),
  attested: { factors: new Map(), words: [] },
  limits: { tiers: new Map() },
  people: new Map([
    person('mansel', mansel.ssh, mansel.other, mansel.passkey, mansel.low),
    person('fiona', fiona),
    person('dora', dora),
    person('sam', sam),
  ]),
  groups: new Map([['People', new Set(['fiona', 'dora'])]]),
  rooms: new Map(),
  commands: [],
  plugins: new Map(),
  policies: new Map(),
}

/** The company where somebody's keys are others. */
const where = (id: string, ...signers: readonly TestSigner[]): { readonly company: Company } => ({
  company: { ...company, people: new Map([...company.people, person(id, ...signers)]) },
})

const payload = (key: Key, change: Partial<KeyChangePayload> = {}): KeyChangePayload => ({
  v: 2,
  deployment: 'acme',
  person: 'mansel',
  key,
  iat: now,
  ...change,
})

/** A new key with its own signature, and those of others. */
const add = (signer: TestSigner, by: readonly TestSigner[], change: Partial<KeyChangePayload> = {}): Envelope =>
  signedBy(keyAddKind, payload(signer.key, change), signer, ...by)

const remove = (
  { key }: Pick<TestSigner, 'key'>,
  by: readonly TestSigner[],
  change: Partial<KeyChangePayload> = {},
): Envelope => signedBy(keyRemoveKind, payload(key, change), ...by)

const take = (...envelopes: readonly Envelope[]): KeyChanges =>
  envelopes.reduce((changes, envelope) => takeKeyChange(changes, envelope, { company }, now), KeyChanges.none)

/** A key that nobody has. */
const madeUp = () => ({
  key: `ed25519 ${Buffer.from(crypto.getRandomValues(new Uint8Array(32))).toString('base64')}` as Key,
})

const inForce = (changes: KeyChanges, at = now, id = 'mansel', bundle = { company }): readonly KeyInForce[] =>
  keysInForce(id, bundle, changes, at)

const listed = [mansel.ssh, mansel.other, mansel.passkey, mansel.low].map(({ key }) => ({ key }))
const added = (changes: KeyChanges, at = now, bundle = { company }): readonly KeyInForce[] =>
  inForce(changes, at, 'mansel', bundle).filter(({ most }) => most !== undefined)

const refused = (say: string) =>
  expect.objectContaining({ code: 'key-change-refused', say: expect.stringContaining(say) })

describe('without changes', () => {
  it('the keys of the bundle are in force', () => {
    expect(inForce(KeyChanges.none)).toEqual(listed)
    expect(inForce(KeyChanges.none, now, 'nobody')).toEqual([])
  })
})

describe('a key that its person adds', () => {
  const fresh = sshSigner()

  it('counts at once, for 30 days from when it was signed', () => {
    const changes = take(add(fresh, [mansel.ssh]))
    expect(inForce(changes)).toEqual([...listed, { key: fresh.key, most: 'software' }])
    expect(added(changes, now + 30 * day - 1)).toHaveLength(1)
    expect(added(changes, now + 30 * day)).toEqual([])
    const late = takeKeyChange(KeyChanges.none, add(fresh, [mansel.ssh]), { company }, now + 20 * day)
    expect(added(late, now + 30 * day)).toEqual([])
  })

  it('is never worth more than the key that added it', () => {
    const passkey = passkeySigner(desk)
    expect(added(take(add(passkey, [mansel.ssh])))).toEqual([{ key: passkey.key, most: 'software' }])
    expect(added(take(add(passkey, [mansel.ssh, mansel.passkey])))[0]?.most).toBe('software')
  })

  it('by a key that recognised its owner may be worth as much, and only where it did this time', () => {
    expect(added(take(add(fresh, [mansel.passkey])))).toEqual([{ key: fresh.key, most: 'verified', upTo: 'critical' }])
    for (const [flags, most] of [
      [5, 'verified'],
      [1, 'software'],
    ] as const) {
      const token = securityKeySigner(flags)
      const bundle = where('mansel', token)
      expect(added(takeKeyChange(KeyChanges.none, add(fresh, [token]), bundle, now), now, bundle)[0]?.most).toBe(most)
    }
  })

  it('on a page counts no higher than that page', () => {
    expect(added(take(add(fresh, [mansel.low])))[0]?.upTo).toBe('member')
    const without = { company: { ...company, desks: new Map() } }
    expect(added(take(add(fresh, [mansel.low])), now, without)).toEqual([])
  })

  it('goes with each key that added it: when the bundle drops that, or when it is removed', () => {
    const changes = take(add(fresh, [mansel.ssh, mansel.other]))
    expect(added(changes, now, where('mansel', mansel.ssh, mansel.other))).toHaveLength(1)
    expect(added(changes, now, where('mansel', mansel.ssh))).toEqual([])
    expect(added(take(add(fresh, [mansel.ssh, mansel.other]), remove(mansel.other, [mansel.ssh])))).toEqual([])
  })

  it('stands by itself once a bundle lists it', () => {
    const bundle = where('mansel', mansel.ssh, fresh)
    const changes = take(add(fresh, [mansel.ssh]), remove(mansel.ssh, [mansel.other]))
    expect(inForce(changes, now + 40 * day, 'mansel', bundle)).toEqual([{ key: fresh.key }])
    expect(inForce(take(add(fresh, [mansel.ssh])), now, 'mansel', bundle)).toEqual([
      { key: mansel.ssh.key },
      { key: fresh.key },
    ])
  })

  it('cannot add another, nor vouch', () => {
    const changes = take(add(fresh, [mansel.ssh]))
    const next = sshSigner()
    const codes = expect.objectContaining({ code: 'key-change-refused' })
    expect(() => takeKeyChange(changes, add(next, [fresh]), { company }, now)).toThrow(codes)
    const vouching = takeKeyChange(KeyChanges.none, add(fresh, [fiona], { person: 'fiona' }), { company }, now)
    expect(() => takeKeyChange(vouching, add(next, [fresh, dora]), { company }, now)).toThrow(codes)
  })

  it.each([
    [
      'that its own key did not sign',
      () => signedBy(keyAddKind, payload(fresh.key), mansel.ssh),
      'itself did not sign',
    ],
    ['that nobody else signed', () => add(fresh, []), 'a key of mansel must sign it'],
    ['that a stranger signed', () => add(fresh, [sshSigner()]), 'a key of mansel must sign it'],
    ['that one colleague signed', () => add(fresh, [fiona]), 'two people of People'],
    ['that one colleague signed twice', () => add(fresh, [fiona, fiona]), 'two people of People'],
    ['that somebody signed who is not of People', () => add(fresh, [fiona, sam]), 'two people of People'],
    ['for nobody', () => add(fresh, [fiona, dora], { person: 'nobody' }), 'nobody in this company'],
    ['for nobody, by a stranger', () => add(fresh, [], { person: 'nobody' }), 'a key of nobody must sign it'],
    ['for another deployment', () => add(fresh, [mansel.ssh], { deployment: 'other' }), 'it is for other'],
    ['from the future', () => add(fresh, [mansel.ssh], { iat: now + 31 }), 'the future'],
    ['from 30 days ago', () => add(fresh, [mansel.ssh], { iat: now - 30 * day }), 'older than 30 days'],
    ['that is somebody else’s', () => add(sam, [mansel.ssh]), 'belongs to sam'],
    ['that the bundle lists', () => add(mansel.other, [mansel.ssh]), 'lists this key already'],
    ['that is a root key', () => add(root, [mansel.ssh]), 'another role'],
    ['that is a machine’s', () => add(runner, [mansel.ssh]), 'another role'],
  ])('is refused %s', (_name, envelope, say) => {
    expect(() => take(envelope())).toThrow(refused(say))
  })

  it('is refused where a root key alone says so', () => {
    expect(() => take(add(fresh, [root]))).toThrow(refused('a key of mansel must sign it'))
  })

  it('belongs to one person for ever', () => {
    const changes = take(add(fresh, [mansel.ssh]))
    expect(() => takeKeyChange(changes, add(fresh, [sam], { person: 'sam' }), { company }, now)).toThrow(
      refused('belongs to mansel'),
    )
    const bundle = where('sam', fresh)
    expect(inForce(changes, now, 'sam', bundle)).toEqual([])
    expect(() => takeKeyChange(KeyChanges.none, add(fresh, [mansel.ssh]), bundle, now)).toThrow(
      refused('belongs to sam'),
    )
  })

  it('of one kind never passes as the other', () => {
    const made = add(fresh, [mansel.ssh])
    const renamed = { ...made, payloadType: keyRemoveKind.type }
    expect(() => take(renamed)).toThrow(expect.objectContaining({ code: 'signature-refused' }))
    expect(() => take({ ...made, payloadType: 'x' })).toThrow(expect.objectContaining({ code: 'payload-malformed' }))
  })

  it('cannot fill the disk, nor keep its owner from a new key once it is gone', () => {
    const by = [{ person: 'mansel', key: mansel.ssh.key, strength: 'software' as const }]
    const many = Array.from({ length: 256 }, () => ({
      envelope: signedBy(keyAddKind, payload(madeUp().key), mansel.ssh),
      storedAt: now,
      by,
    }))
    const changes = KeyChanges.of(many)
    expect(() => takeKeyChange(changes, add(fresh, [mansel.ssh]), { company }, now)).toThrow(
      refused('has added 256 keys'),
    )
    expect(() => takeKeyChange(changes, add(fresh, [mansel.other]), { company }, now)).toThrow(
      refused('has added 256 keys'),
    )
    const gone = takeKeyChange(changes, remove(mansel.ssh, [mansel.other]), { company }, now)
    expect(added(takeKeyChange(gone, add(fresh, [mansel.other]), { company }, now))).toEqual([
      { key: fresh.key, most: 'software' },
    ])
  })

  it('is not spoilt by a thief who signs the same words first', () => {
    const spoilt = take(add(fresh, [mansel.ssh, fiona, dora]), remove(mansel.ssh, [mansel.other]))
    expect(added(spoilt, now + day)).toEqual([])
    const vouched = takeKeyChange(spoilt, add(fresh, [fiona, dora]), { company }, now)
    expect(added(vouched, now + day)).toEqual([{ key: fresh.key, most: 'software', upTo: 'sensitive' }])
    expect(added(KeyChanges.of(vouched.kept), now + day)).toHaveLength(1)
    expect(takeKeyChange(vouched, add(fresh, [fiona, dora]), { company }, now + 1)).toBe(vouched)
    expect(() => takeKeyChange(vouched, remove(mansel.other, [sshSigner()]), { company }, now)).toThrow(
      expect.objectContaining({ code: 'signature-refused' }),
    )
  })
})

describe('a key that two people of People vouch for', () => {
  const fresh = passkeySigner(desk)
  const changes = take(add(fresh, [fiona, dora]))

  it('counts from 24 hours after it was stored here, up to sensitive', () => {
    expect(added(changes, now + day - 1)).toEqual([])
    expect(added(changes, now + day)).toEqual([{ key: fresh.key, most: 'software', upTo: 'sensitive' }])
    const kept = takeKeyChange(KeyChanges.none, add(fresh, [fiona, dora]), { company }, now + 5 * hour)
    expect(added(kept, now + day)).toEqual([])
    expect(added(kept, now + day + 5 * hour)).toHaveLength(1)
  })

  it('is not stored earlier or later by handing it over again', () => {
    const again = takeKeyChange(changes, add(fresh, [fiona, dora]), { company }, now + 10 * hour)
    expect(again).toBe(changes)
  })

  it('goes with either of them', () => {
    for (const voucher of ['fiona', 'dora']) expect(added(changes, now + day, where(voucher, sshSigner()))).toEqual([])
  })

  it('is refused while there is no such group', () => {
    const bundle = { company: { ...company, groups: new Map() } }
    expect(() => takeKeyChange(KeyChanges.none, add(fresh, [fiona, dora]), bundle, now)).toThrow(
      refused('must sign it'),
    )
  })
})

describe('a key that is removed', () => {
  const fresh = sshSigner()

  it('is stored once, however often it is removed again', () => {
    const once = take(remove(mansel.ssh, [mansel.other]))
    expect(takeKeyChange(once, remove(mansel.ssh, [mansel.ssh], { iat: now - 1 }), { company }, now)).toBe(once)
  })

  it('is out at once and for good, with all that it added', () => {
    const changes = take(add(fresh, [mansel.ssh]), remove(mansel.ssh, [mansel.passkey]))
    const rest = [mansel.other, mansel.passkey, mansel.low].map(({ key }) => ({ key }))
    expect(inForce(changes)).toEqual(rest)
    expect(inForce(changes, now + 300 * day)).toEqual(rest)
    expect(() => takeKeyChange(changes, add(fresh, [mansel.ssh], { iat: now + 1 }), { company }, now)).toThrow(
      refused('must sign it'),
    )
  })

  it('may be removed by an added key, by itself, or by two people of People', () => {
    const withAdded = take(add(fresh, [mansel.other]))
    for (const by of [[fresh], [mansel.ssh], [fiona, dora]]) {
      const changes = takeKeyChange(withAdded, remove(mansel.ssh, by), { company }, now)
      expect(changes.isRemoved('mansel', mansel.ssh.key)).toBe(true)
    }
  })

  it('is removed though the thief was faster: no removal hangs on another', () => {
    const changes = take(remove(mansel.ssh, [mansel.other]), remove(mansel.other, [mansel.ssh]))
    expect(inForce(changes).map(({ key }) => key)).toEqual([mansel.passkey.key, mansel.low.key])
  })

  it('before it was added never comes in', () => {
    const changes = take(remove(fresh, [mansel.ssh]))
    expect(() => takeKeyChange(changes, add(fresh, [mansel.ssh]), { company }, now)).toThrow(refused('was removed'))
  })

  it('of one person says nothing of another’s', () => {
    const changes = take(remove(fresh, [mansel.ssh]))
    const taken = takeKeyChange(changes, add(fresh, [sam], { person: 'sam' }), { company }, now)
    expect(inForce(taken, now, 'sam')).toContainEqual({ key: fresh.key, most: 'software' })
  })

  it('is out in a later bundle that lists it', () => {
    const changes = take(remove(mansel.ssh, [mansel.passkey]))
    expect(inForce(changes, now, 'mansel', where('mansel', mansel.ssh, fresh))).toEqual([{ key: fresh.key }])
  })

  it.each([
    ['by a stranger', () => remove(mansel.ssh, [sshSigner()]), expect.objectContaining({ code: 'signature-refused' })],
    ['by one colleague', () => remove(mansel.ssh, [fiona]), refused('two people of People')],
    [
      'by one colleague and one of no such group',
      () => remove(mansel.ssh, [fiona, sam]),
      refused('two people of People'),
    ],
    ['where it is somebody else’s', () => remove(sam, [mansel.ssh]), refused('is not mansel’s')],
    ['where it is a root key', () => remove(root, [dora], { person: 'dora' }), refused('with the bundle only')],
    [
      'for another deployment',
      () => remove(mansel.ssh, [mansel.ssh], { deployment: 'other' }),
      refused('it is for other'),
    ],
  ])('stays %s', (_name, envelope, error) => {
    expect(() => take(envelope())).toThrow(error)
  })
})

describe('a key that two people of People remove', () => {
  const fresh = sshSigner()
  const stolen = mansel.ssh
  const silent = refused('the key that signed it may remove none')
  const byColleagues = remove(stolen, [fiona, dora])
  const silenced = take(add(fresh, [stolen]), byColleagues)

  it('removes nothing from then on, nor does what it added', () => {
    for (const thief of [stolen, fresh])
      for (const wanted of [mansel.other, mansel.passkey, fresh, madeUp()])
        expect(() => takeKeyChange(silenced, remove(wanted, [thief]), { company }, now)).toThrow(silent)
    expect(inForce(silenced).map(({ key }) => key)).toEqual([mansel.other.key, mansel.passkey.key, mansel.low.key])
  })

  it('adds nothing from then on, and says nothing for others', () => {
    expect(() => takeKeyChange(silenced, add(sshSigner(), [stolen]), { company }, now)).toThrow(refused('must sign it'))
    const bundle = { company: { ...company, groups: new Map([['People', new Set(['fiona', 'dora', 'sam'])]]) } }
    const colleague = takeKeyChange(KeyChanges.none, remove(fiona, [dora, sam], { person: 'fiona' }), bundle, now)
    expect(() => takeKeyChange(colleague, remove(mansel.other, [fiona, sam]), bundle, now)).toThrow(
      refused('two people of People'),
    )
    expect(() => takeKeyChange(colleague, add(sshSigner(), [fiona, sam]), bundle, now)).toThrow(
      refused('two people of People'),
    )
  })

  it('stays silent after a restart, and under a bundle that lists it', () => {
    const again = KeyChanges.of(keptKeyChange.array().parse(JSON.parse(JSON.stringify(silenced.kept))))
    for (const bundle of [{ company }, where('mansel', stolen, mansel.other, fiona)])
      expect(() => takeKeyChange(again, remove(mansel.other, [stolen]), bundle, now)).toThrow(silent)
  })

  it('leaves in force what it removed before', () => {
    const changes = take(remove(mansel.low, [stolen]), byColleagues)
    expect(inForce(changes).map(({ key }) => key)).toEqual([mansel.other.key, mansel.passkey.key])
    expect(takeKeyChange(changes, remove(mansel.low, [stolen]), { company }, now)).toBe(changes)
  })

  it('is silent though its person had removed it before, or somebody signed the same words first', () => {
    for (const first of [
      [remove(stolen, [mansel.other], { iat: now - 1 })],
      [remove(stolen, [stolen])],
      [remove(stolen, [stolen, mansel.other])],
      [remove(stolen, [stolen, fiona])],
    ]) {
      const changes = take(...first, byColleagues)
      expect(isSilenced(changes, 'mansel', stolen.key)).toBe(true)
      expect(isSilenced(KeyChanges.of(changes.kept), 'mansel', stolen.key)).toBe(true)
      expect(() => takeKeyChange(changes, remove(mansel.other, [stolen]), { company }, now)).toThrow(silent)
      expect(takeKeyChange(changes, remove(stolen, [fiona, dora], { iat: now - 2 }), { company }, now)).toBe(changes)
    }
  })

  it('is silent whoever signed beside them', () => {
    for (const more of [[mansel.other], [stolen], [sshSigner()]]) {
      const changes = take(remove(stolen, [...more, fiona, dora]))
      expect(isSilenced(changes, 'mansel', stolen.key)).toBe(true)
      // A thief's own signature beside those of colleagues takes nothing from theirs.
      const other = takeKeyChange(changes, remove(mansel.other, [stolen, fiona, dora]), { company }, now)
      expect(isSilenced(other, 'mansel', mansel.other.key)).toBe(true)
    }
  })

  it('may be heard by another keeper before: then what it removed stays removed there, and only there', () => {
    const taken = take(remove(mansel.other, [stolen]), byColleagues)
    expect(inForce(taken).map(({ key }) => key)).toEqual([mansel.passkey.key, mansel.low.key])
    expect(
      takeKeyChange(taken, remove(mansel.passkey, [mansel.other]), { company }, now).isRemoved(
        'mansel',
        mansel.passkey.key,
      ),
    ).toBe(true)
  })

  it('is not what a key is that its person alone removed: that one may still remove', () => {
    const changes = take(remove(stolen, [mansel.other]))
    expect(
      takeKeyChange(changes, remove(mansel.other, [stolen]), { company }, now).isRemoved('mansel', mansel.other.key),
    ).toBe(true)
  })

  it('does not silence a key that others added, too', () => {
    const twice = take(add(fresh, [stolen]), add(fresh, [mansel.other], { iat: now - 1 }), byColleagues)
    expect(takeKeyChange(twice, remove(mansel.passkey, [fresh]), { company }, now).digests).toHaveLength(4)
  })

  it('does not speak by what it added once a bundle lists it no more', () => {
    const changes = take(add(fresh, [stolen]))
    const bundle = where('mansel', mansel.other, mansel.passkey)
    expect(() => takeKeyChange(changes, remove(mansel.other, [fresh]), bundle, now)).toThrow(silent)
    expect(() => takeKeyChange(changes, remove(mansel.other, [stolen]), bundle, now)).toThrow(
      expect.objectContaining({ code: 'signature-refused' }),
    )
  })
})

describe('keys that nobody has', () => {
  it('are removed a few times, for an addition that was kept back: colleagues may when a thief has used that up', () => {
    let changes = KeyChanges.none
    for (let n = 0; n < 16; n++) changes = takeKeyChange(changes, remove(madeUp(), [mansel.ssh]), { company }, now)
    expect(() => takeKeyChange(changes, remove(madeUp(), [mansel.other]), { company }, now)).toThrow(refused('16 keys'))
    const withheld = sshSigner()
    const known = takeKeyChange(changes, remove(withheld, [fiona, dora]), { company }, now)
    expect(() => takeKeyChange(known, add(withheld, [mansel.other]), { company }, now)).toThrow(refused('was removed'))
    expect(
      takeKeyChange(changes, remove(mansel.ssh, [mansel.other]), { company }, now).isRemoved('mansel', mansel.ssh.key),
    ).toBe(true)
  })
})

it('is the same after a restart', () => {
  const fresh = sshSigner()
  const changes = take(add(fresh, [mansel.passkey]), remove(mansel.ssh, [mansel.other]))
  const read = keptKeyChange.array().parse(JSON.parse(JSON.stringify(changes.kept)))
  const again = KeyChanges.of(read)
  expect(again.digests).toEqual(changes.digests)
  expect(inForce(again)).toEqual(inForce(changes))
  expect(takeKeyChange(again, add(fresh, [mansel.passkey]), { company }, now + 1)).toBe(again)
})

describe('in whatever order they arrive', () => {
  const fresh = [sshSigner(), passkeySigner(desk), sshSigner()] as const
  const adders = [mansel.ssh, mansel.other, mansel.passkey] as const
  const change = fc.oneof(
    fc.record({
      what: fc.constant('add' as const),
      key: fc.constantFrom(...fresh),
      by: fc.constantFrom<readonly TestSigner[]>(...adders.map((one) => [one]), [fiona, dora]),
    }),
    fc.record({
      what: fc.constant('remove' as const),
      key: fc.constantFrom<TestSigner>(...fresh, ...adders),
      by: fc.constantFrom<readonly TestSigner[]>(...adders.map((one) => [one]), [fiona, dora]),
    }),
  )
  const envelopeOf = ({ what, key, by }: { what: 'add' | 'remove'; key: TestSigner; by: readonly TestSigner[] }) =>
    what === 'add' ? add(key, by) : remove(key, by)

  /** Hands over each, whether it is taken or not. */
  const takeAll = (envelopes: readonly Envelope[]): KeyChanges => {
    let changes = KeyChanges.none
    for (const envelope of envelopes) {
      try {
        changes = takeKeyChange(changes, envelope, { company }, now)
      } catch {
        // What is refused leaves things as they were.
      }
    }
    return changes
  }

  /** Signed once: an envelope's digest says what was signed, whoever signed it, and the first one is kept. */
  const distinct = fc.uniqueArray(change, { maxLength: 7, selector: ({ what, key }) => `${what} ${key.key}` })

  const inTwoOrders = distinct.chain((changes) =>
    fc.tuple(fc.constant(changes), fc.shuffledSubarray(changes, { minLength: changes.length })),
  )

  it('the same keys are in force, as long as colleagues silence none', () => {
    fc.assert(
      fc.property(inTwoOrders, fc.constantFrom(now, now + day, now + 31 * day), (orders, at) => {
        const [a, b] = orders.map((changes) => {
          const own = changes.filter(({ what, by }) => what === 'add' || by.length === 1)
          return inForce(takeAll(own.map(envelopeOf)), at)
            .map((key) => JSON.stringify(key))
            .sort()
        })
        expect(b).toEqual(a)
      }),
      { numRuns: 150 },
    )
  })

  it('a key counts at one keeper alone only where the other took a removal by a key that was silent at the first', () => {
    fc.assert(
      fc.property(inTwoOrders, fc.constantFrom(now, now + day), (orders, at) => {
        const [a, b] = orders.map((changes) => takeAll(changes.map(envelopeOf)))
        if (!a || !b) throw new Error('two orders')
        for (const [one, other] of [
          [a, b],
          [b, a],
        ] as const) {
          const there = new Set(inForce(other, at).map(({ key }) => key))
          for (const { key } of inForce(one, at).filter(({ key }) => !there.has(key))) {
            const adders = one.addedFor('mansel').flatMap((add) => (add.key === key ? add.by : []))
            const lost = [key, ...adders.map((signer) => signer.key)].filter((lost) => other.isRemoved('mansel', lost))
            expect(lost).not.toEqual([])
            for (const { envelope } of other.kept) {
              if (envelope.payloadType !== keyRemoveKind.type) continue
              if (!lost.includes(readEnvelope(keyRemoveKind, envelope).value.key)) continue
              expect(() => takeKeyChange(one, envelope, { company }, now)).toThrow(refused('may remove none'))
            }
          }
        }
      }),
      { numRuns: 300 },
    )
  })

  it('a removal that was taken never lets the key, or what it added, count again', () => {
    fc.assert(
      fc.property(distinct, fc.constantFrom(...adders), (changes, gone) => {
        const before = changes.map(envelopeOf)
        for (const all of [
          [...before, remove(gone, [dora, fiona], { iat: now - 1 })],
          [remove(gone, [dora, fiona], { iat: now - 1 }), ...before],
        ]) {
          const taken = takeAll(all)
          const left = inForce(taken, now + day).map(({ key }) => key)
          expect(left).not.toContain(gone.key)
          for (const { key, by } of taken.addedFor('mansel'))
            if (by.some((signer) => signer.key === gone.key)) expect(left).not.toContain(key)
        }
      }),
      { numRuns: 100 },
    )
  })
})
