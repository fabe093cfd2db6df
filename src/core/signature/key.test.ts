import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { FoobotError } from '#core/errors.ts'
import { ed25519Key } from './ed25519.ts'
import { parseKey, typeOfKey } from './key.ts'
import { publicKeyOf } from './public-key.ts'
import { sshString } from './ssh-wire.ts'

const spkiOf = (curve: 'ed25519' | 'P-256' | 'P-384' | 'rsa'): Buffer => {
  const pair =
    curve === 'ed25519'
      ? generateKeyPairSync('ed25519')
      : curve === 'rsa'
        ? generateKeyPairSync('rsa', { modulusLength: 2048 })
        : generateKeyPairSync('ec', { namedCurve: curve })
  return pair.publicKey.export({ format: 'der', type: 'spki' })
}
const raw = spkiOf('ed25519').subarray(-32)
const point = spkiOf('P-256').subarray(-65)

const line = (type: string, ...parts: readonly (string | Uint8Array)[]): string =>
  `${type} ${Buffer.concat(parts.map(sshString)).toString('base64')}`

const ed = line('ssh-ed25519', 'ssh-ed25519', raw)
const ec = line('ecdsa-sha2-nistp256', 'ecdsa-sha2-nistp256', 'nistp256', point)
const skEd = line('sk-ssh-ed25519@openssh.com', 'sk-ssh-ed25519@openssh.com', raw, 'ssh:')
const skEc = line(
  'sk-ecdsa-sha2-nistp256@openssh.com',
  'sk-ecdsa-sha2-nistp256@openssh.com',
  'nistp256',
  point,
  'ssh:acme',
)

const refusal = (text: string): FoobotError => {
  try {
    parseKey(text)
  } catch (error) {
    if (error instanceof FoobotError && error.code === 'key-malformed') return error
    throw error
  }
  throw new Error(`accepted: ${text}`)
}

