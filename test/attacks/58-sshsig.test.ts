import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { afterAll, describe, expect, it } from 'vitest'
import { FoobotError } from '#core/errors.ts'
import { type Key, parseKey } from '#core/signature/key.ts'
import { SshReader, sshString, u32 } from '#core/signature/ssh-wire.ts'
import { verifySshsig } from '#core/signature/sshsig.ts'
import { sshsigBlob } from '#core/signature/sshsig-blob.ts'
import { sshsigBytes } from '#core/signature/sshsig-make.ts'
import { securityKey, sshRaw } from '../contract/security-key.fixture.ts'
import { keyFolder, keygenAccepts } from '../contract/ssh-keygen.fixture.ts'

// DEFENCE src/core/signature/sshsig.ts
// - if (ascii(signature.string()) !== type) refuseSignature('another algorithm than the key')
// + signature.string()

// DEFENCE src/core/signature/sshsig.ts
// - if (reader.u32() !== version) refuseSignature('another version of SSH signatures')
// + reader.u32()

const namespace = 'foobot-consent@v2'
const message = Buffer.from('DSSEv1 43 application/vnd.foobot.consent.v2+json 2 {}')
const folder = keyFolder()
afterAll(folder.remove)

const refuses = (key: Key, blob: Uint8Array, over = message, space = namespace): boolean => {
  try {
    verifySshsig(key, space, over, blob)
  } catch (error) {
    if (error instanceof FoobotError && error.code === 'signature-refused') return true
    throw error
  }
  return false
}

const { privateKey, publicKey } = generateKeyPairSync('ed25519')
const victim = Buffer.concat([
  sshString('ssh-ed25519'),
  sshString(publicKey.export({ format: 'der', type: 'spki' }).subarray(-32)),
])
const victimKey = parseKey(`ssh-ed25519 ${victim.toString('base64')}`)
const bare = (type: string, by: KeyObject, bytes: Uint8Array): Buffer =>
  Buffer.concat([sshString(type), sshString(sshRaw(by, bytes))])
const genuine = sshsigBlob(victim, namespace, bare('ssh-ed25519', privateKey, sshsigBytes(namespace, message)))

it('the genuine signature is one', () => {
  expect(refuses(victimKey, genuine)).toBe(false)
})

describe('the attacker', () => {
  const attacker = generateKeyPairSync('ed25519').privateKey
  const byAttacker = bare('ssh-ed25519', attacker, sshsigBytes(namespace, message))

  it('signs with their own key under the name of the victim', () => {
    expect(refuses(victimKey, sshsigBlob(victim, namespace, byAttacker))).toBe(true)
  })

  it('gets a signature for another tool, and brings it here', () => {
    for (const space of ['git', 'file', 'foobot-login@v2', 'foobot-consent@v1', 'foobot-consent@v2\0', '']) {
      const made = sshsigBlob(victim, space, bare('ssh-ed25519', privateKey, sshsigBytes(space, message)))
      expect(refuses(victimKey, made)).toBe(true)
      const renamed = sshsigBlob(victim, namespace, bare('ssh-ed25519', privateKey, sshsigBytes(space, message)))
      expect(refuses(victimKey, renamed)).toBe(true)
    }
  })

  it('gets a plain signature of the message, or an SSH login, and wraps it', () => {
    for (const bytes of [message, Buffer.concat([u32(32), Buffer.alloc(32), Buffer.of(50), message])]) {
      expect(refuses(victimKey, sshsigBlob(victim, namespace, bare('ssh-ed25519', privateKey, bytes)))).toBe(true)
    }
  })

  it('names another algorithm than the key has', () => {
    const types = [
      'ssh-rsa',
      'rsa-sha2-512',
      'ecdsa-sha2-nistp256',
      'sk-ssh-ed25519@openssh.com',
      'ssh-ed25519-cert-v01@openssh.com',
      '',
    ]
    for (const type of types) {
      const made = sshsigBlob(victim, namespace, bare(type, privateKey, sshsigBytes(namespace, message)))
      expect(refuses(victimKey, made)).toBe(true)
    }
  })

  it('brings an RSA key', () => {
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const jwk = rsa.publicKey.export({ format: 'jwk' })
    const numbers = [jwk.e, jwk.n].map((text) =>
      sshString(Buffer.concat([Buffer.alloc(1), Buffer.from(text ?? '', 'base64url')])),
    )
    const blob = Buffer.concat([sshString('ssh-rsa'), ...numbers])
    expect(() => parseKey(`ssh-rsa ${blob.toString('base64')}`)).toThrow('keys of type ssh-rsa are not accepted')
    const made = Buffer.concat([
      sshString('rsa-sha2-512'),
      sshString(sign('sha512', sshsigBytes(namespace, message), rsa.privateKey)),
    ])
    expect(refuses(victimKey, sshsigBlob(blob, namespace, made))).toBe(true)
  })

  it('asks a security key that nobody touches', () => {
    for (const curve of ['ed25519', 'p256'] as const) {
      const key = securityKey(curve)
      for (let flags = 0; flags < 256; flags++) {
        const blob = sshsigBlob(key.blob, namespace, key.sign(namespace, message, flags))
        const sound = (flags & 0x01) !== 0 && (flags & 0xc0) === 0 && ((flags & 0x10) === 0 || (flags & 0x08) !== 0)
        expect(refuses(key.key, blob), `flags ${flags}`).toBe(!sound)
      }
    }
  })

  it('lets a software key pose as a security key, with a touch of its own making', () => {
    const hardware = securityKey('ed25519')
    const posed = Buffer.concat([
      bare(hardware.type, attacker, sshsigBytes(namespace, message)),
      Buffer.of(0x05),
      u32(1),
    ])
    expect(refuses(hardware.key, sshsigBlob(hardware.blob, namespace, posed))).toBe(true)
  })

  it('hides bytes behind each part', () => {
    const reader = new SshReader(genuine)
    const head = reader.take(10)
    const parts = Array.from({ length: 5 }, () => reader.string())
    parts.forEach((_, at) => {
      const longer = parts.map((part, index) => sshString(index === at ? Buffer.concat([part, Buffer.alloc(1)]) : part))
      expect(refuses(victimKey, Buffer.concat([head, ...longer]))).toBe(true)
    })
    for (const curve of ['ed25519', 'p256'] as const) {
      const key = securityKey(curve)
      const longer = Buffer.concat([key.sign(namespace, message), Buffer.alloc(1)])
      expect(refuses(key.key, sshsigBlob(key.blob, namespace, longer))).toBe(true)
    }
    expect(refuses(victimKey, Buffer.concat([genuine, Buffer.alloc(1)]))).toBe(true)
    expect(refuses(victimKey, Buffer.concat([genuine, genuine]))).toBe(true)
  })
})

