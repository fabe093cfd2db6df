import { describe, expect, it } from 'vitest'
import { sealEnvelope } from '#core/statement/envelope.ts'
import { makeAdministrator } from './administrator.fixture.ts'
import {
  acceptBundle,
  acceptChain,
  type BundleOffer,
  type BundlePayload,
  bundleKind,
  draftBundle,
  followBundle,
  followChain,
  type ReadCompany,
  type Trust,
} from './bundle.ts'
import { emptyCompany } from './company.fixture.ts'
import type { Company, Root } from './company.ts'

const now = 1_800_000_000
const [ann, bob, eve] = [makeAdministrator(), makeAdministrator(), makeAdministrator()]
const annAgain = makeAdministrator()
const everybody = [ann, bob, eve, annAgain]

const rootOf = (threshold: number, ...people: readonly (readonly [string, (typeof everybody)[number]])[]): Root => ({
  threshold,
  administrators: people.map(([person, { key }]) => ({ person, key })),
})
const two = rootOf(2, ['ann', ann], ['bob', bob])
const onlyEve = rootOf(1, ['eve', eve])

/** A folder of one file that names the root: what bundles need to know of a company. */
const roots = new Map([two, onlyEve, rootOf(1, ['ann', ann])].map((root) => [JSON.stringify(root), root]))
const read: ReadCompany = (files) => {
  const root = roots.get(Buffer.from(files.get('company.yaml') ?? []).toString())
  if (!root) throw new Error('no root')
  return company(root)
}
const company = (root: Root): Company => ({ ...emptyCompany, root })

const filesOf = (root: Root) =>
  new Map<string, Uint8Array>([
    ['company.yaml', Buffer.from(JSON.stringify(root))],
    ['groups.yaml', Buffer.from('{}')],
  ])

const offer = (
  head: Partial<Omit<BundlePayload, 'files'>> = {},
  signers: readonly (typeof everybody)[number][] = [ann, bob],
  root = two,
): BundleOffer & { readonly digest: string } => {
  const files = filesOf(root)
  const body = draftBundle(files, { deployment: 'acme', version: 1, iat: now, exp: now + 1000, ...head })
  const envelope = sealEnvelope(
    bundleKind,
    body,
    signers.map(({ sign }) => sign(body)),
  )
  return { envelope, files, digest: bundleKind.digest(body) }
}

const trust: Trust = { deployment: 'acme', root: two, lowest: 1, now }
const take = (offered: BundleOffer, changes: Partial<Trust> = {}) =>
  acceptBundle(offered, read, { ...trust, ...changes })

describe('a first bundle', () => {
  it('is taken where enough administrators of the configured root signed it', () => {
    const offered = offer()
    expect(take(offered)).toMatchObject({ version: 1, digest: offered.digest, iat: now, exp: now + 1000 })
  })

  it('may live 400 days', () => {
    expect(take(offer({ exp: now + 400 * 86_400 })).version).toBe(1)
  })

  it('may be a later version of the chain', () => {
    expect(take(offer({ version: 7, previous: 'a'.repeat(64) }), { lowest: 5 }).version).toBe(7)
  })

  it.each([
    ['one signature of two', () => offer({}, [ann]), '1 of the 2 administrators that the configuration asks for'],
    ['the same signature twice', () => offer({}, [ann, ann]), '1 of the 2 administrators'],
    ['a stranger beside an administrator', () => offer({}, [ann, eve]), '1 of the 2 administrators'],
    ['strangers alone', () => offer({}, [eve]), '0 of the 2 administrators'],
    [
      'another root in its folder',
      () => offer({}, [ann, bob], onlyEve),
      '0 of the 1 administrators that its own folder',
    ],
    ['another deployment', () => offer({ deployment: 'evil' }), 'it is of deployment evil, and this is acme'],
    ['made in the future', () => offer({ iat: now + 31, exp: now + 100 }), 'it was made 31 s in the future'],
    ['a life of years', () => offer({ exp: now + 400 * 86_400 + 1 }), 'it lives longer than 400 days'],
    ['an end before its begin', () => offer({ exp: now }), 'it ends before it begins'],
  ])('with %s is refused', (_, make, reason) => {
    expect(() => take(make())).toThrow(reason)
  })

  it('counts one administrator with two keys once', () => {
    const root = rootOf(2, ['ann', ann], ['ann', annAgain], ['bob', bob])
    expect(() => take(offer({}, [ann, annAgain]), { root })).toThrow('1 of the 2 administrators')
  })

  it('counts a key that stands under two names once', () => {
    const root = rootOf(2, ['ann', ann], ['bob', ann])
    expect(() => take(offer({}, [ann]), { root })).toThrow('1 of the 2 administrators')
  })

  it('whose folder is of another deployment is refused', () => {
    const readOther: ReadCompany = (files) => ({ ...read(files), deployment: 'other' })
    expect(() => acceptBundle(offer(), readOther, trust)).toThrow('its folder is of deployment other')
  })

  it('below the lowest version is refused', () => {
    expect(() => take(offer(), { lowest: 2 })).toThrow('version 1 is older than 2, the lowest accepted here')
  })

  it('that has expired is refused', () => {
    expect(take(offer(), { now: now + 999 }).version).toBe(1)
    expect(() => take(offer(), { now: now + 1000 })).toThrow('bundle 1 expired')
  })

  it('names a previous one exactly where it is not the first', () => {
    expect(() => offer({ previous: 'a'.repeat(64) })).toThrow('all but the first name the previous')
    expect(() => offer({ version: 2 })).toThrow('all but the first name the previous')
  })

  it('signed as another kind is refused', () => {
    const { files, envelope } = offer()
    const wrong = { ...envelope, payloadType: 'application/vnd.foobot.event.v2+json' }
    expect(() => take({ files, envelope: wrong })).toThrow('the envelope says')
  })
})

