import { createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { hmacSha256, sharedSecret } from './verifier.ts'

const secret = { reveal: () => 'a secret long enough for all' }
const sign = (text: string, key = secret.reveal()): string => createHmac('sha256', key).update(text).digest('hex')
const now = 1_700_000_000

const body = Buffer.from('{"event":{"occurred_at":"2023-11-14T22:00:00Z"}}')
const occurred = {
  at: (json: unknown) =>
    Date.parse((json as { event?: { occurred_at?: string } } | undefined)?.event?.occurred_at ?? ''),
}

describe('a signature over the body', () => {
  const verify = hmacSha256({ header: 'X-Sig', secret, prefix: 'v1=', occurred })

  it('holds where one of several is ours, whatever the others are', () => {
    const headers = { 'x-sig': `v1=${sign('x')},v2=${sign('x')},v1=${sign(body.toString())}` }
    const at = Date.parse('2023-11-14T22:00:00Z') / 1000
    expect(verify({ headers, body }, now)).toEqual({ genuine: true, signed: body, until: at + 3 * 86_400 + 31 })
  })

  it('refuses what its own body dates too far away, or not at all', () => {
    const of = (text: string) => ({ headers: { 'x-sig': `v1=${sign(text)}` }, body: Buffer.from(text) })
    expect(verify(of(body.toString()), now + 4 * 86_400)).toMatchObject({ genuine: false })
    expect(verify(of('{}'), now)).toMatchObject({ genuine: false })
    expect(verify(of('no json'), now)).toMatchObject({ genuine: false })
  })

  it('is remembered for ever where nothing says when it was', () => {
    const plain = hmacSha256({ header: 'x-sig', secret })
    expect(plain({ headers: { 'x-sig': sign('hi') }, body: Buffer.from('hi') }, now)).toEqual({
      genuine: true,
      signed: Buffer.from('hi'),
    })
  })

  it('is the one that openssl makes', () => {
    // printf 'what do ya want for nothing?' | openssl dgst -sha256 -hmac 'Jefe-Jefe-Jefe-Jefe'
    const digits = '3d130ab485fcadc54cf6d4101d0bd5eaa913b7f5d29559e205ee52a0d586f4ec'
    const ours = hmacSha256({ header: 's', secret: { reveal: () => 'Jefe-Jefe-Jefe-Jefe' } })
    const text = Buffer.from('what do ya want for nothing?')
    expect(ours({ headers: { s: digits }, body: text }, now)).toMatchObject({ genuine: true })
  })
})

describe('a signature over time and body', () => {
  const verify = hmacSha256({
    header: 'x-sig',
    secret,
    timestamp: { header: 'X-Time', before: (time) => `v0:${time}:`, window: 60 },
  })
  const of = (at: string) => ({ headers: { 'x-time': at, 'x-sig': sign(`v0:${at}:hi`) }, body: Buffer.from('hi') })

  it.each([
    [now, true],
    [now - 60, true],
    [now + 60, true],
    [now - 61, false],
    [now + 61, false],
  ])('of %i, heard at 1700000000: %s', (at, genuine) => {
    expect(verify(of(String(at)), now).genuine).toBe(genuine)
  })

  it('takes whole seconds alone', () => {
    for (const at of ['', '1e9', '-1', `${now}.0`, ` ${now}`, 'now']) expect(verify(of(at), now).genuine).toBe(false)
  })

  it('is remembered for as long as a clock could let it pass', () => {
    const seen = verify(of(String(now)), now)
    expect(seen).toMatchObject({ until: now + 60 + 31 })
  })
})

describe('a shared secret', () => {
  it('is the whole header', () => {
    const verify = sharedSecret({ header: 'X-Secret', secret })
    const of = (shown?: string) => ({
      headers: shown === undefined ? {} : { 'x-secret': shown },
      body: Buffer.from('hi'),
    })
    expect(verify(of(secret.reveal()), now)).toMatchObject({ genuine: true, until: now + 7 * 86_400 })
    for (const shown of [undefined, '', 'a secret', `${secret.reveal()} `])
      expect(verify(of(shown), now)).toMatchObject({ genuine: false })
  })
})

it('a secret that can be guessed is none', () => {
  const short = { reveal: () => 'hunter2' }
  expect(() => hmacSha256({ header: 'x', secret: short })).toThrow('at least 16 characters')
  expect(() => sharedSecret({ header: 'x', secret: short })).toThrow('at least 16 characters')
})
