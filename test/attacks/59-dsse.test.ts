import fc from 'fast-check'
import { expect, it } from 'vitest'
import { consentKind } from '#core/consent/consent.ts'
import { FoobotError } from '#core/errors.ts'
import { keyid } from '#core/signature/key.ts'
import { openEnvelope } from '#core/signature/open.ts'
import { sshsigBlob } from '#core/signature/sshsig-blob.ts'
import { namespaceOf } from '#core/signature/sshsig-make.ts'
import { sealEnvelope } from '#core/statement/envelope.ts'
import type { Envelope } from '#core/statement/fields.ts'
import { securityKey } from '../contract/security-key.fixture.ts'

// DEFENCE src/core/signature/open.ts
// - if (letter.signatures.length > 1 && !signedBySeveral.has(kind.name))
// - refuseSignature(`a ${kind.name} has one signature`)

// DEFENCE src/core/statement/envelope.ts
// - return { kind, body, value, digest: kind.digest(body), signatures }
// + return { kind, body, value: kind.decode(fromBase64(envelope.payload)), digest: kind.digest(body), signatures }

const victim = securityKey('ed25519')
const attacker = securityKey('ed25519')
const consent = {
  v: 2,
  deployment: 'acme',
  statement: 'ab'.repeat(32),
  person: 'bianca',
  as: 'approver',
  group: 'Backend',
  iat: 1_800_000_000,
} as const
const body = consentKind.encode(consent)

const sigBy = (key: typeof victim, bytes = body): Uint8Array => {
  const namespace = namespaceOf('consent')
  return sshsigBlob(key.blob, namespace, key.sign(namespace, consentKind.pae(bytes)))
}
const genuine = sealEnvelope(consentKind, body, [{ keyid: keyid(victim.key), sig: sigBy(victim) }])
const keysOf = () => [victim.key]
const outcome = (envelope: Envelope): string => {
  try {
    return openEnvelope(consentKind, envelope, keysOf).value.person
  } catch (error) {
    if (error instanceof FoobotError) return error.code
    throw error
  }
}

it('the genuine envelope opens', () => {
  expect(outcome(genuine)).toBe('bianca')
})

it('another payload under the same signature does not, whatever it says', () => {
  const changes = fc.oneof(
    fc.record({ statement: fc.stringMatching(/^[0-9a-f]{64}$/) }),
    fc.record({ person: fc.constantFrom('mansel', 'Bianca', 'bianca ') }),
    fc.record({ deployment: fc.constantFrom('other', 'Acme') }),
    fc.record({ as: fc.constant('requester' as const) }),
    fc.record({ group: fc.constantFrom('Ops', 'DBA') }),
    fc.record({ iat: fc.nat() }),
  )
  fc.assert(
    fc.property(changes, (change) => {
      const swapped = consentKind.encode({ ...consent, ...change })
      expect(outcome({ ...genuine, payload: Buffer.from(swapped).toString('base64') })).toBe('signature-refused')
    }),
    { numRuns: 200 },
  )
})

it('the same object in other bytes does not: bytes are signed, not meanings', () => {
  const reversed = Object.fromEntries(Object.entries(consent).reverse())
  for (const text of [JSON.stringify(consent, null, 1), JSON.stringify(reversed), `${JSON.stringify(consent)} `]) {
    expect(consentKind.decode(Buffer.from(text))).toEqual(consent)
    expect(outcome({ ...genuine, payload: Buffer.from(text).toString('base64') })).toBe('signature-refused')
  }
})

it("the victim's key id over the attacker's signature does not", () => {
  for (const hint of [keyid(victim.key), keyid(attacker.key), '']) {
    expect(outcome(sealEnvelope(consentKind, body, [{ keyid: hint, sig: sigBy(attacker) }]))).toBe('signature-refused')
  }
})

it('a wrong or missing key id refuses: no other key is tried', () => {
  for (const hint of [keyid(attacker.key), '', 'rubbish']) {
    const named = sealEnvelope(consentKind, body, [{ keyid: hint, sig: sigBy(victim) }])
    expect(outcome(named)).toBe('signature-refused')
  }
})

it('a second signature beside the genuine one does not open a consent', () => {
  const [first] = genuine.signatures
  for (const sig of [sigBy(victim), sigBy(attacker)]) {
    const padded = { ...genuine, signatures: [first, { keyid: '', sig: Buffer.from(sig).toString('base64') }] }
    expect(outcome(padded as Envelope)).toBe('signature-refused')
  }
})

it('what was opened is what was signed, though the envelope changes while it is looked at', () => {
  let reads = 0
  const evil = Buffer.from(consentKind.encode({ ...consent, statement: 'ff'.repeat(32) })).toString('base64')
  const turning: Envelope = {
    ...genuine,
    get payload() {
      return reads++ === 0 ? genuine.payload : evil
    },
  }
  const opened = openEnvelope(consentKind, turning, keysOf)
  expect(opened.value.statement).toBe(consent.statement)
  expect(opened.digest).toBe(consentKind.digest(body))
  expect(Buffer.from(opened.body).equals(body)).toBe(true)
})
