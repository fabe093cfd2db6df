import { createHash, generateKeyPairSync, sign } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { attestedConsentKind, consentKind } from '#core/consent/consent.ts'
import { FoobotError } from '#core/errors.ts'
import { eventKind } from '#core/log/event.ts'
import { ed25519Key } from '#core/signature/ed25519.ts'
import { type Key, keyid } from '#core/signature/key.ts'
import { loginKind } from '#core/signature/login.ts'
import { openEnvelope } from '#core/signature/open.ts'
import { sshsigBlob } from '#core/signature/sshsig-blob.ts'
import { namespaceOf } from '#core/signature/sshsig-make.ts'
import { verifySignature } from '#core/signature/verify.ts'
import { sealEnvelope } from '#core/statement/envelope.ts'
import { defineKind, type Kind, kinds, payloadType } from '#core/statement/kind.ts'
import { statementKind } from '#core/statement/statement.ts'
import { receiptsKind } from '#core/warrant/receipts.ts'
import { warrantKind } from '#core/warrant/warrant.ts'
import { passkey } from '../contract/passkey.fixture.ts'
import { securityKey } from '../contract/security-key.fixture.ts'

// DEFENCE src/core/statement/kind.ts
// - pae: (body) => pae(type, body),
// + pae: (body) => pae('', body),

/** Each kind by its name, with one schema: only the name tells them apart. */
const named = kinds.map((name) => defineKind(name, z.strictObject({ v: z.literal(1) }), 1024))
const body = Buffer.from('{"v":1}')
const pairs = named.flatMap((made) => named.filter((read) => read !== made).map((read) => [made, read] as const))

const origin = 'https://desk.acme.example'
const hardware = securityKey('ed25519')
const phone = passkey('p256', origin)
const machine = generateKeyPairSync('ed25519')

/** How each type of key signs a kind. */
const signers: readonly (readonly [string, Key, (kind: Kind<unknown>) => Uint8Array])[] = [
  [
    'SSHSIG',
    hardware.key,
    (kind) => sshsigBlob(hardware.blob, namespaceOf(kind.name), hardware.sign(namespaceOf(kind.name), kind.pae(body))),
  ],
  ['WebAuthn', phone.key, (kind) => phone.sign(createHash('sha256').update(kind.pae(body)).digest())],
  [
    'plain Ed25519',
    ed25519Key(machine.publicKey.export({ format: 'der', type: 'spki' }).subarray(-32)),
    (kind) => sign(null, kind.pae(body), machine.privateKey),
  ],
]

const codeOf = (act: () => unknown): string => {
  try {
    act()
  } catch (error) {
    if (error instanceof FoobotError) return error.code
    throw error
  }
  return 'accepted'
}

describe.each(signers)('%s', (_name, key, signAs) => {
  const places = { origins: [origin] }

  it.each(named)('a $name serves as itself', (kind) => {
    expect(verifySignature(kind, body, key, signAs(kind), places).key).toBe(key)
  })

  it('the signature of no kind serves as another', () => {
    const crossed = pairs.filter(
      ([made, read]) => codeOf(() => verifySignature(read, body, key, signAs(made), places)) !== 'signature-refused',
    )
    expect(crossed).toEqual([])
    expect(pairs).toHaveLength(132)
  })

  it('nor does its envelope, with its own type or with the other', () => {
    for (const [made, read] of pairs) {
      const envelope = sealEnvelope(made, body, [{ keyid: keyid(key), sig: signAs(made) }])
      expect(codeOf(() => openEnvelope(made, envelope, () => [key], places))).toBe('accepted')
      expect(codeOf(() => openEnvelope(read, envelope, () => [key], places))).toBe('payload-malformed')
      const renamed = { ...envelope, payloadType: read.type }
      expect(codeOf(() => openEnvelope(read, renamed, () => [key], places))).toBe('signature-refused')
    }
  })

  it('nor does a signature serve for other bytes of its kind', () => {
    for (const kind of named) {
      const other = Buffer.from('{"v":1} ')
      expect(codeOf(() => verifySignature(kind, other, key, signAs(kind), places))).toBe('signature-refused')
    }
  })
})

it('no form of signature serves as another', () => {
  for (const [form, , signAs] of signers) {
    for (const [other, key] of signers.filter(([name]) => name !== form)) {
      const verdict = codeOf(() => verifySignature(loginKind, body, key, signAs(loginKind), { origins: [origin] }))
      expect(verdict, `${form} as ${other}`).toBe('signature-refused')
    }
  }
})

it('no kind has the type or the namespace of another', () => {
  expect(new Set(kinds.map(payloadType)).size).toBe(kinds.length)
  expect(new Set(kinds.map(namespaceOf)).size).toBe(kinds.length)
})

describe('payloads', () => {
  const common = { v: 2, deployment: 'acme' } as const
  const hex32 = '00'.repeat(16)
  const hex64 = '00'.repeat(32)
  const consent = { ...common, statement: hex64, person: 'mansel', as: 'requester', iat: 1 } as const
  const bytes: readonly (readonly [Kind<unknown>, Uint8Array])[] = [
    [
      statementKind,
      statementKind.encode({
        ...common,
        id: hex32,
        bundle: 1,
        runner: 'delivery',
        command: 'push',
        definition: hex64,
        tier: 'member',
        text: 'push',
        resource: { type: 'System', id: 'git', facts: {} },
        via: { platform: 'native', tenant: 'acme', account: 'a', room: 'devs', message: 'm' },
        iat: 1,
        exp: 2,
      }),
    ],
    [consentKind, consentKind.encode(consent)],
    [
      attestedConsentKind,
      attestedConsentKind.encode({
        ...consent,
        method: 'word',
        account: { platform: 'other', tenant: 'T', id: 'a' },
        linked: 1,
        message: 'm',
      }),
    ],
    [
      warrantKind,
      warrantKind.encode({
        ...common,
        runner: 'delivery',
        bundle: { version: 1, digest: hex64 },
        statement: 'AAAA',
        consents: [],
        iat: 1,
      }),
    ],
    [
      receiptsKind,
      receiptsKind.encode({
        ...common,
        runner: 'delivery',
        store: hex32,
        receipts: [
          {
            statement: hex64,
            warrant: hex64,
            start: 1,
            end: 1,
            outcome: 'done',
            outputSha256: hex64,
            outputBytes: 0,
            checkpoint: 1,
          },
        ],
      }),
    ],
    [eventKind, eventKind.encode({ ...common, at: 1, what: 'asked' })],
    [
      loginKind,
      loginKind.encode({ ...common, server: 'unix:acme', door: 'native', person: 'mansel', nonce: hex32, iat: 1 }),
    ],
  ]

  it('of no kind read as another', () => {
    for (const [made, payload] of bytes) {
      for (const [read] of bytes) {
        expect(codeOf(() => read.decode(payload))).toBe(read === made ? 'accepted' : 'payload-malformed')
      }
    }
  })
})
