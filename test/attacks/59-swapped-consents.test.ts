import { afterEach, beforeEach, expect, it } from 'vitest'
import { consentKind } from '#core/consent/consent.ts'
import { keys } from '#core/consent/people.fixture.ts'
import { keyid } from '#core/signature/key.ts'
import { sealEnvelope } from '#core/statement/envelope.ts'
import type { Envelope } from '#core/statement/fields.ts'
import { biancaSays, enough, now, ofTier, sorted, yes } from '#core/warrant/warrant.fixture.ts'
import { Server } from '#runner/server.fixture.ts'
import { ActingRunner } from './acting-runner.ts'

/** A server that swaps what lies in a consent's envelope, or counts it twice. */

// DEFENCE src/core/warrant/verify.ts
// - if (!isSorted) refuse('consents', 'The consents are not sorted by digest, each once.')
// AND src/core/warrant/verify.ts
// - if (new Set(given.map(({ person }) => person)).size < given.length) refuse('consents', 'One person is counted twice.')

let runner: ActingRunner
beforeEach(async () => {
  runner = new ActingRunner()
  await runner.start()
})
afterEach(() => runner.end())

const bodyOf = ({ payload }: Envelope): Buffer => Buffer.from(payload, 'base64')

it.each<[string, (digest: string) => readonly Envelope[]]>([
  [
    'the payload of a consent under the signature of another',
    (digest) => [
      { ...yes(digest), payload: yes(digest, keys.jhand, { iat: now - 1 }).payload },
      ...enough(digest).slice(1),
    ],
  ],
  [
    'a stranger’s signature under the keyid of the right key',
    (digest) => {
      const body = bodyOf(yes(digest))
      const { sig } = keys.stranger.sign(consentKind, body)
      return [sealEnvelope(consentKind, body, [{ keyid: keyid(keys.jhand.key), sig }]), ...enough(digest).slice(1)]
    },
  ],
  [
    'a stranger’s signature beside the right one',
    (digest) => {
      const body = bodyOf(yes(digest))
      const both = [keys.jhand, keys.stranger].map((signer) => signer.sign(consentKind, body))
      return [sealEnvelope(consentKind, body, both), ...enough(digest).slice(1)]
    },
  ],
  ['the same consent twice', (digest) => [...enough(digest), yes(digest, keys.bianca, biancaSays)]],
  [
    'one person’s yes by two keys',
    (digest) => [...enough(digest), yes(digest, keys.biancaPasskey, { ...biancaSays, iat: now - 1 })],
  ],
])('%s is refused', async (_name, forged) => {
  const { execute } = new Server().consented(ofTier.dangerous, (digest) => sorted(forged(digest)))
  expect(await runner.execute(execute)).toMatchObject({ outcome: 'refused', refusal: { step: 'consents' } })
  expect(runner.runs).toBe(0)
})

it.each(['x', keyid(keys.stranger.key)])(
  'a good signature under another keyid is refused: no key is looked for (%s)',
  async (hint) => {
    const { execute } = new Server().consented(ofTier.sensitive, (digest) => {
      const body = bodyOf(yes(digest))
      const { sig } = keys.jhand.sign(consentKind, body)
      return [sealEnvelope(consentKind, body, [{ keyid: hint, sig }])]
    })
    expect((await runner.execute(execute))?.outcome).toBe('refused')
    expect(runner.runs).toBe(0)
  },
)

it('a consent with any byte changed is refused', async () => {
  for (let at = 0; at < 200; at += 17) {
    const { execute } = new Server().consented(ofTier.sensitive, (digest) => {
      const envelope = yes(digest)
      const body = bodyOf(envelope)
      body.writeUInt8(body.readUInt8(at % body.length) ^ 1, at % body.length)
      return [{ ...envelope, payload: body.toString('base64') }]
    })
    const fresh = new ActingRunner()
    await fresh.start()
    expect((await fresh.execute(execute))?.outcome).toBe('refused')
    expect(fresh.runs).toBe(0)
    await fresh.end()
  }
})
