import { afterEach, beforeEach, expect, it } from 'vitest'
import { keyAddKind, keyRemoveKind } from '#core/bundle/key-change.ts'
import { attestedConsentKind, type Consent, consentKind } from '#core/consent/consent.ts'
import { keys } from '#core/consent/people.fixture.ts'
import { loginKind } from '#core/signature/login.ts'
import type { TestSigner } from '#core/signature/signer.fixture.ts'
import { sealEnvelope } from '#core/statement/envelope.ts'
import type { Envelope } from '#core/statement/fields.ts'
import type { Kind } from '#core/statement/kind.ts'
import { type Statement, statementKind } from '#core/statement/statement.ts'
import { biancaSays, now, ofTier, sorted, statement, yes } from '#core/warrant/warrant.fixture.ts'
import { Server } from '#runner/server.fixture.ts'
import { ActingRunner } from './acting-runner.ts'

/** A yes that was really given, for something else. */

// DEFENCE src/core/consent/check.ts
// - { name: 'names', check: names },

// DEFENCE src/core/consent/check.ts
// - { name: 'requester', check: requester },

let runner: ActingRunner
beforeEach(async () => {
  runner = new ActingRunner()
  await runner.start()
})
afterEach(() => runner.end())

const upgrade = (consents: (digest: string) => readonly Envelope[]) =>
  new Server().consented(ofTier.sensitive, consents).execute

const digestOf = (change: Partial<Statement>): string =>
  statementKind.digest(statementKind.encode({ ...statement, ...ofTier.sensitive, ...change }))

it.each([
  ['another customer', { text: 'upgrade AcmeDevs to Pro' }],
  ['another target', { resource: { type: 'Customer', id: 'AcmeDevs', facts: {} } }],
  ['the same, said again', { id: '1'.repeat(32) }],
  ['the same, a second earlier', { iat: now - 1 }],
  ['another room', { via: { ...statement.via, room: 'ops' } }],
] as const)('a yes to %s', async (_name, change) => {
  const execute = upgrade(() => [yes(digestOf(change))])
  expect(await runner.execute(execute)).toMatchObject({
    outcome: 'refused',
    refusal: { step: 'consents', say: 'It is a yes to another statement.' },
  })
  expect(runner.runs).toBe(0)
})

const bentBy =
  (change: Partial<Consent>, signed: Partial<Consent>, signer: TestSigner = keys.jhand) =>
  (digest: string): Envelope => ({
    ...yes(digest, signer, change),
    signatures: yes(digest, signer, signed).signatures,
  })

it.each([
  ['an approval as the requester’s own', bentBy({}, { as: 'approver', group: 'Devs' })],
  ['one for another group', bentBy(biancaSays, { ...biancaSays, group: 'Devs' }, keys.bianca)],
  ['one of another deployment', bentBy({}, { deployment: 'other' })],
  ['one of another person', bentBy({ person: 'bianca' }, {}, keys.jhand)],
])('the signature of %s', async (_name, bent) => {
  const { execute } = new Server().consented(ofTier.dangerous, (digest) => [bent(digest)])
  expect(await runner.execute(execute)).toMatchObject({ outcome: 'refused', refusal: { step: 'consents' } })
  expect(runner.runs).toBe(0)
})

it.each<[string, Kind<unknown>, boolean]>([
  ['a login', loginKind, false],
  ['a key-add', keyAddKind, false],
  ['a key-remove', keyRemoveKind, false],
  ['an attested consent', attestedConsentKind, false],
  ['a consent', consentKind, true],
])('the signature that a key made over the bytes as %s', async (_name, kind, counts) => {
  for (const [signer, n] of [
    [keys.jhand, 1],
    [keys.passkey, 2],
  ] as const) {
    const { execute } = new Server().consented({ ...ofTier.sensitive, id: String(n).repeat(32) }, (digest) => {
      const body = Buffer.from(yes(digest).payload, 'base64')
      return [sealEnvelope(consentKind, body, [signer.sign(kind, body)])]
    })
    const fresh = new ActingRunner()
    await fresh.start()
    expect((await fresh.execute(execute))?.outcome).toBe(counts ? 'done' : 'refused')
    expect(fresh.runs).toBe(counts ? 1 : 0)
    await fresh.end()
  }
})

it('the yes of an approver taken for the requester’s, and the other way round', async () => {
  const jhand = { as: 'approver', group: 'Backend' } as const
  for (const [change, signer] of [
    [jhand, keys.jhand],
    [{ person: 'bianca' }, keys.bianca],
  ] as const) {
    const fresh = new ActingRunner()
    await fresh.start()
    const { execute } = new Server().consented(ofTier.dangerous, (digest) =>
      sorted([
        yes(digest, keys.dora, { person: 'dora', as: 'approver', group: 'Backend' }),
        yes(digest, signer, change),
      ]),
    )
    expect(await fresh.execute(execute)).toMatchObject({ outcome: 'refused', refusal: { step: 'consents' } })
    await fresh.end()
  }
})
