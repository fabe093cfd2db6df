import { createHash } from 'node:crypto'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { consentKind } from '#core/consent/consent.ts'
import { desk, lowDesk, peopleAndPlaces } from '#core/consent/people.fixture.ts'
import { sealEnvelope } from '#core/statement/envelope.ts'
import type { Envelope } from '#core/statement/fields.ts'
import { ofTier, yes } from '#core/warrant/warrant.fixture.ts'
import { Server } from '#runner/server.fixture.ts'
import { type Bent, passkey } from '../contract/passkey.fixture.ts'
import { ActingRunner } from './acting-runner.ts'

/** A software authenticator with each switch wrong, in the hands of whoever phishes jhand. */

// DEFENCE src/core/signature/webauthn.ts
// - if (!readFlags(authenticatorData.readUInt8(32)).verified) refuseSignature('the user was not verified')

// DEFENCE src/core/signature/webauthn.ts
// - if (client.challenge !== Buffer.from(digest).toString('base64url')) refuseSignature('over another object')

// DEFENCE src/core/signature/webauthn.ts
// - if (client.topOrigin !== undefined) refuseSignature('made in a frame')

const phone = passkey('p256', desk)
const jhand = { id: 'jhand', name: 'Jason', accounts: [], keys: [phone.key], hardware: new Set<never>() }
const change = { people: new Map([...peopleAndPlaces.people, ['jhand', jhand]]) }

let runner: ActingRunner
beforeEach(async () => {
  runner = new ActingRunner(change)
  await runner.start()
})
afterEach(() => runner.end())

const sha256 = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest()

const signed = (digest: string, bent: Bent, of = yes(digest)): Envelope => {
  const body = Buffer.from(of.payload, 'base64')
  return sealEnvelope(consentKind, body, [{ keyid: '', sig: phone.sign(sha256(consentKind.pae(body)), bent) }])
}

it('as it should be, it counts', async () => {
  const { execute } = new Server().consented(ofTier.sensitive, (digest) => [signed(digest, {})])
  expect((await runner.execute(execute))?.outcome).toBe('done')
})

describe('refused, and nothing runs', () => {
  it.each<[string, Bent]>([
    ['another origin', { origin: 'https://desk.acme.example.evil.example' }],
    ['another port of the desk', { origin: `${desk}:8443` }],
    ['plain http', { origin: 'http://desk.acme.example', host: 'desk.acme.example' }],
    ['the host of another page of the company', { origin: desk, host: new URL(lowDesk).hostname }],
    ['a frame of another site', { client: { crossOrigin: true } }],
    ['a frame on top of which another site stands', { client: { topOrigin: 'https://evil.example' } }],
    ['no touch', { flags: 0x04 }],
    ['a touch by anybody', { flags: 0x01 }],
    ['a registration', { client: { type: 'webauthn.create' } }],
    ['another challenge', { client: { challenge: Buffer.alloc(32).toString('base64url') } }],
  ])('%s', async (_name, bent) => {
    const { execute } = new Server().consented(ofTier.sensitive, (digest) => [signed(digest, bent)])
    expect(await runner.execute(execute)).toMatchObject({ outcome: 'refused', refusal: { step: 'consents' } })
    expect(runner.runs).toBe(0)
  })

  it('the assertion over one consent around another: a deny, a factor or an approval made a yes', async () => {
    const { execute } = new Server().consented(ofTier.sensitive, (digest) => {
      const other = signed(digest, {}, yes(digest, undefined, { as: 'approver', group: 'Backend' }))
      return [{ ...yes(digest), signatures: other.signatures }]
    })
    expect(await runner.execute(execute)).toMatchObject({ outcome: 'refused', refusal: { step: 'consents' } })
    expect(runner.runs).toBe(0)
  })

  it('the statement’s own digest as the challenge, as if the passkey had signed that', async () => {
    const { execute } = new Server().consented(ofTier.sensitive, (digest) => [
      sealEnvelope(consentKind, Buffer.from(yes(digest).payload, 'base64'), [
        { keyid: '', sig: phone.sign(Buffer.from(digest, 'hex')) },
      ]),
    ])
    expect(await runner.execute(execute)).toMatchObject({ outcome: 'refused', refusal: { step: 'consents' } })
  })
})