describe('parseKey', () => {
  it.each([
    [ed, 'ssh-ed25519', 'ed25519'],
    [ec, 'ecdsa-sha2-nistp256', 'p256'],
    [skEd, 'sk-ssh-ed25519@openssh.com', 'ed25519'],
    [skEc, 'sk-ecdsa-sha2-nistp256@openssh.com', 'p256'],
    [`webauthn ${spkiOf('ed25519').toString('base64')}`, 'webauthn', 'ed25519'],
    [`webauthn ${spkiOf('P-256').toString('base64')}`, 'webauthn', 'p256'],
    [`ed25519 ${raw.toString('base64')}`, 'ed25519', 'ed25519'],
  ])('reads %s', (text, type, curve) => {
    const key = parseKey(text)
    expect(key).toBe(text)
    expect(typeOfKey(key)).toBe(type)
    expect(publicKeyOf(key).curve).toBe(curve)
  })

  it.each([
    ['ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQ==', 'keys of type ssh-rsa are not accepted'],
    ['ssh-dss AAAA', 'keys of type ssh-dss are not accepted'],
    ['ecdsa-sha2-nistp384 AAAA', 'keys of type ecdsa-sha2-nistp384 are not accepted'],
    [`webauthn ${spkiOf('rsa').toString('base64')}`, 'neither an Ed25519 nor a P-256 key'],
    [`webauthn ${spkiOf('P-384').toString('base64')}`, 'neither an Ed25519 nor a P-256 key'],
  ])('refuses %s with the line that makes a key', (text, reason) => {
    expect(refusal(text).say).toBe(`That key cannot be used (${reason}). Make a new one: ssh-keygen -t ed25519`)
  })

  it.each([
    ['', 'no type of key'],
    ['ssh-ed25519', 'not strict base64'],
    ['ssh-ed25519 ', 'not strict base64'],
    [`${ed} jhand@acme`, 'leave out the comment'],
    [`${ed} `, 'leave out the comment'],
    [`${ed}\n`, 'not strict base64'],
    [` ${ed}`, 'no type of key'],
    [ed.replace(' ', '\t'), 'no type of key'],
    [`from="10.0.0.1" ${ed}`, 'no type of key'],
    [ed.replace('ssh-ed25519', 'SSH-ED25519'), 'keys of type SSH-ED25519 are not accepted'],
    [ed.slice(0, -4), 'cut short'],
    [`${ed.slice(0, 20)}!${ed.slice(21)}`, 'not strict base64'],
    [line('ssh-ed25519', 'ssh-ed25519', raw, ''), 'something behind the end'],
    [line('ssh-ed25519', 'ssh-ed25519', raw.subarray(1)), 'an Ed25519 key has 32 bytes'],
    [line('ssh-ed25519', 'ecdsa-sha2-nistp256', 'nistp256', point), 'another type inside'],
    [line('sk-ssh-ed25519@openssh.com', 'ssh-ed25519', raw), 'another type inside'],
    [line('ecdsa-sha2-nistp256', 'ecdsa-sha2-nistp256', 'nistp384', point), 'another curve inside'],
    [line('ecdsa-sha2-nistp256', 'ecdsa-sha2-nistp256', 'nistp256', point.subarray(0, 33)), 'uncompressed'],
    [line('sk-ssh-ed25519@openssh.com', 'sk-ssh-ed25519@openssh.com', raw), 'cut short'],
    [line('sk-ssh-ed25519@openssh.com', 'sk-ssh-ed25519@openssh.com', raw, 'web.example'), 'not made for SSH'],
    [`ed25519 ${Buffer.alloc(31).toString('base64')}`, 'an Ed25519 key has 32 bytes'],
    [`ed25519 ${raw.toString('base64').replace('=', '')}`, 'not strict base64'],
    [`ed25519 ${raw.toString('hex')}`, 'an Ed25519 key has 32 bytes'],
  ])('refuses %j', (text, reason) => {
    expect(refusal(text).message).toContain(reason)
  })

  it('refuses a point that is not on the curve', () => {
    const off = Buffer.from(point)
    off.writeUInt8(off.readUInt8(64) ^ 1, 64)
    refusal(line('ecdsa-sha2-nistp256', 'ecdsa-sha2-nistp256', 'nistp256', off))
    refusal(`webauthn ${Buffer.concat([spkiOf('P-256').subarray(0, -65), off]).toString('base64')}`)
  })

  it('refuses the hybrid form of a point, a second way to write the same key', () => {
    const hybrid = Buffer.from(point)
    hybrid.writeUInt8(6 + (hybrid.readUInt8(64) & 1))
    refusal(line('ecdsa-sha2-nistp256', 'ecdsa-sha2-nistp256', 'nistp256', hybrid))
    refusal(`webauthn ${Buffer.concat([spkiOf('P-256').subarray(0, -65), hybrid]).toString('base64')}`)
  })

  it('refuses bytes behind a passkey', () => {
    for (const spki of [spkiOf('ed25519'), spkiOf('P-256')]) {
      refusal(`webauthn ${Buffer.concat([spki, Buffer.alloc(1)]).toString('base64')}`)
    }
  })

  it('refuses each cut or changed head of a passkey', () => {
    for (const spki of [spkiOf('ed25519'), spkiOf('P-256')]) {
      const head = spki.length - (spki.length === 44 ? 32 : 65)
      for (let at = 0; at < head; at++) {
        const changed = Buffer.from(spki)
        changed.writeUInt8(changed.readUInt8(at) ^ 1, at)
        refusal(`webauthn ${changed.toString('base64')}`)
        refusal(`webauthn ${spki.subarray(0, at).toString('base64')}`)
      }
    }
  })

  it('goes on reading keys when it has read more than it keeps', () => {
    for (let n = 0; n < 1100; n++) {
      const bytes = Buffer.alloc(32)
      bytes.writeUInt32BE(n + 1)
      expect(typeOfKey(ed25519Key(bytes))).toBe('ed25519')
    }
    expect(typeOfKey(parseKey(ed))).toBe('ssh-ed25519')
  })
})
