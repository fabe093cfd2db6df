import { afterEach, beforeEach, expect, it } from 'vitest'
import { keys, services } from '#core/consent/people.fixture.ts'
import { machineSigner } from '#core/signature/signer.fixture.ts'
import type { Envelope } from '#core/statement/fields.ts'
import { biancaSays, now, ofTier, sorted, yes } from '#core/warrant/warrant.fixture.ts'
import { Server } from '#runner/server.fixture.ts'
import { ActingRunner } from './acting-runner.ts'
import { attested } from './attested.fixture.ts'

/** What a service attested, taken for another person, statement, method or tier; and a server that attests by itself. */

// DEFENCE src/core/consent/check.ts
// - { name: 'linked', check: linked },

// DEFENCE src/core/consent/check.ts
// - { name: 'factor', check: factor },

// DEFENCE src/core/consent/check.ts
// - { name: 'word', check: word },

// DEFENCE src/core/consent/check.ts
// - { name: 'signed approval', check: signedApproval },

let runner: ActingRunner
beforeEach(async () => {
  runner = new ActingRunner()
  await runner.start()
})
afterEach(() => runner.end())

it('a code for this very statement counts', async () => {
  const { execute } = new Server().consented(ofTier.sensitive, (digest) => [attested(digest)])
  expect((await runner.execute(execute))?.outcome).toBe('done')
})

it.each<[string, (digest: string) => Envelope]>([
  ['for another statement', () => attested('f'.repeat(64))],
  ['for another person', (digest) => attested(digest, { person: 'bianca' })],
  ['for another deployment', (digest) => attested(digest, { deployment: 'other' })],
  ['by a key that the bundle does not list', (digest) => attested(digest, {}, machineSigner())],
  ['by the service of another method', (digest) => attested(digest, {}, services.word)],
  ['of a method that nobody may attest', (digest) => attested(digest, { method: 'ciba' })],
  ['by a person', (digest) => attested(digest, {}, keys.jhand)],
  ['of an account that was linked an hour ago', (digest) => attested(digest, { linked: now - 3600 })],
  ['a word in chat as second factor', (digest) => attested(digest, { method: 'word' }, services.word)],
  [
    'with the payload of another',
    (digest) => ({ ...attested(digest), signatures: attested(digest, { person: 'bianca' }).signatures }),
  ],
  ['renamed to a signed one', (digest) => ({ ...attested(digest), payloadType: yes(digest).payloadType })],
])('refused: %s', async (_name, forged) => {
  const { execute } = new Server().consented(ofTier.sensitive, (digest) => [forged(digest)])
  expect((await runner.execute(execute))?.outcome).not.toBe('done')
  expect(runner.runs).toBe(0)
})

it('nothing attested counts where the bundle says nothing of it', async () => {
  const fresh = new ActingRunner({ attested: { factors: new Map(), words: [] } })
  await fresh.start()
  const { execute } = new Server().consented(ofTier.sensitive, (digest) => [attested(digest)])
  expect(await fresh.execute(execute)).toMatchObject({ outcome: 'refused', refusal: { step: 'consents' } })
  expect(fresh.runs).toBe(0)
  await fresh.end()
})

it('a server with all attesting keys approves nothing from dangerous up', async () => {
  const fresh = new ActingRunner({ attested: { factors: new Map([['totp', 'critical']]), words: ['rebuild'] } })
  await fresh.start()
  const server = new Server()
  for (const [n, approval] of [
    (digest: string) => attested(digest, biancaSays),
    (digest: string) => attested(digest, { ...biancaSays, method: 'word' }, services.word),
  ].entries()) {
    const { execute } = server.consented({ ...ofTier.dangerous, id: String(n).repeat(32) }, (digest) =>
      sorted([attested(digest), approval(digest)]),
    )
    expect(await fresh.execute(execute)).toMatchObject({
      outcome: 'refused',
      refusal: { step: 'consents', say: expect.stringContaining('must be signed') },
    })
  }
  expect(fresh.runs).toBe(0)
  await fresh.end()
})
