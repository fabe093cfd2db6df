import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { consentKind } from '#core/consent/consent.ts'
import { openEnvelope } from '#core/signature/open.ts'
import { statementKind } from '#core/statement/statement.ts'
import { askedOf, bytesOf } from './asked.fixture.ts'
import { readAsked } from './asked.ts'
import { readKeyFile } from './key-file.ts'
import { makeKeyFile } from './make-key.ts'
import { signStatement } from './sign-statement.ts'

const folder = mkdtempSync(join(tmpdir(), 'foobot-sign-'))
afterAll(() => rmSync(folder, { recursive: true }))

makeKeyFile(join(folder, 'key'), 'jhand')
const { key, signer } = readKeyFile(join(folder, 'key'))
if (!signer) throw new Error('the key was just made')
const jhand = { signer, person: 'jhand', deployment: 'acme', now: 1_000_010_999 }
const steve = { ...jhand, person: 'steve' }

describe('a consent', () => {
  it('names the exact bytes, who says yes and as whom', async () => {
    const { value } = openEnvelope(consentKind, await signStatement(askedOf(), jhand), () => [key])
    const statement = statementKind.digest(bytesOf())
    expect(value).toEqual({ v: 2, deployment: 'acme', statement, person: 'jhand', as: 'requester', iat: 1_000_010 })
  })

  it('of an approver names the one group', async () => {
    const asked = askedOf({}, { as: 'approver', group: 'Support' })
    const { value } = openEnvelope(consentKind, await signStatement(asked, steve), () => [key])
    expect(value).toMatchObject({ person: 'steve', as: 'approver', group: 'Support' })
  })

  it('is for the company that its person is signed in to', async () => {
    const asked = askedOf({ deployment: 'umbrella' })
    const { value } = openEnvelope(consentKind, await signStatement(asked, jhand), () => [key])
    expect(value.deployment).toBe('acme')
  })

  it.each([
    ['somebody else’s command as who asked', askedOf(), steve, 'jhand asked for this'],
    ['one’s own as approver', askedOf({}, { as: 'approver', group: 'Support' }), jhand, 'somebody else has to'],
    ['an approval for no group', askedOf({}, { as: 'approver' }), steve, 'for which group'],
    ['what has expired', askedOf(), { ...jhand, now: 1_000_300_000 }, 'expired'],
  ])('is not given to %s', (_, asked, by, why) => {
    expect(() => signStatement(asked, by)).toThrow(expect.objectContaining({ say: expect.stringContaining(why) }))
  })
})

describe('a statement that comes', () => {
  it('is refused where its bytes are none', () => {
    const frame = { type: 'statement', as: 'requester' } as const
    const padded = Buffer.from(`${Buffer.from(bytesOf())} {}`).toString('base64')
    expect(() => readAsked({ ...frame, statement: padded })).toThrow(
      expect.objectContaining({ code: 'payload-malformed' }),
    )
  })
})
