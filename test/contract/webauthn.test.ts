import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { FoobotError } from '#core/errors.ts'
import { type Key, parseKey } from '#core/signature/key.ts'
import { sshString } from '#core/signature/ssh-wire.ts'
import { verifyWebauthn } from '#core/signature/webauthn.ts'
import { type Bent, passkey } from './passkey.fixture.ts'

const home = 'http://desk.localhost:8081'
const other = 'https://desk.acme.example'
const origins = [other, home]
const digest = createHash('sha256').update('what is signed').digest()
const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n

const verdict = (key: Key, sig: Uint8Array, over: Uint8Array = digest, places = origins): string => {
  try {
    return verifyWebauthn(key, over, sig, places).origin
  } catch (error) {
    if (error instanceof FoobotError && error.code === 'signature-refused') return error.message
    throw error
  }
}

/** A DER integer, minimal. */
const integer = (value: bigint): Buffer => {
  const hex = value.toString(16)
  const bytes = Buffer.from(hex.length % 2 ? `0${hex}` : hex, 'hex')
  const minimal = bytes.readUInt8(0) >= 0x80 ? Buffer.concat([Buffer.alloc(1), bytes]) : bytes
  return Buffer.concat([Buffer.of(2, minimal.length), minimal])
}
const numbersOf = (der: Buffer): readonly [bigint, bigint] => {
  const end = 4 + der.readUInt8(3)
  const big = (bytes: Buffer): bigint => BigInt(`0x${bytes.toString('hex')}`)
  return [big(der.subarray(4, end)), big(der.subarray(end + 2))]
}
const sequence = (...parts: readonly Buffer[]): Buffer => {
  const body = Buffer.concat(parts)
  return Buffer.concat([Buffer.of(0x30, body.length), body])
}

describe.each(['ed25519', 'p256'] as const)('%s', (curve) => {
  const { key, sign } = passkey(curve)

  it('takes what a browser makes, and says where it was made', () => {
    for (let round = 0; round < 8; round++) expect(verdict(key, sign(digest))).toBe(home)
    expect(verdict(key, sign(digest, { origin: other }))).toBe(other)
  })

  it.each([
    ['no crossOrigin', { client: { crossOrigin: undefined } }],
    ['members that are not known', { client: { other_keys_can_be_added_here: 'do not compare', more: [null, 1.5] } }],
    ['a tokenBinding that is an object', { client: { tokenBinding: { status: 'supported' } } }],
    ['a key that is synced', { flags: 0x1d }],
    ['a key that could be synced', { flags: 0x0d }],
    ['spaces in the client data', { clientText: (text: string) => text.replaceAll('":', '" : ') }],
  ] satisfies [string, Bent][])('takes %s', (_name, bent) => {
    expect(verdict(key, sign(digest, bent))).toMatch(/^http/)
  })

  it.each([
    ['the making of a key', { client: { type: 'webauthn.create' } }, 'not an assertion'],
    ['no type', { client: { type: undefined } }, 'not an assertion'],
    ['another challenge', { client: { challenge: Buffer.alloc(32).toString('base64url') } }, 'over another object'],
    ['a padded challenge', { client: { challenge: `${digest.toString('base64url')}=` } }, 'over another object'],
    ['another port', { client: { origin: 'http://desk.localhost:8082' } }, 'made on "http://desk.localhost:8082"'],
    ['a host below', { client: { origin: 'http://a.desk.localhost:8081' } }, 'made on'],
    ['https for http', { client: { origin: 'https://desk.localhost:8081' } }, 'made on'],
    ['a slash behind', { client: { origin: `${home}/` } }, 'made on'],
    ['capitals', { client: { origin: 'HTTP://DESK.LOCALHOST:8081' } }, 'made on'],
    ['a list of origins', { client: { origin: [home] } }, 'made on'],
    ['no origin', { client: { origin: undefined } }, 'made on undefined'],
    ['a foreign frame', { client: { crossOrigin: true } }, 'made in a foreign frame'],
    ['crossOrigin as text', { client: { crossOrigin: 'false' } }, 'made in a foreign frame'],
    ['crossOrigin null', { client: { crossOrigin: null } }, 'made in a foreign frame'],
    ['a topOrigin', { client: { topOrigin: home } }, 'made in a frame'],
    ['a tokenBinding that is text', { client: { tokenBinding: 'supported' } }, 'a malformed tokenBinding'],
    ['a tokenBinding that is a list', { client: { tokenBinding: [] } }, 'a malformed tokenBinding'],
    ['a tokenBinding that is null', { client: { tokenBinding: null } }, 'a malformed tokenBinding'],
    ['another host', { host: 'evil.localhost' }, 'for another host'],
    ['host with port', { host: 'desk.localhost:8081' }, 'for another host'],
    ['nobody present', { flags: 0x04 }, 'nobody touched'],
    ['no user verification', { flags: 0x01 }, 'the user was not verified'],
    ['no flag at all', { flags: 0x00 }, 'nobody touched'],
    ['attached credential data announced', { flags: 0x45 }, 'flags that do not belong here'],
    ['extensions announced', { flags: 0x85 }, 'flags that do not belong here'],
    ['backed up, not eligible', { flags: 0x15 }, 'backed up without being eligible'],
    ['bytes behind the counter', { authenticatorData: (b: Buffer) => Buffer.concat([b, Buffer.of(0xa0)]) }, '37 bytes'],
    ['no counter', { authenticatorData: (b: Buffer) => b.subarray(0, 33) }, '37 bytes'],
    ['a byte order mark', { clientText: (text: string) => `\ufeff${text}` }, 'signature: '],
    ['client data that is a list', { clientText: () => '[]' }, 'clientDataJSON is no object'],
    ['client data that is null', { clientText: () => 'null' }, 'clientDataJSON is no object'],
    [
      'client data that is not UTF-8',
      { clientText: (t: string) => Buffer.from(t.replace('{', '{"x":"\xff",'), 'latin1') },
      'signature: ',
    ],
    ['client data with bytes behind', { clientText: (text: string) => `${text}x` }, 'signature: '],
    [
      'a signature with a byte behind',
      { signature: (b: Buffer) => Buffer.concat([b, Buffer.alloc(1)]) },
      'signature: ',
    ],
    ['an empty signature', { signature: () => Buffer.alloc(0) }, 'signature: '],
    ['a part that is missing', { parts: ({ signature }) => ({ signature }) }, 'signature: assertion'],
    ['a part more', { parts: (parts) => ({ ...parts, userHandle: '' }) }, 'signature: assertion'],
    ['padding', { parts: (p) => ({ ...p, authenticatorData: `${p.authenticatorData}=` }) }, 'not strict base64url'],
    ['base64 for base64url', { parts: (p) => ({ ...p, signature: `+${p.signature}` }) }, 'not strict base64url'],
  ] satisfies [string, Bent, string][])('refuses %s', (_name, bent, reason) => {
    expect(verdict(key, sign(digest, bent))).toContain(reason)
  })

  it('refuses a signature over another object, by another key, or where no origin is allowed', () => {
    expect(verdict(key, sign(digest), Buffer.alloc(32))).toContain('over another object')
    expect(verdict(passkey(curve).key, sign(digest))).toContain('not over these bytes')
    expect(verdict(key, sign(digest), digest, [])).toContain('made on')
  })

  it('refuses the same key where it stands for something other than a passkey', () => {
    const raw = Buffer.from(key.split(' ')[1] ?? '', 'base64')
    const text =
      curve === 'ed25519'
        ? `ed25519 ${raw.subarray(-32).toString('base64')}`
        : `ecdsa-sha2-nistp256 ${Buffer.concat(['ecdsa-sha2-nistp256', 'nistp256', raw.subarray(-65)].map(sshString)).toString('base64')}`
    expect(verdict(parseKey(text), sign(digest))).toContain('this key is no passkey')
  })

  it('refuses every flipped byte of the three parts', () => {
    const sig = JSON.parse(Buffer.from(sign(digest)).toString('utf8'))
    const accepted: string[] = []
    for (const part of Object.keys(sig)) {
      const bytes = Buffer.from(sig[part], 'base64url')
      for (let at = 0; at < bytes.length; at++) {
        for (const mask of [0x01, 0x20, 0x80]) {
          const changed = Buffer.from(bytes)
          changed.writeUInt8(changed.readUInt8(at) ^ mask, at)
          const bent = Buffer.from(JSON.stringify({ ...sig, [part]: changed.toString('base64url') }))
          if (!verdict(key, bent).startsWith('signature: ')) accepted.push(`${part} ${at} ${mask}`)
        }
      }
    }
    expect(accepted).toEqual([])
  })
})

