import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { keyAddKind } from '#core/bundle/key-change.ts'
import { desk, keys } from '#core/consent/people.fixture.ts'
import { passkeySigner, sshSigner, type TestSigner } from '#core/signature/signer.fixture.ts'
import { readEnvelope, sealEnvelope } from '#core/statement/envelope.ts'
import type { Envelope } from '#core/statement/fields.ts'
import type { Statement } from '#core/statement/statement.ts'
import { biancaSays, now, ofTier, sorted, yes } from '#core/warrant/warrant.fixture.ts'
import { Server } from '#runner/server.fixture.ts'
import { ActingRunner } from './acting-runner.ts'
import { added } from './key-changes.fixture.ts'

// DEFENCE src/core/bundle/take-key-change.ts
// - if (!proofs.some((proof) => proof.key === key)) refuseChange('the new key itself did not sign it')

// DEFENCE src/core/bundle/keys-in-force.ts
// - const most = by.some(({ strength }) => strength === 'software') ? 'software' : 'verified'
// + const most = 'verified' as const

// DEFENCE src/core/bundle/keys-in-force.ts
// - ...by.flatMap((one) => deskTier(company, one) ?? []),

// DEFENCE src/core/bundle/keys-in-force.ts
// - .filter(({ from }) => from === undefined || from <= now)

// DEFENCE src/core/bundle/keys-in-force.ts
// - ...(vouched ? ['sensitive' as const] : []),

const day = 86_400

let runner: ActingRunner
let server: Server
let count: number
beforeEach(async () => {
  runner = new ActingRunner()
  server = new Server()
  count = 0
  await runner.start(now - 3 * day)
})
afterEach(() => runner.end())

const order = (what: Partial<Statement>, consents: (digest: string) => readonly Envelope[]) => {
  count += 1
  return server.consented({ ...what, id: count.toString(16).padStart(32, '0') }, (digest) => sorted(consents(digest)))
    .execute
}
const upgrade = (signer: TestSigner) => order(ofTier.sensitive, (digest) => [yes(digest, signer)])
const rebuild = (signer: TestSigner) =>
  order(ofTier.dangerous, (digest) => [yes(digest, signer), yes(digest, keys.bianca, biancaSays)])
const aclAdd = (signer: TestSigner) =>
  order(ofTier.critical, (digest) => [yes(digest, signer), yes(digest, keys.biancaPasskey, biancaSays)])

const refused = { outcome: 'refused', refusal: { step: 'consents' } }

describe('a stranger’s key', () => {
  const mallory = passkeySigner(desk)

  it('is added by nobody but itself, by another person, or by one colleague', async () => {
    for (const by of [[], [sshSigner()], [keys.bianca], [keys.fiona]]) {
      expect(await runner.hear(added(mallory, by))).toContain('a key of jhand must sign it')
    }
    expect(await runner.execute(upgrade(mallory))).toMatchObject(refused)
    expect(runner.runs).toBe(0)
  })

  it('is put by the server in the place of the one that was signed', async () => {
    const own = passkeySigner(desk)
    const honest = added(own, [keys.jhand])
    const { value } = readEnvelope(keyAddKind, honest)
    const body = keyAddKind.encode({ ...value, key: mallory.key })
    const swapped = sealEnvelope(keyAddKind, body, [
      mallory.sign(keyAddKind, body),
      ...honest.signatures.map(({ keyid, sig }) => ({ keyid, sig: Buffer.from(sig, 'base64') })),
    ])
    expect(await runner.hear(swapped)).toContain('a key of jhand must sign it')
    expect(await runner.execute(upgrade(mallory))).toMatchObject(refused)
    expect(await runner.hear(honest)).toBeUndefined()
    expect(runner.runs).toBe(0)
  })

  it('is signed for without having signed itself', async () => {
    const { value } = readEnvelope(keyAddKind, added(mallory, []))
    const body = keyAddKind.encode(value)
    expect(await runner.hear(sealEnvelope(keyAddKind, body, [keys.jhand.sign(keyAddKind, body)]))).toContain(
      'the new key itself did not sign it',
    )
  })
})

describe('a stolen weak key', () => {
  it('adds a strong one, which is worth no more', async () => {
    const strong = passkeySigner(desk)
    expect(await runner.hear(added(strong, [keys.jhand]))).toBeUndefined()
    expect(await runner.execute(aclAdd(strong))).toMatchObject({
      ...refused,
      refusal: { say: 'A critical command takes a verified key at least, and this one is software.' },
    })
    expect(runner.runs).toBe(0)
    expect((await runner.execute(upgrade(strong)))?.outcome).toBe('done')
  })

  it('of a page that may not sign high adds one that may not either', async () => {
    const strong = passkeySigner(desk)
    expect(await runner.hear(added(strong, [keys.lowPasskey]))).toBeUndefined()
    expect(await runner.execute(rebuild(strong))).toMatchObject(refused)
    expect(runner.runs).toBe(0)
  })

  it('adds one that adds another', async () => {
    const [first, second] = [sshSigner(), sshSigner()]
    expect(await runner.hear(added(first, [keys.jhand]))).toBeUndefined()
    expect(await runner.hear(added(second, [first]))).toContain('a key of jhand must sign it')
    expect(await runner.execute(upgrade(second))).toMatchObject(refused)
  })

  it('adds one that outlives its month', async () => {
    const late = sshSigner()
    const old = added(late, [keys.jhand], { iat: now - 30 * day })
    expect(await runner.hear(old)).toContain('older than 30 days')
    expect(await runner.execute(upgrade(late))).toMatchObject(refused)
  })
})

describe('two colleagues who vouch for a third', () => {
  const vouched = passkeySigner(desk)
  const by = [keys.fiona, keys.dora]

  it('have to wait 24 hours from when the runner stored it, whatever date they write', async () => {
    expect(await runner.hear(added(vouched, by, { iat: now - 5 * day }))).toBeUndefined()
    expect(await runner.execute(upgrade(vouched))).toMatchObject(refused)
    expect(runner.runs).toBe(0)
  })

  it('reach no further than sensitive after that', async () => {
    runner.clock = (now - day) * 1000
    expect(await runner.hear(added(vouched, by, { iat: now - day }))).toBeUndefined()
    runner.clock = now * 1000
    expect(await runner.execute(rebuild(vouched))).toMatchObject({
      ...refused,
      refusal: { say: expect.stringContaining('does not count for dangerous commands') },
    })
    expect(runner.runs).toBe(0)
    expect((await runner.execute(upgrade(vouched)))?.outcome).toBe('done')
  })
})
