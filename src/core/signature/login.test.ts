import { generateKeyPairSync, sign } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { FoobotError } from '#core/errors.ts'
import { sealEnvelope } from '#core/statement/envelope.ts'
import type { Envelope } from '#core/statement/fields.ts'
import { ed25519Key } from './ed25519.ts'
import { keyid } from './key.ts'
import { checkLogin, type Login, type LoginFacts, loginKind, socketOrigin } from './login.ts'

const { privateKey, publicKey } = generateKeyPairSync('ed25519')
const key = ed25519Key(publicKey.export({ format: 'der', type: 'spki' }).subarray(-32))
const now = 1_800_000_000
const login: Login = {
  v: 2,
  deployment: 'acme',
  server: 'http://localhost:8080',
  door: 'runner',
  runner: 'delivery',
  nonce: 'ab'.repeat(16),
  iat: now,
}
const facts: LoginFacts = {
  deployment: 'acme',
  servers: ['http://localhost:8080', socketOrigin('acme')],
  door: 'runner',
  nonce: login.nonce,
  now,
  keysOf: ({ runner }) => (runner === 'delivery' ? [key] : []),
}

const signed = (changes: Partial<Login> = {}): Envelope => {
  const body = loginKind.encode({ ...login, ...changes })
  return sealEnvelope(loginKind, body, [{ keyid: keyid(key), sig: sign(null, loginKind.pae(body), privateKey) }])
}
const verdict = (envelope: Envelope, known: Partial<LoginFacts> = {}): string => {
  try {
    return `${checkLogin(envelope, { ...facts, ...known }).runner} is in`
  } catch (error) {
    if (error instanceof FoobotError) return `${error.code}: ${error.message}`
    throw error
  }
}

describe('checkLogin', () => {
  it('lets in who signed for this server, now', () => {
    expect(verdict(signed())).toBe('delivery is in')
    expect(verdict(signed({ server: 'unix:acme' }))).toBe('delivery is in')
    expect(verdict(signed({ iat: now - 30 }))).toBe('delivery is in')
    expect(verdict(signed({ iat: now + 30 }))).toBe('delivery is in')
  })

  it('refuses a login that was made for another server, which that one could pass on', () => {
    expect(verdict(signed({ server: 'http://evil.example' }))).toContain('login-refused')
    expect(verdict(signed({ server: 'http://localhost:8081' }))).toContain('login-refused')
    expect(verdict(signed({ deployment: 'other' }))).toContain('login-refused')
  })

  it('refuses the nonce of another connection', () => {
    expect(verdict(signed({ nonce: 'cd'.repeat(16) }))).toContain('login-refused')
    expect(verdict(signed(), { nonce: 'cd'.repeat(16) })).toContain('login-refused')
  })

  it('refuses a clock more than 30 s off, and says so', () => {
    expect(verdict(signed({ iat: now - 31 }))).toContain('clock-skew')
    expect(verdict(signed({ iat: now + 31 }))).toContain('clock-skew')
    expect(() => checkLogin(signed({ iat: 1 }), facts)).toThrow(
      expect.objectContaining({
        runner: 'delivery',
        seconds: 1 - now,
        say: 'Your clock and mine differ by more than 30 seconds: set yours.',
      }),
    )
  })

  it('refuses whoever is not known, or signs with another key', () => {
    expect(verdict(signed({ runner: 'operations' }))).toContain('signature-refused')
    expect(verdict(signed(), { keysOf: () => [] })).toContain('signature-refused')
    expect(verdict(signed(), { keysOf: () => [ed25519Key(Buffer.alloc(32, 1))] })).toContain('signature-refused')
  })

  it('a signature counts for the name that was signed alone', () => {
    const body = loginKind.encode({ ...login, runner: 'operations' })
    const moved = { ...signed(), payload: Buffer.from(body).toString('base64') }
    expect(verdict(moved, { keysOf: () => [key] })).toContain('signature-refused')
  })

  it('names exactly one of person and runner', () => {
    expect(() => loginKind.encode({ ...login, person: 'jhand' })).toThrow('exactly one of person and runner')
    const { runner: _, ...nobody } = login
    expect(() => loginKind.encode(nobody)).toThrow('exactly one of person and runner')
  })
})
