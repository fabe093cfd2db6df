import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { Automaton } from './redact/automaton.ts'
import { mark, redactorOf } from './redact.ts'

const secret = 'tr0ub4dor&3 "käse"/+x'
const bytes = Buffer.from(secret, 'utf8')
const redactor = redactorOf([secret, 'hunter2hunter2'])

const forms: readonly (readonly [string, string])[] = [
  ['raw', secret],
  ['base64', bytes.toString('base64').replaceAll('=', '')],
  ['base64url', bytes.toString('base64url')],
  ['hex', bytes.toString('hex')],
  ['HEX', bytes.toString('hex').toUpperCase()],
  ['url', encodeURIComponent(secret)],
  ['form', new URLSearchParams({ x: secret }).toString().slice(2)],
  ['json', JSON.stringify(secret).slice(1, -1)],
]

describe('a secret', () => {
  it.each(forms)('is taken out in %s', (_, written) => {
    expect(redactor.text(`before ${written} after`)).not.toContain(written)
    expect(redactor.text(`before ${written} after`)).toMatch(/^before .*\[secret\].* after$/)
  })

  it('is taken out of the middle of something encoded, wherever it begins', () => {
    for (const user of ['', 'a', 'ab', 'abc', 'abcd']) {
      for (const encoding of ['base64', 'base64url'] as const) {
        const written = Buffer.from(`${user}:hunter2hunter2:and more`, 'utf8').toString(encoding)
        const left = redactor.text(written)
        expect(left).toContain(mark)
        expect(Buffer.from(left, encoding).toString('utf8')).not.toContain('hunter2hunt')
      }
    }
  })

  it('is taken out of every text of a value', () => {
    const value = { type: 'table', rows: [['a', secret]], part: 1, ok: true }
    expect(redactor.value(value)).toEqual({ type: 'table', rows: [['a', mark]], part: 1, ok: true })
  })

  it.each(forms)('is taken out in %s however the text is cut', (_, written) => {
    const whole = `x${written}y${written}z`
    for (let at = 0; at <= whole.length; at++) {
      const stream = redactor.stream()
      const out = stream.push(whole.slice(0, at)) + stream.push(whole.slice(at)) + stream.end()
      expect(out).toBe(redactor.text(whole))
    }
  })

  it('is taken out of any pieces, and nothing else is', () => {
    const plain = redactorOf(['abcabd', 'cabdab'])
    const parts = fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'abc', 'abd', 'abcabd', ' '), { maxLength: 30 })
    fc.assert(
      fc.property(parts, (pieces) => {
        const stream = plain.stream()
        const out = [...pieces.map((piece) => stream.push(piece)), stream.end()].join('')
        expect(out).not.toMatch(/abcabd|cabdab/)
        if (!/abcabd|cabdab/.test(pieces.join(''))) expect(out).toBe(pieces.join(''))
      }),
      { numRuns: 300 },
    )
  })

  it.each([
    ['hex in groups', bytes.toString('hex').replace(/..../g, '$& ')],
    ['hex with colons', bytes.toString('hex').replace(/..(?=.)/g, '$&:')],
    ['hex for a language', bytes.toString('hex').replace(/../g, '0x$&, ')],
    ['hex in a string', bytes.toString('hex').replace(/../g, '\\x$&')],
    ['hex of characters', bytes.toString('hex').replace(/../g, '\\u00$&')],
    ['hex in lines of JSON', bytes.toString('hex').replace(/.{10}/g, '$&\\n')],
    ['base64 in lines', bytes.toString('base64').replace(/.{7}/g, '$&\n')],
    ['base64 in lines of JSON', bytes.toString('base64').replace(/.{7}/g, '$&\\r\\n')],
    ['base64 in strings', bytes.toString('base64').replace(/.{9}/g, '$&" +\n  "').replace(/ \+/g, '')],
    ['words of a dump', Buffer.from(bytes.subarray(0, 24)).swap16().toString('hex').replace(/..../g, '$& ')],
    ['lines', secret.replace(/.{6}/g, '$&\n    ')],
    ['lines of JSON', secret.replaceAll('"', '').replace(/.{6}/g, '$&\\n')],
  ])('is taken out broken up: %s', (form, written) => {
    const own = redactorOf([form === 'lines of JSON' ? secret.replaceAll('"', '') : secret])
    const left = own.text(`before\n${written}\nafter`)
    expect(left).toMatch(/^before\n(0x|\\x|\\u00)?\[secret\].{0,12}\s+after$/s)
    for (const size of [1, 2, 5, 16]) {
      const stream = own.stream()
      const pieces = `before\n${written}\nafter`.match(new RegExp(`.{1,${size}}`, 'gs')) ?? []
      const out = [...pieces.map((piece) => stream.push(piece)), stream.end()].join('')
      // Its first three digits are too few to be waited for.
      expect(out.replace(mark, '').length - left.replace(mark, '').length).toBeLessThan(12)
      expect(out).toContain(mark)
    }
  })

  it('is hidden in a dump, with the text beside it', () => {
    const dump = [
      '00000000  61 62 74 72 30 75 62 34  64 6f 72 26 33 20 22 6b  |abtr0ub4dor&3 "k|',
      '00000010  c3 a4 73 65 22 2f 2b 78  0a                       |..se"/+x.|',
      '00000019',
    ].join('\n')
    expect(redactor.text(dump)).toBe('00000000  [secret]\n00000010  [secret]\n00000019')
    const stream = redactor.stream(4)
    const said = dump.split('\n').map((line) => stream.push(line))
    expect([...said, stream.end()].join('')).toBe('00000000  [secret]00000010  [secret]')
  })

  it('is taken out where it is broken over the cells of a table', () => {
    const [a, b] = [bytes.toString('base64').slice(0, 12), bytes.toString('base64').slice(12)]
    const left = redactor.value({ columns: ['x'], rows: [[a], [b], ['end']] })
    expect(left.rows[0]).toEqual([mark])
    expect(left.rows[1]?.[0]).toMatch(/^\[secret\].{0,3}$/)
    expect(left.rows[2]).toEqual(['end'])
  })

  it('leaves ordinary text as it is', () => {
    const own = redactorOf(['hunter2hunter2', 'deadbeefcafe', 'swordfish', '31337'])
    const text = [
      'a dead beer, 63 34 6e, 2024-12-01 08:15:00, dead:beef, hunter 2 hunters',
      '00000000: 6162 6364  abcd',
      '{"what":"applying","part":0.5}',
      'sword fish, sword\nand fish; 3 1337; 31 33 7',
    ].join('\n')
    expect(own.text(text)).toBe(text)
  })

  it.each(['a', '63 ', '00000000: 6', '0000000  63 34\n', '\\', '0x', 'YzR', 'k', 'a://u:x', '@', ' '])(
    'costs steps that grow with the text alone: %j',
    (unit) => {
      const own = redactorOf([secret, 'aaaaaaaa', `${'k'.repeat(2000)}1`])
      const steps = (size: number): number => {
        const get = vi.spyOn(Automaton.prototype, 'next')
        own.text(unit.repeat(size / unit.length))
        const { length } = get.mock.calls
        get.mockRestore()
        return length
      }
      expect(steps(65_536) / Math.max(1, steps(4096))).toBeLessThan(40)
    },
  )

  it('that repeats itself is taken out whole', () => {
    for (let at = 0; at <= 14; at++) {
      const stream = redactor.stream(4)
      const out = stream.push('hunter2hunter2'.slice(0, at)) + stream.push('hunter2hunter2'.slice(at)) + stream.end()
      expect(out.replace(mark, '').length).toBeLessThan(4)
    }
  })

  it('dripped in pieces too small to wait for shows its first letters at most', () => {
    for (let size = 1; size <= 8; size++) {
      const stream = redactor.stream(4)
      let out = ''
      for (let at = 0; at < secret.length; at += size) out += stream.push(secret.slice(at, at + size))
      out += stream.end()
      expect(out.replaceAll(mark, '').length).toBeLessThan(4)
    }
  })

  it('keeps ordinary words whole where only a longer beginning waits', () => {
    const stream = redactor.stream(4)
    expect(stream.push('a hunt')).toBe('a ')
    expect(redactor.stream(4).push('a tr')).toBe('a tr')
  })
})

