import { generateKeyPairSync } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readKeyFile } from '#client/key-file.ts'
import { FoobotError } from '#core/errors.ts'
import { type Key, parseKey } from '#core/signature/key.ts'
import { loginKind } from '#core/signature/login.ts'
import { SshReader, sshString, u32 } from '#core/signature/ssh-wire.ts'
import { type SshProof, verifySshsig } from '#core/signature/sshsig.ts'
import { mpint, sshsigBlob } from '#core/signature/sshsig-blob.ts'
import { sshsigBytes } from '#core/signature/sshsig-make.ts'
import { securityKey, sshRaw } from './security-key.fixture.ts'
import { keyFolder, keygenAccepts, keygenMake, keygenSign } from './ssh-keygen.fixture.ts'

const namespace = 'foobot-consent@v2'
const message = Buffer.from('DSSEv1 4 type 2 {}')
const folder = keyFolder()
afterAll(folder.remove)

/** What ours says: the proof, or the reason. */
const ours = (key: Key, blob: Uint8Array, over: Uint8Array = message, space = namespace): SshProof | string => {
  try {
    return verifySshsig(key, space, over, blob)
  } catch (error) {
    if (error instanceof FoobotError && error.code === 'signature-refused') return error.message
    throw error
  }
}
const theirs = (key: Key, blob: Uint8Array, over: Uint8Array = message, space = namespace): boolean =>
  keygenAccepts(folder.path, key, space, over, blob)

const software: SshProof = { touched: false, verified: false }

/** A plain key in memory. */
const plainKey = (curve: 'ed25519' | 'p256') => {
  const { privateKey, publicKey } =
    curve === 'ed25519' ? generateKeyPairSync('ed25519') : generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const spki = publicKey.export({ format: 'der', type: 'spki' })
  const type = curve === 'ed25519' ? 'ssh-ed25519' : 'ecdsa-sha2-nistp256'
  const blob = Buffer.concat(
    curve === 'ed25519'
      ? [sshString(type), sshString(spki.subarray(-32))]
      : [sshString(type), sshString('nistp256'), sshString(spki.subarray(-65))],
  )
  return { type, blob, privateKey, key: parseKey(`${type} ${blob.toString('base64')}`) }
}

type PlainKey = ReturnType<typeof plainKey>

/** What such a key makes of the message: type, then bytes. */
const bareSignature = ({ type, privateKey }: PlainKey): Uint8Array =>
  Buffer.concat([sshString(type), sshString(sshRaw(privateKey, sshsigBytes(namespace, message)))])

describe.each([
  ['ed25519', ['-t', 'ed25519']],
  ['p256', ['-t', 'ecdsa', '-b', '256']],
] as const)('%s, plain', (curve, options) => {
  let key: Key
  beforeAll(() => {
    key = parseKey(keygenMake(folder.file(curve), ...options))
  })

  it('ours takes what ssh-keygen signs', () => {
    const messages = [message, Buffer.alloc(0), Buffer.alloc(70_000, 'é')]
    for (const over of messages) {
      const blob = keygenSign(folder.file(curve), namespace, over)
      expect(ours(key, blob, over)).toEqual(software)
    }
  })

  it('ssh-keygen takes what a key file of ours signs', async () => {
    const { signer } = readKeyFile(folder.file(curve))
    const body = Buffer.from('{"any":"bytes"}')
    for (let round = 0; round < 8; round++) {
      const blob = Buffer.from((await signer?.sign(loginKind, body)) ?? '', 'base64')
      expect(theirs(key, blob, loginKind.pae(body), 'foobot-login@v2')).toBe(true)
    }
  })

  it('both refuse another namespace, message or key', () => {
    const blob = keygenSign(folder.file(curve), namespace, message)
    const other = plainKey(curve).key
    expect(ours(key, blob, message, 'foobot-login@v2')).toContain('not made for foobot-login@v2')
    expect(theirs(key, blob, message, 'foobot-login@v2')).toBe(false)
    expect(ours(key, blob, Buffer.from('other'))).toContain('not over these bytes')
    expect(theirs(key, blob, Buffer.from('other'))).toBe(false)
    expect(ours(other, blob)).toContain('by another key')
    expect(theirs(other, blob)).toBe(false)
  })

  it('ours alone refuses SHA-256 for the message, which nobody needs', () => {
    const blob = keygenSign(folder.file(curve), namespace, message, '-O', 'hashalg=sha256')
    expect(theirs(key, blob)).toBe(true)
    expect(ours(key, blob)).toContain('the hash must be sha512')
  })
})

