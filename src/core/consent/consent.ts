import { z } from 'zod'
import { digest, formatVersion, name, time } from '#core/statement/fields.ts'
import { defineKind } from '#core/statement/kind.ts'

const base = {
  v: formatVersion,
  deployment: name,
  /** The digest of the one statement that this is a yes to. */
  statement: digest,
  person: name,
  as: z.enum(['requester', 'approver']),
  /** The group that an approver speaks for. */
  group: z.exactOptional(name),
  iat: time,
}

const consent = z.strictObject(base)

export type Consent = z.infer<typeof consent>

/** A person's yes to one statement, signed by their own key. */
export const consentKind = defineKind('consent', consent, 2 * 1024)

const attestedConsent = z.strictObject({
  ...base,
  method: z.enum(['word', 'totp', 'duo', 'ciba']),
  /** The account that gave it, as the platform proves it. */
  account: z.strictObject({ platform: name, tenant: name, id: name }),
  /** When the account was linked to the person, in seconds. */
  linked: time,
  message: z.string().min(1).max(256),
})

export type AttestedConsent = z.infer<typeof attestedConsent>

/** A yes that a service saw: its word, signed with its key in the bundle, and worth less. */
export const attestedConsentKind = defineKind('attested-consent', attestedConsent, 2 * 1024)
