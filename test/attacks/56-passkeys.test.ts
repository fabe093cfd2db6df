import { describe, expect, it } from 'vitest'
import { type Consent, consentKind } from '#core/consent/consent.ts'
import { FoobotError } from '#core/errors.ts'
import { openEnvelope } from '#core/signature/open.ts'
import { sealEnvelope } from '#core/statement/envelope.ts'
import { type Bent, passkey } from '../contract/passkey.fixture.ts'

// DEFENCE src/core/signature/webauthn.ts
// - const origin = origins.find((allowed) => allowed === client.origin)
// + const origin = String(client.origin)

// DEFENCE src/core/signature/webauthn.ts
// - if (!host.equals(authenticatorData.subarray(0, 32))) refuseSignature('for another host')

// DEFENCE src/core/signature/webauthn.ts
// - if (client.type !== 'webauthn.get') refuseSignature('not an assertion')

const desk = 'http://desk.localhost:8081'
const consent: Consent = {
  v: 2,
  deployment: 'acme',
  statement: 'ab'.repeat(32),
  person: 'bianca',
  as: 'requester',
  iat: 1_767_225_600,
}

const digest = (body: Uint8Array): Uint8Array => Buffer.from(consentKind.digest(body), 'hex')

describe.each(['ed25519', 'p256'] as const)('a passkey of %s', (curve) => {
  const { key, sign } = passkey(curve, desk)
  /** Signs one consent, and hands in another: by default the same. */
  const handIn = (bent: Bent = {}, as: Partial<Consent> = {}, origins: readonly string[] = [desk]): string => {
    const signed = consentKind.encode(consent)
    const envelope = sealEnvelope(consentKind, consentKind.encode({ ...consent, ...as }), [
      { keyid: '', sig: sign(digest(signed), bent) },
    ])
    try {
      openEnvelope(consentKind, envelope, () => [key], { origins })
    } catch (error) {
      if (error instanceof FoobotError && error.code === 'signature-refused') return error.message
      throw error
    }
    return 'accepted'
  }

  it('signs what it was shown', () => {
    expect(handIn()).toBe('accepted')
  })

  it.each<[string, Bent, string]>([
    ['on another port of the desk’s host', { origin: 'http://desk.localhost:9999' }, 'made on'],
    ['on a host below the desk’s', { origin: 'http://a.desk.localhost:8081', host: 'desk.localhost' }, 'made on'],
    ['on the server’s own page', { origin: 'http://localhost:8080' }, 'made on'],
    ['for another host', { host: 'localhost' }, 'another host'],
    ['in a frame of another page', { client: { crossOrigin: true } }, 'foreign frame'],
    ['in a frame that says whose', { client: { topOrigin: 'http://evil.example' } }, 'in a frame'],
    ['with nobody there', { flags: 0x04 }, 'nobody touched'],
    ['with somebody whom it did not recognise', { flags: 0x01 }, 'not verified'],
    ['as the making of a key', { client: { type: 'webauthn.create' } }, 'not an assertion'],
    ['over a challenge of the attacker’s', { client: { challenge: 'AAAA' } }, 'another object'],
  ])('counts for nothing %s', (_, bent, reason) => {
    expect(handIn(bent)).toContain(reason)
  })

  it('gives no yes in another role, of another person, to another statement or company', () => {
    const others: readonly Partial<Consent>[] = [
      { as: 'approver', group: 'Backend' },
      { person: 'dora' },
      { statement: 'cd'.repeat(32) },
      { deployment: 'acme2' },
      { iat: consent.iat + 1 },
    ]
    for (const other of others) expect(handIn({}, other)).toContain('another object')
  })

  it('counts nowhere where the company lists no desk', () => {
    expect(handIn({}, {}, [])).toContain('made on')
  })
})
