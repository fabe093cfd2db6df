import { generateKeyPairSync, sign, verify } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { z } from 'zod'
import { FoobotError } from '#core/errors.ts'
import { sealEnvelope } from '#core/statement/envelope.ts'
import { defineKind } from '#core/statement/kind.ts'
import { ed25519Key } from './ed25519.ts'
import { type Key, keyid } from './key.ts'
import { openEnvelope } from './open.ts'

vi.mock('node:crypto', async (original) => {
  const real = await original<typeof import('node:crypto')>()
  return { ...real, verify: vi.fn(real.verify) }
})

const bundle = defineKind('bundle', z.strictObject({ say: z.string() }), 4096)
const consent = defineKind('consent', z.strictObject({ say: z.string() }), 4096)
const body = bundle.encode({ say: 'yes' })

const people = Array.from({ length: 4 }, () => {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  const key = ed25519Key(publicKey.export({ format: 'der', type: 'spki' }).subarray(-32))
  return { key, sign: (bytes: Uint8Array) => sign(null, bytes, privateKey) }
})
const [a, b] = people as [(typeof people)[0], (typeof people)[0]]
const signature = (person: (typeof people)[0], hint: Key = person.key) => ({
  keyid: keyid(hint),
  sig: person.sign(bundle.pae(body)),
})
const codeOf = (act: () => unknown): string => {
  try {
    act()
  } catch (error) {
    if (error instanceof FoobotError) return error.code
    throw error
  }
  return 'accepted'
}

describe('openEnvelope', () => {
  it('gives the value, the bytes and the digest that were signed', () => {
    const opened = openEnvelope(bundle, sealEnvelope(bundle, body, [signature(a)]), () => [a.key])
    expect(opened.value).toEqual({ say: 'yes' })
    expect(Buffer.from(opened.body).equals(body)).toBe(true)
    expect(opened.digest).toBe(bundle.digest(body))
    expect(opened.proofs).toEqual([{ key: a.key, strength: 'software' }])
  })

  it('counts a key once, however often it signed or is listed', () => {
    const envelope = sealEnvelope(bundle, body, [signature(a), signature(a), signature(a, b.key)])
    expect(openEnvelope(bundle, envelope, () => [a.key, a.key, b.key]).proofs).toHaveLength(1)
  })

  it('checks a signature with the key that it names, and a key with one signature', () => {
    vi.mocked(verify).mockClear()
    const keysOf = () => people.map(({ key }) => key)
    const wrong = { ...signature(a), sig: Buffer.alloc(64) }
    const envelope = sealEnvelope(bundle, body, [wrong, signature(a), wrong, signature(b)])
    expect(openEnvelope(bundle, envelope, keysOf).proofs.map(({ key }) => key)).toEqual([b.key])
    expect(verify).toHaveBeenCalledTimes(2)
  })

  it('asks for the keys by what the envelope says, and by nothing else', () => {
    const envelope = sealEnvelope(bundle, body, [signature(a)])
    const keysOf = ({ say }: { say: string }) => (say === 'yes' ? [a.key] : [])
    expect(openEnvelope(bundle, envelope, keysOf).proofs).toHaveLength(1)
  })

  it('counts a signature for the key that it names, if that key made it', () => {
    const hints = fc.oneof(fc.constantFrom(...people.map(({ key }) => keyid(key))), fc.string({ maxLength: 64 }))
    const signatures = fc.array(fc.tuple(fc.nat(3), hints), { minLength: 1, maxLength: 8 })
    fc.assert(
      fc.property(signatures, fc.subarray(people), (made, listed) => {
        const envelope = sealEnvelope(
          bundle,
          body,
          made.map(([who, hint]) => ({ keyid: hint, sig: people[who]?.sign(bundle.pae(body)) ?? Buffer.alloc(0) })),
        )
        const named = listed.map(({ key }) => ({ key, first: made.find(([, hint]) => hint === keyid(key)) }))
        const expected = named.flatMap(({ key, first }) => (first && people[first[0]]?.key === key ? key : []))
        const proven = (): readonly Key[] => {
          const keysOf = () => listed.map(({ key }) => key)
          return openEnvelope(bundle, envelope, keysOf).proofs.map(({ key }) => key)
        }
        if (expected.length === 0) expect(codeOf(proven)).toBe('signature-refused')
        else expect(new Set(proven())).toEqual(new Set(expected))
      }),
      { numRuns: 200 },
    )
  })

  it('refuses other bytes under the same signature, whatever they are', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (say) => {
        const swapped = {
          ...sealEnvelope(bundle, body, [signature(a)]),
          payload: Buffer.from(bundle.encode({ say })).toString('base64'),
        }
        expect(codeOf(() => openEnvelope(bundle, swapped, () => [a.key]))).toBe(
          say === 'yes' ? 'accepted' : 'signature-refused',
        )
      }),
      { numRuns: 200 },
    )
  })

  it('is not moved by what happens to the envelope afterwards', () => {
    const envelope = sealEnvelope(bundle, body, [signature(a)])
    const opened = openEnvelope(bundle, envelope, () => [a.key])
    envelope.payload = Buffer.from('{"say":"no"}').toString('base64')
    expect(bundle.decode(opened.body)).toEqual({ say: 'yes' })
    expect(opened.value).toEqual({ say: 'yes' })
  })

  it('takes a second signature only where several people sign', () => {
    const bytes = consent.pae(body)
    const two = [a, b].map((person) => ({ keyid: keyid(person.key), sig: person.sign(bytes) }))
    const keysOf = () => [a.key, b.key]
    expect(codeOf(() => openEnvelope(consent, sealEnvelope(consent, body, two), keysOf))).toBe('signature-refused')
    expect(codeOf(() => openEnvelope(consent, sealEnvelope(consent, body, two.slice(1)), keysOf))).toBe('accepted')
  })

  it('refuses where nobody may sign', () => {
    const envelope = sealEnvelope(bundle, body, [signature(a)])
    expect(codeOf(() => openEnvelope(bundle, envelope, () => []))).toBe('signature-refused')
    expect(codeOf(() => openEnvelope(bundle, sealEnvelope(bundle, body, []), () => [a.key]))).toBe('signature-refused')
  })
})
