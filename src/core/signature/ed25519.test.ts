import { generateKeyPairSync, sign } from 'node:crypto'
import { expect, it } from 'vitest'
import { ed25519Key, verifyEd25519 } from './ed25519.ts'
import { parseKey } from './key.ts'
import { sshString } from './ssh-wire.ts'

const { privateKey, publicKey } = generateKeyPairSync('ed25519')
const raw = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32)
const message = Buffer.from('the root')
const sig = sign(null, message, privateKey)

it('takes these 64 bytes over these bytes, and no others', () => {
  expect(verifyEd25519(ed25519Key(raw), message, sig)).toBe(true)
  for (let at = 0; at < sig.length; at++) {
    const changed = Buffer.from(sig)
    changed.writeUInt8(changed.readUInt8(at) ^ 1, at)
    expect(verifyEd25519(ed25519Key(raw), message, changed)).toBe(false)
  }
  expect(verifyEd25519(ed25519Key(raw), Buffer.from('the root '), sig)).toBe(false)
  for (const length of [Buffer.alloc(0), sig.subarray(1), Buffer.concat([sig, Buffer.alloc(1)])]) {
    expect(verifyEd25519(ed25519Key(raw), message, length)).toBe(false)
  }
})

it('takes no key of a person, though it be the same number', () => {
  const ssh = Buffer.concat([sshString('ssh-ed25519'), sshString(raw)]).toString('base64')
  expect(verifyEd25519(parseKey(`ssh-ed25519 ${ssh}`), message, sig)).toBe(false)
  const spki = publicKey.export({ format: 'der', type: 'spki' }).toString('base64')
  expect(verifyEd25519(parseKey(`webauthn ${spki}`), message, sig)).toBe(false)
})
