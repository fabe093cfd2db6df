import { keyAddKind } from '#core/bundle/key-change.ts'
import { consentKind } from '#core/consent/consent.ts'
import { passkeySigner, type TestSigner } from '#core/signature/signer.fixture.ts'
import { sealEnvelope } from '#core/statement/envelope.ts'
import type { Envelope } from '#core/statement/fields.ts'
import { readFragment } from '../../web/desk/fragment.ts'
import { base64url, hex, utf8 } from '../../web/desk/statement/bytes.ts'
import { consentTo } from '../../web/desk/statement/consent.ts'
import { keyAddOf, macOf } from '../../web/desk/statement/key-add.ts'

/** Somebody at the desk, with an authenticator in software: reads links and signs as the page does, with its own code. */
export type AtDesk = {
  readonly signer: TestSigner
  /** The text that the page shows for the terminal. */
  readonly text: string
}

/** Opens a link that "foobot key add" printed, and makes the passkey. */
export const makePasskeyAt = async (link: string, now = Math.floor(Date.now() / 1000)): Promise<AtDesk> => {
  const url = new URL(link)
  const errand = await readFragment(url.hash.slice(1))
  if (errand.kind !== 'key') throw new Error(`that is no link for a new key: ${link}`)
  const signer = passkeySigner(url.origin)
  const body = keyAddOf(errand.owner, signer.key, now)
  const envelope = sealEnvelope(keyAddKind, body, [signer.sign(keyAddKind, body)])
  const mac = hex(await macOf(errand.secret, body))
  return { signer, text: base64url(utf8(JSON.stringify({ envelope, mac }))) }
}

/** Opens a link that "foobot sign --desk" printed, and signs what it shows. */
export const signAtDesk = async (
  signer: TestSigner,
  link: string,
): Promise<{ readonly envelope: Envelope; readonly server: string }> => {
  const errand = await readFragment(new URL(link).hash.slice(1))
  if (errand.kind !== 'consent') throw new Error(`that is no link for a consent: ${link}`)
  const body = await consentTo(errand.asked, errand.role, Math.floor(Date.now() / 1000))
  return { envelope: sealEnvelope(consentKind, body, [signer.sign(consentKind, body)]), server: errand.server }
}
