import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { FoobotError } from '#core/errors.ts'
import { parseJson, parseProfile } from './json.ts'

const bytes = (text: string): Uint8Array => Buffer.from(text, 'utf8')
const parse = (text: string): unknown => parseJson(bytes(text), 'test')

/** The reason of a refusal. */
const refusal = (body: Uint8Array): string => {
  try {
    parseJson(body, 'test')
  } catch (error) {
    if (error instanceof FoobotError && error.code === 'payload-malformed') return error.message
    throw error
  }
  return 'accepted'
}

const nested = (depth: number): string => '['.repeat(depth) + ']'.repeat(depth)

describe('parseJson', () => {
  it.each([
    ['{}', {}],
    [' { "a" : [ 1 , -2 , true , false , "" ] } \n', { a: [1, -2, true, false, ''] }],
    [String.raw`"\"\\\/\b\f\n\r\t\u00e9\uD83D\uDE00😀"`, '"\\/\b\f\n\r\té😀😀'],
    ['0', 0],
    ['9007199254740991', Number.MAX_SAFE_INTEGER],
    ['-9007199254740991', Number.MIN_SAFE_INTEGER],
    ['{"constructor":1,"toString":2,"hasOwnProperty":3}', { constructor: 1, toString: 2, hasOwnProperty: 3 }],
    [nested(16), JSON.parse(nested(16))],
  ])('reads %s', (text, value) => {
    expect(parse(text)).toEqual(value)
  })

  it.each([
    ['', 'a value expected'],
    ['{"a":1,"a":1}', 'duplicate key "a"'],
    [String.raw`{"a":1,"\u0061":1}`, 'duplicate key "a"'],
    ['{"a":{"b":1,"b":2}}', 'duplicate key "b"'],
    ['null', 'null'],
    ['{"a":null}', 'null'],
    ['1.0', 'a float or exponent'],
    ['1.', 'a float or exponent'],
    ['1e0', 'a float or exponent'],
    ['1E2', 'a float or exponent'],
    ['-0', 'a needless zero'],
    ['01', 'a needless zero'],
    ['-01', 'a needless zero'],
    ['-', 'a digit expected'],
    ['+1', 'a value expected'],
    ['.5', 'a value expected'],
    ['9007199254740992', 'too large an integer'],
    ['-9007199254740993', 'too large an integer'],
    [`1${'0'.repeat(400)}`, 'too large an integer'],
    ['NaN', 'a value expected'],
    ['Infinity', 'a value expected'],
    [String.raw`"\ud800"`, 'a lone surrogate'],
    [String.raw`"\udc00\ud800"`, 'a lone surrogate'],
    [String.raw`"\u00e"`, 'an unknown escape'],
    [String.raw`"\x41"`, 'an unknown escape'],
    ['"\\', 'an unknown escape'],
    ['"a\nb"', 'a control character in a string'],
    ['"\\n\u0000"', 'a control character in a string'],
    ['"a', 'a string without end'],
    ['"\\n', 'a string without end'],
    ['{"__proto__":{"admin":true}}', 'the key __proto__'],
    [String.raw`{"\u005f_proto__":1}`, 'the key __proto__'],
    ['{} {}', 'something behind the value'],
    ['{}\u0000', 'something behind the value'],
    ['[1,]', 'a value expected'],
    ['{"a":1,}', 'a key expected'],
    ['{a:1}', 'a key expected'],
    ["{'a':1}", 'a key expected'],
    ['{"a" 1}', '":" expected'],
    ['{"a":1', '"," or "}" expected'],
    ['[1', '"," or "]" expected'],
    ['[1 2]', '"," or "]" expected'],
    ['// no\n1', 'a value expected'],
    ['\ufeff{}', 'a value expected'],
    ['\u00a01', 'a value expected'],
    ['tru', 'a value expected'],
    ['truefalse', 'something behind the value'],
    [nested(17), 'too deep'],
    [`${'{"a":'.repeat(17)}1${'}'.repeat(17)}`, 'too deep'],
  ])('refuses %j: %s', (text, reason) => {
    expect(refusal(bytes(text))).toContain(`test: ${reason}`)
  })

  it.each([
    ['a cut sequence', [0x22, 0xc3, 0x22]],
    ['an overlong form', [0x22, 0xc0, 0xaf, 0x22]],
    ['a surrogate in three bytes', [0x22, 0xed, 0xa0, 0x80, 0x22]],
    ['UTF-16', [0xff, 0xfe, 0x7b, 0x00, 0x7d, 0x00]],
  ])('refuses %s', (_name, body) => {
    expect(refusal(Uint8Array.from(body))).toBe('test: not UTF-8')
  })

  it('leaves Object.prototype alone', () => {
    refusal(bytes('{"__proto__":{"admin":true}}'))
    refusal(bytes('{"constructor":{"prototype":{"admin":true}},"x":null}'))
    expect('admin' in {}).toBe(false)
  })

  it('reads every value of the profile that JSON.stringify writes, with any spaces', () => {
    const value = fc.letrec<{ value: unknown }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 10 },
        fc.string({ unit: 'binary' }),
        fc.maxSafeInteger().map((n) => n + 0),
        fc.boolean(),
        fc.array(tie('value'), { maxLength: 4 }),
        fc.dictionary(
          fc.string({ unit: 'binary' }).filter((key) => key !== '__proto__'),
          tie('value'),
          {
            maxKeys: 4,
            noNullPrototype: true,
          },
        ),
      ),
    })).value
    fc.assert(
      fc.property(value, fc.constantFrom('', ' ', '\t\n'), (value, space) => {
        const text = JSON.stringify(value, null, space)
        expect(parse(text)).toEqual(JSON.parse(text))
      }),
      { numRuns: 500 },
    )
  })

  it('accepts nothing that JSON.parse refuses or reads otherwise', () => {
    const pieces = [
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"',
      '\\',
      'u',
      '0',
      '1',
      '-',
      '.',
      'e',
      'true',
      'null',
      ' ',
      '\n',
      'é',
    ]
    const seeds = ['{"a":[1,"\\u00e9",true],"b":{"c":-12}}', '["x","\\\\",{"y":[]}]', '"\\ud83d\\ude00"']
    const mutated = fc
      .tuple(
        fc.constantFrom(...seeds),
        fc.array(fc.tuple(fc.nat(60), fc.nat(3), fc.constantFrom(...pieces)), { maxLength: 3 }),
      )
      .map(([seed, edits]) =>
        edits.reduce((text, [at, cut, piece]) => text.slice(0, at) + piece + text.slice(at + cut), seed),
      )
    const soup = fc.array(fc.constantFrom(...pieces), { maxLength: 12 }).map((parts) => parts.join(''))
    let accepted = 0
    fc.assert(
      fc.property(fc.oneof(mutated, soup), (text) => {
        if (refusal(bytes(text)) !== 'accepted') return
        accepted++
        expect(parse(text)).toEqual(JSON.parse(text))
      }),
      { numRuns: 5000 },
    )
    expect(accepted).toBeGreaterThan(100)
  })

  it('takes time that grows with the length alone', () => {
    const evil = (n: number) => [
      `"${'\\\\'.repeat(n)}"`,
      `"${'\\u0041'.repeat(n)}`,
      `${' '.repeat(n)}1`,
      `[${'1,'.repeat(n)}1]`,
      '['.repeat(n),
    ]
    const cost = (n: number) => {
      const start = performance.now()
      for (const text of evil(n)) refusal(bytes(text))
      return performance.now() - start
    }
    cost(100_000)
    expect(cost(400_000)).toBeLessThan(40 * cost(40_000) + 50)
  })
})

describe('parseProfile', () => {
  const schema = z.strictObject({ v: z.literal(1), name: z.exactOptional(z.string()) })
  const limits = { name: 'thing', most: 64 }

  it('gives what the schema gives', () => {
    expect(parseProfile(bytes('{"v":1,"name":"a"}'), schema, limits)).toEqual({ v: 1, name: 'a' })
  })

  it('counts the size before it looks', () => {
    expect(() => parseProfile(new Uint8Array(65).fill(0xff), schema, limits)).toThrow('thing: 65 bytes, at most 64')
    expect(parseProfile(bytes('{"v":1}'.padEnd(64)), schema, limits)).toEqual({ v: 1 })
  })

  it('refuses unknown fields and says which', () => {
    expect(() => parseProfile(bytes('{"v":1,"x":1}'), schema, limits)).toThrow(
      'thing: the whole: Unrecognized key: "x"',
    )
    expect(() => parseProfile(bytes('{"v":2}'), schema, limits)).toThrow('thing: v: Invalid input')
  })
})