describe.each(['ed25519', 'p256'] as const)('%s, security key', (curve) => {
  const hardware = securityKey(curve)
  const blobOf = (flags: number, over: Uint8Array = message): Uint8Array =>
    sshsigBlob(hardware.blob, namespace, hardware.sign(namespace, over, flags))

  it.each([
    [0x01, { touched: true, verified: false }],
    [0x05, { touched: true, verified: true }],
    [0x09, { touched: true, verified: false }],
    [0x1d, { touched: true, verified: true }],
  ])('both take flags %i', (flags, proof) => {
    for (let round = 0; round < 4; round++) {
      expect(ours(hardware.key, blobOf(flags))).toEqual(proof)
    }
    expect(theirs(hardware.key, blobOf(flags))).toBe(true)
  })

  it.each([
    [0x00, 'nobody touched the authenticator'],
    [0x04, 'nobody touched the authenticator'],
    [0x85, 'flags that do not belong here'],
    [0x41, 'flags that do not belong here'],
    [0x11, 'backed up without being eligible'],
  ])('ssh-keygen takes flags %i, ours does not', (flags, reason) => {
    expect(theirs(hardware.key, blobOf(flags))).toBe(true)
    expect(ours(hardware.key, blobOf(flags))).toContain(reason)
  })

  it('both refuse flags or counter changed after signing', () => {
    const blob = Buffer.from(blobOf(0x01))
    for (const at of [blob.length - 5, blob.length - 1]) {
      const changed = Buffer.from(blob)
      changed.writeUInt8(changed.readUInt8(at) ^ 0x04, at)
      expect(ours(hardware.key, changed)).toContain('not over these bytes')
      expect(theirs(hardware.key, changed)).toBe(false)
    }
  })

  it('a key that was not made for SSH is none', () => {
    expect(() => securityKey(curve, 'desk.localhost')).toThrow('not made for SSH')
    expect(securityKey(curve, 'ssh:foobot').key).toContain(hardware.type)
  })
})

describe('where ssh-keygen is laxer', () => {
  const order = 2n ** 252n + 27742317777372353535851937790883648493n
  const ed = plainKey('ed25519')
  const ec = plainKey('p256')
  const signed = bareSignature

  it('the version may be 0 there', () => {
    const blob = Buffer.from(sshsigBlob(ed.blob, namespace, signed(ed)))
    blob.writeUInt32BE(0, 6)
    expect(theirs(ed.key, blob)).toBe(true)
    expect(ours(ed.key, blob)).toContain('another version')
  })

  it('the reserved field may hold something there', () => {
    const blob = Buffer.concat([
      Buffer.from('SSHSIG'),
      u32(1),
      sshString(ed.blob),
      sshString(namespace),
      sshString('anything'),
      sshString('sha512'),
      sshString(signed(ed)),
    ])
    expect(theirs(ed.key, blob)).toBe(true)
    expect(ours(ed.key, blob)).toContain('something in the reserved field')
  })

  it('an Ed25519 signature may be written with S + L there', () => {
    const signature = Buffer.from(signed(ed))
    const at = signature.length - 32
    const s = BigInt(`0x${Buffer.from(signature.subarray(at)).reverse().toString('hex')}`) + order
    signature.set(Buffer.from(s.toString(16).padStart(64, '0'), 'hex').reverse(), at)
    const blob = sshsigBlob(ed.blob, namespace, signature)
    expect(theirs(ed.key, blob)).toBe(true)
    expect(ours(ed.key, blob)).toContain('not over these bytes')
  })

  it('the numbers of an ECDSA signature may have needless zeros there', () => {
    const numbers = new SshReader(new SshReader(signed(ec).subarray(4 + ec.type.length)).string())
    const [r, s] = [numbers.mpint(32), numbers.mpint(32)]
    const padded = Buffer.concat([sshString(Buffer.concat([Buffer.alloc(2), r])), mpint(s)])
    const blob = sshsigBlob(ec.blob, namespace, Buffer.concat([sshString(ec.type), sshString(padded)]))
    expect(theirs(ec.key, blob)).toBe(true)
    expect(ours(ec.key, blob)).toContain('needless zeros')
  })

  it('both take n − s for s: it is a signature by the same key over the same bytes', () => {
    const n = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n
    const numbers = new SshReader(new SshReader(signed(ec).subarray(4 + ec.type.length)).string())
    const [r, s] = [numbers.mpint(32), numbers.mpint(32)]
    const other = Buffer.from((n - BigInt(`0x${Buffer.from(s).toString('hex')}`)).toString(16).padStart(64, '0'), 'hex')
    const both = Buffer.concat([mpint(r), mpint(other)])
    const blob = sshsigBlob(ec.blob, namespace, Buffer.concat([sshString(ec.type), sshString(both)]))
    expect(theirs(ec.key, blob)).toBe(true)
    expect(ours(ec.key, blob)).toEqual(software)
  })
})