describe('the files of a bundle', () => {
  const changed = (change: (files: Map<string, Uint8Array>) => void): BundleOffer => {
    const { envelope, files } = offer()
    const own = new Map(files)
    change(own)
    return { envelope, files: own }
  }

  it.each([
    [
      'changed',
      (files: Map<string, Uint8Array>) => files.set('groups.yaml', Buffer.from('{} ')),
      'groups.yaml is not as it was signed',
    ],
    ['missing', (files: Map<string, Uint8Array>) => files.delete('groups.yaml'), 'groups.yaml is missing'],
    ['more', (files: Map<string, Uint8Array>) => files.set('rooms.yaml', Buffer.from('{}')), 'rooms.yaml is not among'],
    [
      'more, by a name of every object',
      (files: Map<string, Uint8Array>) => files.set('constructor', Buffer.from('{}')),
      'constructor is not among',
    ],
  ])('refuse it where one is %s', (_, change, reason) => {
    expect(() => take(changed(change))).toThrow(reason)
  })

  it('are not read before its signatures are proven', () => {
    const readNothing: ReadCompany = () => expect.unreachable()
    expect(() => acceptBundle(offer({}, [ann]), readNothing, trust)).toThrow('1 of the 2')
  })
})

describe('a next bundle', () => {
  const first = offer()
  const held = take(first)
  const second = offer({ version: 2, previous: first.digest })

  it('follows the one held', () => {
    expect(take(second, { held }).version).toBe(2)
  })

  it('that is the one held changes nothing', () => {
    expect(take(first, { held })).toBe(held)
  })

  it.each([
    ['of the same version', () => offer({ iat: now - 1 }), 'version 1 does not come after 1'],
    [
      'that follows another one',
      () => offer({ version: 2, previous: 'b'.repeat(64) }),
      'does not follow the version 1 held',
    ],
    ['that leaves one out', () => offer({ version: 3, previous: second.digest }), 'does not follow the version 1 held'],
  ])('%s is refused', (_, make, reason) => {
    expect(() => take(make(), { held })).toThrow(reason)
  })

  it('older than the one held is refused', () => {
    expect(() => take(first, { held: take(second, { held }) })).toThrow('version 1 does not come after 2')
  })

  it('changes the root only where the old and the new root sign', () => {
    const head = { version: 2, previous: first.digest }
    expect(() => take(offer(head, [eve], onlyEve), { held })).toThrow(
      '0 of the 2 administrators that bundle 1 asks for',
    )
    expect(() => take(offer(head, [ann, eve], onlyEve), { held })).toThrow('1 of the 2')
    expect(() => take(offer(head, [ann, bob], onlyEve), { held })).toThrow(
      '0 of the 1 administrators that its own folder',
    )
    expect(take(offer(head, [ann, bob, eve], onlyEve), { held }).company.root).toBe(onlyEve)
  })

  it('is no longer the configured root’s to sign', () => {
    const changed = take(offer({ version: 2, previous: first.digest }, [ann, bob, eve], onlyEve), { held })
    const next = offer({ version: 3, previous: changed.digest })
    expect(() => take(next, { held: changed })).toThrow('0 of the 1 administrators that bundle 2 asks for')
  })
})

describe('a chain of bundles', () => {
  const first = offer({ exp: now + 10 })
  const second = offer({ version: 2, previous: first.digest, exp: now + 20 })
  const third = offer({ version: 3, previous: second.digest })
  const later = { ...trust, now: now + 100 }

  it('leads over expired ones to one that lives', () => {
    expect(acceptChain([first, second, third], read, later).version).toBe(3)
  })

  it('may be walked one by one, by who looks at the end of each when it is used', () => {
    const held = followBundle(second, read, { ...later, held: followBundle(first, read, later) })
    expect(followBundle(third, read, { ...later, held }).version).toBe(3)
    expect(() => followBundle(third, read, { ...later, held: followBundle(first, read, later) })).toThrow(
      'does not follow',
    )
  })

  it('is refused where its last has expired, one is left out, or there is none', () => {
    expect(() => acceptChain([first, second], read, later)).toThrow('bundle 2 expired')
    expect(followChain([first, second], read, later).version).toBe(2)
    expect(() => followChain([], read, later)).toThrow('there is none')
    expect(() => acceptChain([first, third], read, later)).toThrow('does not follow')
    expect(() => acceptChain([], read, later)).toThrow('there is none')
  })
})
