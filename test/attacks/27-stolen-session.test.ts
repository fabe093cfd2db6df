import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { consentKind } from '#core/consent/consent.ts'
import { signedBy, sshSigner } from '#core/signature/signer.fixture.ts'
import { statementKind } from '#core/statement/statement.ts'
import { CanaryCompany } from './canary-company.fixture.ts'
import { type Intruder, post } from './intruder.fixture.ts'

/**
 * Somebody sits in a stolen session: all that the account can say and see is theirs, its person's key is not. For
 * `member` commands the account's word is enough, as README says; from `sensitive` up it is not.
 */

// DEFENCE src/engine/collect.ts
// - if (owes.length > 0) return { outcome: 'owing', owes, approvers: approversOf(counting) }
// AND src/core/warrant/verify.ts
// - { number: 11, name: 'owed', check: owed },

// DEFENCE src/core/consent/check.ts
// - const { proofs } = openEnvelope(consentKind, envelope, () => [...keys], { origins: [...company.desks.keys()] })
// + const { proofs } = { proofs: [{ key: [...keys][0], strength: 'verified' }] }

let company: CanaryCompany
let jhand: Intruder
let bianca: Intruder
beforeAll(async () => {
  company = await CanaryCompany.open()
  jhand = await company.dial('jhand')
  bianca = await company.dial('bianca')
})
afterAll(() => company.end())

const attempts = [
  { tier: 'sensitive', command: 'upgrade AcmeOps to Pro' },
  { tier: 'dangerous', command: 'rebuild svr-1827 role=web' },
  { tier: 'sensitive, with a signature', command: 'migrate new-stuff' },
]

describe.each(attempts)('a $tier command from a stolen account', ({ command }) => {
  it('waits for its person’s own yes, which nothing that the account can say or send gives', async () => {
    const before = company.sung.length
    const asked = await jhand.say(`Foobot ${command}`)
    expect(asked.state).toBe('pending')
    expect(asked.text).not.toBe('')
    const bytes = await jhand.fetch(asked.code)
    const forged = signedBy(
      consentKind,
      {
        v: 2,
        deployment: 'canary',
        statement: statementKind.digest(bytes),
        person: 'jhand',
        as: 'requester',
        iat: Math.floor(Date.now() / 1000),
      },
      sshSigner(),
    )
    for (const hand of [() => jhand.present(forged), () => post(company.url, forged)])
      expect(await hand()).toMatchObject({ accepted: false, say: expect.stringMatching(/sign|key/i) })
    for (const said of ['auth me', `auth me push ${asked.code}`, `approve ${asked.code}`, 'yes', command])
      await jhand.say(`Foobot ${said}`)
    if (asked.word !== '') {
      await bianca.say(`Foobot approve ${asked.word}`)
      await bianca.present(await company.yes(bytes, { person: 'bianca', as: 'approver', group: 'Backend' }))
    }
    expect(company.sung.length).toBe(before)
    expect(await company.warrants()).toBe(0)
  })
})

it('the same with the person’s key runs, once', async () => {
  const { id, code } = await jhand.say('Foobot upgrade AcmeSales to Pro')
  expect(await jhand.present(await company.yes(await jhand.fetch(code), {}))).toMatchObject({ accepted: true })
  expect((await jhand.ended(id)).state).toBe('done')
  expect(company.sung).toEqual(['upgrade AcmeSales to Pro'])
})
