import { generateKeyPairSync } from 'node:crypto'
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { verifyEd25519 } from '#core/signature/ed25519.ts'
import { makeMachineKey, readMachineKey } from './machine-key.ts'

const folder = mkdtempSync(join(tmpdir(), 'foobot-machine-'))
afterAll(() => rmSync(folder, { recursive: true }))
const file = (name: string): string => join(folder, name)

describe('a machine key', () => {
  it('signs with what was made, and its public text checks it', () => {
    const key = makeMachineKey(file('log.key'))
    const machine = readMachineKey(file('log.key'))
    expect(machine.key).toBe(key)
    expect(key).toMatch(/^ed25519 [A-Za-z0-9+/]{43}=$/)
    const bytes = Buffer.from('the root')
    const sig = machine.sign(bytes)
    expect(verifyEd25519(key, bytes, sig)).toBe(true)
    expect(verifyEd25519(key, Buffer.from('another'), sig)).toBe(false)
    expect(verifyEd25519(key, bytes, sig.subarray(1))).toBe(false)
    expect(verifyEd25519(makeMachineKey(file('other.key')), bytes, sig)).toBe(false)
  })

  it('is readable by its owner alone, and refused where others may read it', () => {
    makeMachineKey(file('open.key'))
    expect(statSync(file('open.key')).mode & 0o777).toBe(0o600)
    chmodSync(file('open.key'), 0o640)
    expect(() => readMachineKey(file('open.key'))).toThrow('run: chmod 600')
  })

  it('is never written over', () => {
    makeMachineKey(file('kept.key'))
    const before = readFileSync(file('kept.key'))
    expect(() => makeMachineKey(file('kept.key'))).toThrow('EEXIST')
    expect(readFileSync(file('kept.key'))).toEqual(before)
  })

  it('is refused where it is missing, rubbish or of another kind', () => {
    const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    writeFileSync(file('ec.key'), privateKey.export({ format: 'pem', type: 'pkcs8' }), { mode: 0o600 })
    writeFileSync(file('rubbish.key'), 'rubbish', { mode: 0o600 })
    expect(() => readMachineKey(file('ec.key'))).toThrow('it is no Ed25519 key')
    expect(() => readMachineKey(file('missing.key'))).toThrow('ENOENT')
    expect(() => readMachineKey(file('rubbish.key'))).toThrow(expect.objectContaining({ code: 'machine-key' }))
  })
})
