import { type AttestedConsent, attestedConsentKind } from '#core/consent/consent.ts'
import { services } from '#core/consent/people.fixture.ts'
import { signedBy, type TestSigner } from '#core/signature/signer.fixture.ts'
import type { Envelope } from '#core/statement/fields.ts'
import { now } from '#core/warrant/warrant.fixture.ts'

/** What a service says of a statement, by default that jhand gave a code. */
export const attested = (
  digest: string,
  change: Partial<AttestedConsent> = {},
  signer: TestSigner = services.totp,
): Envelope =>
  signedBy(
    attestedConsentKind,
    {
      v: 2,
      deployment: 'acme',
      statement: digest,
      person: 'jhand',
      as: 'requester',
      iat: now,
      method: 'totp',
      account: { platform: 'native', tenant: 'acme', id: 'jhand' },
      linked: now - 86_400,
      message: 'm2',
      ...change,
    },
    signer,
  )
