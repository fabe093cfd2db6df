import { describe, expect, it } from 'vitest'
import type { AttestedConsent } from '#core/consent/consent.ts'
import { attestedConsentKind } from '#core/consent/consent.ts'
import { verifyEd25519 } from '#core/signature/ed25519.ts'
import type { Key } from '#core/signature/key.ts'
import { fromBase64 } from '#core/statement/base64.ts'
import { readEnvelope } from '#core/statement/envelope.ts'
import type { AttestingFactor, Seen } from '#engine/factor.ts'

export type OpenedFactor = {
  readonly factor: AttestingFactor
  /** What the bundle lists for it. */
  readonly key: Key
  /** Somebody who can use it. */
  readonly person: string
  /** An answer that is good, another each time. */
  goodAnswer(): Promise<string>
  readonly wrongAnswer: string
  /** The same again, as after a restart. */
  reopen(): Promise<OpenedFactor>
}

export const seen = (person: string): Seen => ({
  deployment: 'acme',
  statement: 'a'.repeat(64),
  person,
  as: 'requester',
  account: { platform: 'native', tenant: 'acme', id: person },
  linked: 0,
  message: 'm1',
})

/** What every service that attests must do. */
export const attestingFactorSuite = (name: string, open: () => Promise<OpenedFactor>): void => {
  describe(name, () => {
    it('signs what it saw, with its own key and method, and nothing more', async () => {
      const { factor, key, person, goodAnswer } = await open()
      const attestation = await factor.attest(seen(person), await goodAnswer())
      if (!attestation.attested) throw new Error(attestation.say)
      const { body, signatures, value } = readEnvelope(attestedConsentKind, attestation.envelope)
      expect(value).toMatchObject({ ...seen(person), method: factor.method } satisfies Partial<AttestedConsent>)
      expect(signatures.map(({ sig }) => verifyEd25519(key, attestedConsentKind.pae(body), sig))).toEqual([true])
      expect(fromBase64(attestation.envelope.payload)).toEqual(body)
    })

    it('attests one answer once, also after a restart', async () => {
      const opened = await open()
      const answer = await opened.goodAnswer()
      expect(await opened.factor.attest(seen(opened.person), answer)).toMatchObject({ attested: true })
      const again = { attested: false, why: 'used' }
      expect(await opened.factor.attest(seen(opened.person), answer)).toMatchObject(again)
      const { factor } = await opened.reopen()
      expect(await factor.attest({ ...seen(opened.person), statement: 'b'.repeat(64) }, answer)).toMatchObject(again)
    })

    it('attests nothing that is wrong, and nothing for who is not set up', async () => {
      const { factor, person, goodAnswer, wrongAnswer } = await open()
      expect(await factor.attest(seen(person), wrongAnswer)).toMatchObject({ attested: false, why: 'wrong' })
      expect(factor.isReadyFor('stranger')).toBe(false)
      expect(await factor.attest(seen('stranger'), await goodAnswer())).toMatchObject({ why: 'not-enrolled' })
    })

    it('attests nothing any more once an answer was burnt', async () => {
      const { factor, person, goodAnswer } = await open()
      const answer = await goodAnswer()
      await factor.burn(person, answer)
      expect(await factor.attest(seen(person), answer)).toMatchObject({ attested: false, why: 'used' })
    })
  })
}