describe('what has the form of a secret', () => {
  it.each([
    ['a password in an address', 'https://jo:s3cr3t@git.acme.example/x', `https://jo:${mark}@git.acme.example/x`],
    ['a password without a user', 'redis://:s3cr3t@cache/0', `redis://:${mark}@cache/0`],
    ['a password with its own marks', 'postgres://user:p%40ss@host/db', `postgres://user:${mark}@host/db`],
    ['a password with an @', 'postgres://user:p@ss@host/db', `postgres://user:${mark}@host/db`],
    ['a password with a slash', 'postgres://user:ab/cd+e==@host/db', `postgres://user:${mark}@host/db`],
    ['a password with a question mark', 'amqp://user:wh?t@host', `amqp://user:${mark}@host`],
    ['a number for a password', 'ftp://user:12345@host', `ftp://user:${mark}@host`],
    ['a token with a user', 'https://x-access-token:abc@github.com/x', `https://x-access-token:${mark}@github.com/x`],
    ['a token for a user', 'https://7d3f9a1c5e8b2046@git.example/x', `https://${mark}@git.example/x`],
    ['a known token for a user', `https://ghp_${'a1'.repeat(18)}@github.com/x`, `https://${mark}@github.com/x`],
    ['a UUID for a user', 'https://4f1f7f0e-8c0a-4a52-9d0e-2f4a5b6c7d8e@x.example', `https://${mark}@x.example`],
    ['a token before an empty password', 'https://7d3f9a1c5e8b2046:@api.example', `https://${mark}@api.example`],
    ['a token before a word for none', 'https://abc123:x-oauth-basic@git.example', `https://${mark}@git.example`],
    ['an address in JSON', '"https:\\/\\/jo:s3cr3t@git.example\\/x"', `"https:\\/\\/jo:${mark}@git.example\\/x"`],
    ['a token', `token ghp_${'a1'.repeat(18)}.`, `token ${mark}.`],
    ['a key', `${'-----BEGIN'} PRIVATE KEY-----\nMIIB\nAA==\n-----END PRIVATE KEY-----\nend`, `${mark}\nend`],
  ])('goes: %s', (_, text, left) => {
    expect(redactorOf([]).text(text)).toBe(left)
  })

  it.each([
    'mail jo@acme.example, git@github.com:acme/x.git, https://acme.example/@jo',
    'Take lib from git+ssh://git@github.com/acme/lib.git',
    'Docs: link to https://example.com?contact=bob@example.com',
    'https://example.com:443?contact=bob@example.com and http://example.com:8080/@types/node',
    'https://example.com#bob@example.com, https://example.com/a:b@c',
    'ssh://git@host:2222/x, ftp://anonymous@ftp.example/x, mailto:bob@example.com',
    'ssh://deploy-bot-for-production-2@host/x, https://bob:@host/x',
    'https://acme.example:8443, mail bob@acme.example',
  ])('is not everything with an @: %s', (text) => {
    expect(redactorOf([]).text(text)).toBe(text)
  })

  it('costs time that grows with the text alone', () => {
    const evil = 'a://'.repeat(50_000) + '-----BEGIN '.repeat(20_000) + 'xoxb-'.repeat(20_000)
    const started = performance.now()
    redactor.text(evil)
    expect(performance.now() - started).toBeLessThan(2000)
  })
})
