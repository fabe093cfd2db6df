import { generateKeyPairSync, sign } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { Key } from '#core/signature/key.ts'
import { claimedHead, openNote } from './checkpoint.ts'
import { emptyRoot } from './hash.ts'
import { makeNote, type NoteSigner } from './make-note.ts'

const signer = (): NoteSigner => {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const { x = '' } = publicKey.export({ format: 'jwk' })
  const key = `ed25519 ${Buffer.from(x, 'base64url').toString('base64')}` as Key
  return { key, sign: (text) => sign(null, text, privateKey) }
}

const log = signer()
const note = makeNote('acme/log', 7, emptyRoot, log)
const signed = (text: string): string => {
  const [, line = ''] = makeNote('acme/log', 7, emptyRoot, {
    key: log.key,
    sign: () => log.sign(Buffer.from(text)),
  }).split('\n\n')
  return `${text}\n${line}`
}

describe('a checkpoint', () => {
  it('opens as what was sealed', () => {
    expect(openNote(note, 'acme/log', log.key)).toEqual({ size: 7, root: Buffer.from(emptyRoot), others: [] })
    expect(claimedHead(note)).toEqual({ origin: 'acme/log', size: 7, root: Buffer.from(emptyRoot) })
  })

  it('refuses with any one character changed, added or left out', () => {
    for (let at = 0; at < note.length; at++) {
      const [before, after] = [note.slice(0, at), note.slice(at + 1)]
      const other = String.fromCharCode(note.charCodeAt(at) ^ 1)
      for (const forged of [before + other + after, before + after, `${before}A${note.slice(at)}`]) {
        if (forged !== note) expect(() => openNote(forged, 'acme/log', log.key), `${at}`).toThrow()
      }
    }
  })

  it('refuses another origin, another key, and a signature that another key made under this name', () => {
    const other = signer()
    expect(() => openNote(note, 'evil/log', log.key)).toThrow('no one signature')
    expect(() => openNote(note, 'acme/log', other.key)).toThrow('no one signature')
    const forged = makeNote('acme/log', 8, emptyRoot, { key: log.key, sign: other.sign })
    expect(() => openNote(forged, 'acme/log', log.key)).toThrow('is wrong')
    expect(() => openNote(note, 'acme/log', 'webauthn AAAA' as Key)).toThrow()
  })

  it('takes a note that it has just opened for no other origin and key, and no other note for it', () => {
    const other = signer()
    const newer = makeNote('acme/log', 8, emptyRoot, log)
    expect(openNote(note, 'acme/log', log.key).size).toBe(7)
    expect(openNote(note, 'acme/log', log.key).size).toBe(7)
    expect(() => openNote(note, 'evil/log', log.key)).toThrow('no one signature')
    expect(() => openNote(note, 'acme/log', other.key)).toThrow('no one signature')
    expect(openNote(newer, 'acme/log', log.key).size).toBe(8)
    const forged = makeNote('acme/log', 9, emptyRoot, { key: log.key, sign: other.sign })
    expect(() => openNote(forged, 'acme/log', log.key)).toThrow('is wrong')
    expect(() => openNote(forged, 'acme/log', log.key)).toThrow('is wrong')
    expect(openNote(note, 'acme/log', log.key).size).toBe(7)
  })

  it('refuses what the log signed where it is no checkpoint of this log', () => {
    const root = Buffer.from(emptyRoot).toString('base64')
    expect(openNote(signed(`acme/log\n7\n${root}\n`), 'acme/log', log.key).size).toBe(7)
    for (const text of [
      `other/log\n7\n${root}\n`,
      `acme/log\n07\n${root}\n`,
      `acme/log\n-7\n${root}\n`,
      `acme/log\n7e1\n${root}\n`,
      `acme/log\n9007199254740993\n${root}\n`,
      `acme/log\n7\n${root.slice(4)}\n`,
      `acme/log\n7\n${root.replace('=', '')}\n`,
      `acme/log\n7\n${root}\nmore\n`,
      `acme/log\r\n7\n${root}\n`,
      `acme/log\n7\n`,
    ]) {
      expect(() => openNote(signed(text), 'acme/log', log.key), JSON.stringify(text)).toThrow()
    }
  })

  it('keeps witnesses apart, and takes no more than sixteen signatures', () => {
    const [text = '', own = ''] = note.split('\n\n')
    const [, witness = ''] = makeNote('witness.example', 7, emptyRoot, signer()).split('\n\n')
    const { others } = openNote(`${text}\n\n${witness}${own}`, 'acme/log', log.key)
    expect(others.map(({ name }) => name)).toEqual(['witness.example'])
    expect(() => openNote(`${note}${own}`, 'acme/log', log.key)).toThrow('no one signature')
    expect(() => openNote(`${note}${witness.repeat(16)}`, 'acme/log', log.key)).toThrow('too many')
  })
})
