import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { consentKind } from '#core/consent/consent.ts'
import { FoobotError } from '#core/errors.ts'
import { statementKind } from '#core/statement/statement.ts'

const formats = JSON.parse(readFileSync(new URL('../contract/vectors/formats.json', import.meta.url), 'utf8'))
const good = Buffer.from(formats.statements[0].payload, 'base64').toString('utf8')
const consent = Buffer.from(formats.consents[0].payload, 'base64').toString('utf8')

const refuses = (text: string, kind: { decode(body: Uint8Array): unknown } = statementKind): boolean => {
  try {
    kind.decode(Buffer.from(text, 'utf8'))
  } catch (error) {
    if (error instanceof FoobotError && error.code === 'payload-malformed') return true
    throw error
  }
  return false
}

it('the genuine bytes are read', () => {
  expect(refuses(good)).toBe(false)
  expect(refuses(consent, consentKind)).toBe(false)
})

describe('one text, two readings', () => {
  it('each key doubled, before and after, refuses: no reader may see another value than the signer', () => {
    for (const [key, value] of Object.entries(JSON.parse(good))) {
      const member = `${JSON.stringify(key)}:${JSON.stringify(value)}`
      expect(refuses(good.replace('{', `{${member},`)), `first ${key}`).toBe(true)
      expect(refuses(`${good.slice(0, -1)},${member}}`), `last ${key}`).toBe(true)
    }
  })

  it('"as" doubled turns no requester into an approver', () => {
    expect(refuses(consent.replace('"as":"requester"', '"as":"requester","as":"approver"'), consentKind)).toBe(true)
    expect(refuses(consent.replace('"as":"requester"', '"as":"requester","\\u0061s":"approver"'), consentKind)).toBe(
      true,
    )
  })

  it.each(['9007199254740993', '1e400', '1.0', '1e0', '-0', '01', '0x1', '1_0', '"1"', 'true', 'null', '[1]'])(
    'a bundle version of %s refuses',
    (number) => {
      expect(refuses(good.replace('"bundle":1', `"bundle":${number}`))).toBe(true)
    },
  )
})

describe('prototypes', () => {
  const evil = '{"admin":true,"toString":"x"}'

  it.each([
    good.replace('{', `{"__proto__":${evil},`),
    good.replace('{', `{"\\u005f\\u005fproto__":${evil},`),
    good.replace('"facts":{', `"facts":{"__proto__":${evil},`),
    good.replace('"facts":{', '"facts":{"__proto__":"x",'),
    good.replace('{', `{"constructor":{"prototype":${evil}},`),
    good.replace('"facts":{', `"facts":{"constructor":{"prototype":${evil}},`),
    good.replace('"via":{', `"via":{"__proto__":${evil},`),
  ])('%#: refused, and Object.prototype is what it was', (text) => {
    const before = Object.getOwnPropertyNames(Object.prototype)
    expect(refuses(text)).toBe(true)
    expect(Object.getOwnPropertyNames(Object.prototype)).toEqual(before)
    expect('admin' in {}).toBe(false)
  })

  it('a field that is missing is not found in a prototype', () => {
    const { text: _, ...rest } = JSON.parse(good)
    expect(refuses(JSON.stringify({ ...rest, constructor: 'x' }))).toBe(true)
    expect(refuses(JSON.stringify(rest))).toBe(true)
  })
})

describe('size and depth', () => {
  it('10 MB cost nothing: the size is looked at first', () => {
    const huge = Buffer.alloc(10_000_000, '[')
    const start = performance.now()
    for (let round = 0; round < 100; round++) expect(() => statementKind.decode(huge)).toThrow('at most 8192')
    expect(performance.now() - start).toBeLessThan(1000)
  })

  it('a payload of brackets does not exhaust the stack', () => {
    for (const open of ['[', '{"a":']) expect(refuses(open.repeat(8192 / open.length))).toBe(true)
  })
})
