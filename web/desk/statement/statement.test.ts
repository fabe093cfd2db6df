import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type Bytes, base64url, fromBase64url, hex, utf8 } from './bytes.ts'
import { consentTo } from './consent.ts'
import { codeOf, digestOf } from './digest.ts'
import { display } from './display.ts'
import { readJson } from './json.ts'
import { readStatement } from './statement.ts'

const vectors = (file: string) =>
  JSON.parse(readFileSync(new URL(`../../../test/contract/vectors/${file}`, import.meta.url), 'utf8'))
const formats = vectors('formats.json')
const more = vectors('statements.json')

type Vector = Readonly<Record<'kind' | 'why' | 'payload' | 'digest' | 'code' | 'display' | 'webauthnChallenge', string>>

const bytesOf = ({ payload }: Vector): Bytes => Uint8Array.from(atob(payload), (character) => character.charCodeAt(0))
const statements: readonly Vector[] = [...formats.statements, ...more.statements]
const refused: readonly Vector[] = [...formats.refuse, ...more.refuse].filter(({ kind }) => kind === 'statement')
const consents: readonly Vector[] = formats.consents

describe('statements', () => {
  it.each(statements)('display, digest and code $code of $why', async (vector) => {
    const bytes = bytesOf(vector)
    expect(display(readStatement(bytes))).toBe(vector.display)
    const digest = await digestOf('statement', bytes)
    expect(hex(digest)).toBe(vector.digest)
    expect(codeOf(digest)).toBe(vector.code)
  })

  it.each(refused)('refuse $why', (vector) => {
    expect(() => readStatement(bytesOf(vector))).toThrow()
  })

  it('has vectors to be held to', () => {
    expect(statements.length).toBeGreaterThan(20)
    expect(refused.length).toBeGreaterThan(50)
  })
})

describe('consents', () => {
  it.each(consents)('$digest is made from the statement, byte for byte', async (vector) => {
    const asked = statements.find(({ digest }) => atob(vector.payload).includes(digest))
    if (!asked) throw new Error('no statement to this consent')
    const { person, as, group, iat } = JSON.parse(atob(vector.payload))
    const bytes = bytesOf(asked)
    const body = await consentTo({ statement: readStatement(bytes), bytes }, { person, as, group }, iat)
    expect(new TextDecoder().decode(body)).toBe(atob(vector.payload))
    const digest = await digestOf('consent', body)
    expect(hex(digest)).toBe(vector.digest)
    expect(base64url(digest)).toBe(vector.webauthnChallenge)
  })
})

describe('JSON', () => {
  it('reads what it takes as JSON.parse does', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
        const text = JSON.stringify(value)
        const taken = attempt(() => readJson(utf8(text)))
        if (taken !== refusal) expect(taken).toEqual(JSON.parse(text))
      }),
      { numRuns: 500 },
    )
  })

  it('takes integers, text, truth and what they are in', () => {
    const value = { a: [1, -2, 0, true, false, 'x', { b: {} }], c: 'é\u202e' }
    expect(readJson(utf8(` ${JSON.stringify(value)}\n`))).toEqual(value)
  })

  it.each([
    '',
    '{',
    '[1,]',
    '{"a":1,}',
    '{"a" 1}',
    '[1 2]',
    '1.5',
    '1e3',
    '01',
    '-0',
    'null',
    '"a',
    '"\t"',
    '{}{}',
    '[,]',
    '{,}',
    ':',
  ])('refuses %j', (text) => {
    expect(() => readJson(utf8(text))).toThrow()
  })

  it('goes sixteen deep, and no deeper', () => {
    const nested = (depth: number): Bytes => utf8('['.repeat(depth) + ']'.repeat(depth))
    expect(() => readJson(nested(16))).not.toThrow()
    expect(() => readJson(nested(17))).toThrow('too deep')
  })
})

describe('base64url', () => {
  it('has one text for one value', () => {
    fc.assert(
      fc.property(fc.uint8Array(), (bytes) => {
        expect([...fromBase64url(base64url(new Uint8Array(bytes)))]).toEqual([...bytes])
      }),
    )
    for (const text of ['A', 'AB', 'AA==', 'A A', '+A', '/A']) expect(() => fromBase64url(text)).toThrow()
  })
})

const refusal = Symbol('refused')
const attempt = <T>(act: () => T): T | typeof refusal => {
  try {
    return act()
  } catch {
    return refusal
  }
}