describe('DER of P-256', () => {
  const { key, sign } = passkey('p256')
  const with2 = (build: (r: bigint, s: bigint, der: Buffer) => Uint8Array): string =>
    verdict(key, sign(digest, { signature: (der) => build(...numbersOf(der), der) }))

  it('has one form, and n − s is a form of its own', () => {
    expect(with2((r, s) => sequence(integer(r), integer(s)))).toBe(home)
    expect(with2((r, s) => sequence(integer(r), integer(order - s)))).toBe(home)
  })

  it.each([
    ['a long length', (_r, _s, der) => Buffer.concat([Buffer.of(0x30, 0x81, der.length - 2), der.subarray(2)])],
    ['an indefinite length', (_r, _s, der) => Buffer.concat([Buffer.of(0x30, 0x80), der.subarray(2), Buffer.alloc(2)])],
    [
      'a needless zero',
      (r, s) =>
        sequence(
          Buffer.concat([Buffer.of(2, 34, 0, 0), Buffer.from(r.toString(16).padStart(64, '0'), 'hex')]),
          integer(s),
        ),
    ],
    ['a negative number', (_r, s) => sequence(Buffer.of(2, 1, 0x80), integer(s))],
    ['an empty number', (_r, s) => sequence(Buffer.of(2, 0), integer(s))],
    ['zero', (_r, s) => sequence(Buffer.of(2, 1, 0), integer(s))],
    ['r + n', (r, s) => sequence(integer(r + order), integer(s))],
    ['33 bytes', (_r, s) => sequence(Buffer.concat([Buffer.of(2, 33, 1), Buffer.alloc(32)]), integer(s))],
    ['a third number', (r, s) => sequence(integer(r), integer(s), integer(1n))],
    ['one number', (r) => sequence(integer(r))],
    ['a set', (r, s) => Buffer.concat([Buffer.of(0x31), sequence(integer(r), integer(s)).subarray(1)])],
    [
      'a bit string for a number',
      (r, s) => sequence(integer(r), Buffer.concat([Buffer.of(3), integer(s).subarray(1)])),
    ],
    ['a number longer than the sequence', (r) => sequence(integer(r), Buffer.of(2, 32, 1))],
    [
      '64 bytes without DER',
      (r, s) => Buffer.from([r, s].map((n) => n.toString(16).padStart(64, '0')).join(''), 'hex'),
    ],
  ] satisfies [string, (r: bigint, s: bigint, der: Buffer) => Uint8Array][])('refuses %s', (_name, build) => {
    expect(with2(build)).toMatch(/^signature: /)
  })
})