describe('a hundred thousand mutations', () => {
  const p256 = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const point = p256.publicKey.export({ format: 'der', type: 'spki' }).subarray(-65)
  const ecType = 'ecdsa-sha2-nistp256'
  const ecBlob = Buffer.concat([sshString(ecType), sshString('nistp256'), sshString(point)])
  const skEd = securityKey('ed25519')
  const skEc = securityKey('p256')
  const signatures: readonly (readonly [string, Key, Uint8Array])[] = [
    ['Ed25519', victimKey, genuine],
    [
      'P-256',
      parseKey(`${ecType} ${ecBlob.toString('base64')}`),
      sshsigBlob(ecBlob, namespace, bare(ecType, p256.privateKey, sshsigBytes(namespace, message))),
    ],
    ['Ed25519 security key', skEd.key, sshsigBlob(skEd.blob, namespace, skEd.sign(namespace, message))],
    ['P-256 security key', skEc.key, sshsigBlob(skEc.blob, namespace, skEc.sign(namespace, message))],
  ]

  it.each(signatures)('%s: none is a signature', (_name, key, blob) => {
    expect(refuses(key, blob)).toBe(false)
    const accepted: string[] = []
    const look = (what: string, changed: Uint8Array): void => {
      if (!refuses(key, changed)) accepted.push(what)
    }
    for (let at = 0; at < blob.length; at++) {
      const old = blob[at] ?? 0
      const changed = Buffer.from(blob)
      // Each value of a byte of the frame; of the signature itself, where each look costs a curve, each bit.
      const values = at < 120 ? 256 : 8
      for (let n = 0; n < values; n++) {
        const value = values === 8 ? old ^ (1 << n) : n
        if (value === old) continue
        changed.writeUInt8(value, at)
        look(`byte ${at} = ${value}`, changed)
      }
      look(`without byte ${at}`, Buffer.concat([blob.subarray(0, at), blob.subarray(at + 1)]))
      look(`byte ${at} twice`, Buffer.concat([blob.subarray(0, at + 1), blob.subarray(at)]))
      look(`${at} bytes`, blob.subarray(0, at))
    }
    expect(accepted).toEqual([])
  })

  it('what ours accepts, ssh-keygen accepts', () => {
    for (const [, key, blob] of signatures) expect(keygenAccepts(folder.path, key, namespace, message, blob)).toBe(true)
  })
})
