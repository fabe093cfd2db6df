import { createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { readHandover, signToo } from '#client/key-change.ts'
import { keyAddKind } from '#core/bundle/key-change.ts'
import { passkeySigner, signedBy, sshSigner, type TestSigner } from '#core/signature/signer.fixture.ts'
import { asHeard, inFives, spokenKey } from '#core/signature/spoken.ts'
import { readEnvelope } from '#core/statement/envelope.ts'
import type { Envelope } from '#core/statement/fields.ts'
import { spokenKey as spokenAtDesk } from '../../web/desk/statement/key-add.ts'

const now = 1_800_000_000
const desk = 'http://desk.localhost:8081'
const secret = Buffer.alloc(16, 7)
const link = { deployment: 'acme', person: 'jhand', now, secret, desk }
const own = passkeySigner(desk)

type Change = { readonly person?: string; readonly deployment?: string; readonly iat?: number }
const additionOf = (change: Change = {}, ...signers: readonly TestSigner[]): Envelope =>
  signedBy(keyAddKind, { v: 2, deployment: 'acme', person: 'jhand', key: own.key, iat: now, ...change }, ...signers)
const textOf = (envelope: Envelope, key: Uint8Array = secret, about = envelope): string => {
  const { digest } = readEnvelope(keyAddKind, about)
  const mac = createHmac('sha256', key).update(Buffer.from(digest, 'hex')).digest('hex')
  return Buffer.from(JSON.stringify({ envelope, mac })).toString('base64url')
}

describe('what a desk hands over', () => {
  it('is taken where it was made for this very link, by the page that it leads to', () => {
    const envelope = additionOf({}, own)
    expect(readHandover(`  ${textOf(envelope)}\n`, link)).toEqual(envelope)
  })

  it.each<[string, () => string, string]>([
    ['made for another link', () => textOf(additionOf({}, own), Buffer.alloc(16, 8)), 'made for another link'],
    [
      'a key that somebody has put in its place',
      () => {
        const other = passkeySigner(desk)
        const swapped = signedBy(
          keyAddKind,
          { v: 2, deployment: 'acme', person: 'jhand', key: other.key, iat: now },
          other,
        )
        return textOf(swapped, secret, additionOf({}, own))
      },
      'made for another link',
    ],
    ['of another person', () => textOf(additionOf({ person: 'mallory' }, own)), 'a key for mallory of acme'],
    ['of another company', () => textOf(additionOf({ deployment: 'evil' }, own)), 'a key for jhand of evil'],
    ['old', () => textOf(additionOf({ iat: now - 7200 }, own)), 'too old'],
    ['signed by others already', () => textOf(additionOf({}, own, sshSigner())), 'somebody else has signed'],
    ['cut short', () => textOf(additionOf({}, own)).slice(0, -5), 'copy the whole of it'],
    ['something else', () => 'hello', 'copy the whole of it'],
  ])('is not signed for where it is %s', (_, text, why) => {
    expect(() => readHandover(text(), link)).toThrow(expect.objectContaining({ say: expect.stringContaining(why) }))
  })

  it('is not signed for where the new key did not sign it, or did on another page', () => {
    expect(() => readHandover(textOf(additionOf({}, sshSigner())), link)).toThrow('signature')
    const elsewhere = passkeySigner('http://desk.localhost:9999')
    const envelope = signedBy(
      keyAddKind,
      { v: 2, deployment: 'acme', person: 'jhand', key: elsewhere.key, iat: now },
      elsewhere,
    )
    expect(() => readHandover(textOf(envelope), link)).toThrow('signature')
  })
})

describe('the twenty characters', () => {
  it('are the same in the terminal and at the desk', async () => {
    for (const { key } of [own, sshSigner(), passkeySigner(desk)]) {
      expect(spokenKey(key)).toMatch(/^[A-Z2-7]{20}$/)
      expect(await spokenAtDesk(key)).toBe(spokenKey(key))
    }
  })

  it('are understood as people type what they hear', () => {
    const spoken = spokenKey(own.key)
    expect(inFives(spoken)).toMatch(/^(\w{5} ){3}\w{5}$/)
    expect(asHeard(` ${inFives(spoken).toLowerCase().replaceAll('o', '0').replaceAll('i', '1')} `)).toBe(spoken)
  })
})

it('a second signature of one key takes the place of the first', async () => {
  const signer = sshSigner()
  const asClient = {
    key: signer.key,
    place: 'test',
    sign: async (...[kind, body]: Parameters<TestSigner['sign']>) =>
      Buffer.from(signer.sign(kind, body).sig).toString('base64'),
  }
  const once = await signToo(additionOf({}, own), asClient)
  expect((await signToo(once, asClient)).signatures).toHaveLength(2)
})
