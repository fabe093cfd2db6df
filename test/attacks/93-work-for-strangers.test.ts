import { createHash, createPublicKey, randomBytes, verify } from 'node:crypto'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { Person } from '#core/bundle/company.ts'
import { keyAddKind, keyRemoveKind } from '#core/bundle/key-change.ts'
import { consentKind } from '#core/consent/consent.ts'
import { type Key, keyid } from '#core/signature/key.ts'
import { checkLogin, loginKind } from '#core/signature/login.ts'
import { sshString } from '#core/signature/ssh-wire.ts'
import { sshsigBlob } from '#core/signature/sshsig-blob.ts'
import { namespaceOf } from '#core/signature/sshsig-make.ts'
import { type Signature, sealEnvelope } from '#core/statement/envelope.ts'
import type { Envelope } from '#core/statement/fields.ts'
import type { Kind } from '#core/statement/kind.ts'
import { keysNow } from '#engine/keys.ts'
import { readiness } from '#engine/readiness.ts'
import { type Bench, bundleOf, company, keyOf, makeBench, person } from '../contract/engine.harness.ts'

/**
 * A stranger posts what looks signed, as much of it as fits, to make the server calculate: what it costs is counted in
 * operations, in a company of ten people and in one of ten thousand.
 */

// DEFENCE src/core/signature/open.ts
// - const may = [...untried].filter(([id, key]) => (named === '' ? key.startsWith('webauthn ') : id === named))
// + const may = [...untried].filter(() => named !== undefined)

// DEFENCE src/core/bundle/key-signers.ts
// - const known = byId.get(people)
// + const known = undefined as ReadonlyMap<string, OneKey> | undefined

// DEFENCE src/engine/present.ts
// - if (envelope.signatures.length > mostSigned.most) {
// + if (envelope.signatures.length > 1000) {

// DEFENCE src/engine/key-differences.ts
// - if (known && isSame(known.basis, basis)) return known.found

vi.mock('node:crypto', async (original) => {
  const real = await original<typeof import('node:crypto')>()
  return {
    ...real,
    verify: vi.fn(real.verify),
    createPublicKey: vi.fn(real.createPublicKey),
    createHash: vi.fn(real.createHash),
  }
})

const counted = [verify, createPublicKey, createHash]
const counts = (): number[] => counted.map((one) => vi.mocked(one).mock.calls.length)

const type = 'ssh-ed25519'
const madeUpKey = (): Key =>
  `${type} ${Buffer.concat([sshString(type), sshString(randomBytes(32))]).toString('base64')}` as Key
const stranger = keyOf('stranger')

/** A company of so many people, all of whom may vouch for each other. */
const companyOf = (size: number) => {
  const { people } = company()
  const others = Array.from({ length: size }, (_, n) => ({ ...person('jhand'), id: `p${n}`, keys: [madeUpKey()] }))
  const all = new Map<string, Person>([...people, ...others.map((one) => [one.id, one] as const)])
  return bundleOf(1, { people: all, groups: new Map([...company().groups, ['People', new Set(all.keys())]]) })
}

let bench: Bench | undefined
afterEach(() => bench?.close())

/** In the right form, so that only mathematics can tell. */
const rubbish = (kind: Kind<unknown>, key: Key, hint = key): Signature => ({
  keyid: keyid(hint),
  sig: sshsigBlob(
    Buffer.from(key.split(' ')[1] ?? '', 'base64'),
    namespaceOf(kind.name),
    Buffer.concat([sshString(type), sshString(randomBytes(64))]),
  ),
})
const anonymous = (kind: Kind<unknown>, body: Uint8Array, by: readonly Signature[]): Envelope =>
  sealEnvelope(kind, body, by)

const signedBy = async (kind: Kind<unknown>, body: Uint8Array): Promise<Signature> => ({
  keyid: keyid(stranger.key),
  sig: Buffer.from(await stranger.sign(kind, body), 'base64'),
})

type Post = (bench: Bench) => Promise<Envelope>

const change =
  (kind: typeof keyAddKind, more: number): Post =>
  async ({ way }) => {
    const iat = Math.floor(way.clock() / 1000)
    const body = kind.encode({ v: 2, deployment: 'acme', person: 'jhand', key: stranger.key, iat })
    const listed = [...way.rules.company.people.values()].flatMap(({ keys }) => keys)
    return anonymous(
      kind,
      body,
      [await signedBy(kind, body), ...listed.slice(-more).map((key) => rubbish(kind, key))].slice(0, more),
    )
  }

const consent: Post = async ({ shown, way }) => {
  const statement = way.live.all()[0]?.stated?.digest ?? ''
  expect(shown).toHaveLength(1)
  const iat = Math.floor(way.clock() / 1000)
  const body = consentKind.encode({ v: 2, deployment: 'acme', statement, person: 'jhand', as: 'requester', iat })
  return anonymous(consentKind, body, [rubbish(consentKind, keyOf('jhand').key)])
}

const costOf = async (size: number, post: Post): Promise<readonly number[]> => {
  bench = await makeBench(companyOf(size))
  await bench.link()
  await bench.say('Foobot migrate main', { signs: true })
  // What is made once a bundle is no stranger's cost.
  await bench.engine.doors.present(await post(bench))
  const envelope = await post(bench)
  const before = counts()
  expect(await bench.engine.doors.present(envelope)).toMatchObject({ accepted: false })
  const cost = counts().map((count, n) => count - (before[n] ?? 0))
  await bench.close()
  return cost
}

describe.each<[string, Post]>([
  ['a key for somebody', change(keyAddKind, 3)],
  ['the removal of somebody’s key', change(keyRemoveKind, 3)],
  ['a key signed by sixteen', change(keyAddKind, 16)],
  ['a yes to what waits', consent],
])('%s', (_name, post) => {
  it('costs as much in a large company as in a small one, and never more than three checks', async () => {
    const [small, large] = [await costOf(10, post), await costOf(10_000, post)]
    expect(large).toEqual(small)
    expect(large[0]).toBeLessThanOrEqual(3)
  })
})

it('more signatures than anything takes are not looked at', async () => {
  expect((await costOf(10, change(keyRemoveKind, 16)))[0]).toBe(0)
})

it('health is told to anybody without a look at all keys of the company', async () => {
  const costs: number[] = []
  for (const size of [10, 10_000]) {
    bench = await makeBench(companyOf(size))
    await bench.link({ keyChanges: ['f'.repeat(64)] })
    expect(readiness(bench.way).parts.some(({ why }) => why?.includes('key change'))).toBe(true)
    const before = vi.mocked(createHash).mock.calls.length
    readiness(bench.way)
    costs.push(vi.mocked(createHash).mock.calls.length - before)
    await bench.close()
  }
  expect(costs).toEqual([0, 0])
})

it('a login that names another key is compared with none', async () => {
  bench = await makeBench(companyOf(1000))
  const { way } = bench
  const facts = { deployment: 'acme', servers: ['x'], door: 'native', nonce: 'ab'.repeat(16), now: 1 } as const
  const body = loginKind.encode({
    v: 2,
    person: 'jhand',
    server: 'x',
    door: 'native',
    iat: 1,
    deployment: 'acme',
    nonce: facts.nonce,
  })
  const envelope = anonymous(loginKind, body, [rubbish(loginKind, keyOf('jhand').key, stranger.key)])
  const before = counts()
  expect(() => checkLogin(envelope, { ...facts, keysOf: () => keysNow(way, 'jhand') })).toThrow('no key')
  expect(counts()[0]).toBe(before[0])
})
