import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
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
    ['a password in an address', 'https://jo:s3cr3t@git.acme.example/x', `https://${mark}@git.acme.example/x`],
    ['a token in an address', 'https://abc123@git.acme.example/x', `https://${mark}@git.acme.example/x`],
    ['a token', `token ghp_${'a1'.repeat(18)}.`, `token ${mark}.`],
    ['a key', `${'-----BEGIN'} PRIVATE KEY-----\nMIIB\nAA==\n-----END PRIVATE KEY-----\nend`, `${mark}\nend`],
  ])('goes: %s', (_, text, left) => {
    expect(redactorOf([]).text(text)).toBe(left)
  })

  it('is not everything with an @', () => {
    const text = 'mail jo@acme.example, git@github.com:acme/x.git, https://acme.example/@jo'
    expect(redactorOf([]).text(text)).toBe(text)
  })

  it('costs time that grows with the text alone', () => {
    const evil = 'a://'.repeat(50_000) + '-----BEGIN '.repeat(20_000) + 'xoxb-'.repeat(20_000)
    const started = performance.now()
    redactor.text(evil)
    expect(performance.now() - started).toBeLessThan(2000)
  })
})