describe('where both refuse', () => {
  const ed = plainKey('ed25519')
  const ec = plainKey('p256')
  const whole = (key: PlainKey, bare: Uint8Array): Uint8Array => sshsigBlob(key.blob, namespace, bare)

  it.each([
    ['bytes behind the blob', Buffer.concat([whole(ed, Buffer.alloc(0)), Buffer.alloc(1)])],
    ['another algorithm than the key', whole(ed, Buffer.concat([sshString(ec.type), sshString(Buffer.alloc(64))]))],
    ['an empty signature', whole(ed, Buffer.alloc(0))],
    ['63 bytes', whole(ed, Buffer.concat([sshString(ed.type), sshString(Buffer.alloc(63))]))],
    ['nothing', Buffer.alloc(0)],
    ['a length beyond the end', Buffer.concat([Buffer.from('SSHSIG'), u32(1), u32(0xffffffff)])],
  ])('%s', (_name, blob) => {
    expect(theirs(ed.key, blob)).toBe(false)
    expect(ours(ed.key, blob)).toMatch(/^signature: /)
  })

  it('ECDSA: a number whose first bit says that it is negative', () => {
    const unpadded = (): Uint8Array => {
      const numbers = new SshReader(new SshReader(bareSignature(ec).subarray(4 + ec.type.length)).string())
      const [r, s] = [numbers.mpint(32), numbers.mpint(32)]
      return (r[0] ?? 0) < 0x80 ? unpadded() : Buffer.concat([sshString(r), mpint(s)])
    }
    const blob = whole(ec, Buffer.concat([sshString(ec.type), sshString(unpadded())]))
    expect(theirs(ec.key, blob)).toBe(false)
    expect(ours(ec.key, blob)).toContain('not a positive number')
  })

  it('ECDSA: a third number', () => {
    const numbers = new SshReader(bareSignature(ec).subarray(4 + ec.type.length)).string()
    const three = Buffer.concat([numbers, sshString(Buffer.of(1))])
    const blob = whole(ec, Buffer.concat([sshString(ec.type), sshString(three)]))
    expect(theirs(ec.key, blob)).toBe(false)
    expect(ours(ec.key, blob)).toContain('something behind the end')
  })

  it.each([
    ['r = 0, s = 0', Buffer.concat([sshString(''), sshString('')])],
    ['r = s = 1', Buffer.concat([sshString(Buffer.of(1)), sshString(Buffer.of(1))])],
    ['a negative number', Buffer.concat([sshString(Buffer.alloc(32, 0xff)), sshString(Buffer.of(1))])],
    ['34 bytes', Buffer.concat([sshString(Buffer.concat([Buffer.of(1), Buffer.alloc(33)])), sshString(Buffer.of(1))])],
  ])('ECDSA: %s', (_name, numbers) => {
    const blob = whole(ec, Buffer.concat([sshString(ec.type), sshString(numbers)]))
    expect(theirs(ec.key, blob)).toBe(false)
    expect(ours(ec.key, blob)).toMatch(/^signature: /)
  })
})
