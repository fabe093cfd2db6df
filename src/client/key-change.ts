import { createHmac, timingSafeEqual } from 'node:crypto'
import { z } from 'zod'
import { type KeyChangePayload, keyAddKind, keyRemoveKind } from '#core/bundle/key-change.ts'
import { FoobotError } from '#core/errors.ts'
import { type Key, keyid } from '#core/signature/key.ts'
import { openEnvelope } from '#core/signature/open.ts'
import { fromBase64 } from '#core/statement/base64.ts'
import { readEnvelope, sealEnvelope } from '#core/statement/envelope.ts'
import { type Envelope, envelope } from '#core/statement/fields.ts'
import type { Kind } from '#core/statement/kind.ts'
import { type Signer, signEnvelope } from './signer.ts'

/** Whose key it is, and when that is said. */
export type Owner = {
  readonly deployment: string
  readonly person: string
  /** Seconds since 1970. */
  readonly now: number
}

/** A new key says for itself that it is this person's. Others have to say so too. */
export const signAddition = (signer: Signer, owner: Owner): Promise<Envelope> =>
  signEnvelope(signer, keyAddKind, keyAddKind.encode(payloadOf(owner, signer.key)))

/** Somebody says that this key is this person's no more. */
export const signRemoval = (key: Key, signer: Signer, owner: Owner): Promise<Envelope> =>
  signEnvelope(signer, keyRemoveKind, keyRemoveKind.encode(payloadOf(owner, key)))

const payloadOf = ({ deployment, person, now }: Owner, key: Key): KeyChangePayload => ({
  v: 2,
  deployment,
  person,
  key,
  iat: now,
})

/** A key change with one more signature; of a key that has signed it already, the newer one stays. */
export const signToo = async (change: Envelope, signer: Signer): Promise<Envelope> => {
  const kind: Kind<KeyChangePayload> = change.payloadType === keyAddKind.type ? keyAddKind : keyRemoveKind
  const { body, signatures } = readEnvelope(kind, change)
  const mine = { keyid: keyid(signer.key), sig: fromBase64(await signer.sign(kind, body)) }
  return sealEnvelope(kind, body, [...signatures.filter((other) => other.keyid !== mine.keyid), mine])
}

const handover = z.strictObject({ envelope, mac: z.string().regex(/^[0-9a-f]{64}$/) })

/** What a terminal that made a link knows of it. */
export type Link = Owner & {
  /** The link's, 16 bytes, known to nobody else. */
  readonly secret: Uint8Array
  /** The exact origin of the page that the link leads to. */
  readonly desk: string
}

/** Seconds that an age may be off: people take their time to paste. */
const patience = 3600

/**
 * What a desk gave for a link: the new passkey's own signature that it is this person's.
 * @param text as it was pasted
 * @throws FoobotError `key-change-refused` where it is not what that very page made for that very link
 */
export const readHandover = (text: string, { secret, desk, deployment, person, now }: Link): Envelope => {
  const parsed = handover.safeParse(jsonOf(text))
  if (!parsed.success) return refuse('that is not the text of the desk: copy the whole of it')
  const { envelope: change, mac } = parsed.data
  const { value, digest } = readEnvelope(keyAddKind, change)
  const made = createHmac('sha256', secret).update(Buffer.from(digest, 'hex')).digest()
  if (!timingSafeEqual(made, Buffer.from(mac, 'hex')))
    return refuse(
      'it was made for another link, or changed on its way: begin anew, and tell an administrator if it is the same',
    )
  if (value.deployment !== deployment || value.person !== person)
    return refuse(`it is a key for ${value.person} of ${value.deployment}`)
  if (Math.abs(value.iat - now) > patience) return refuse('it is too old, or a clock is wrong: begin anew')
  if (change.signatures.length !== 1) return refuse('somebody else has signed it already')
  openEnvelope(keyAddKind, change, ({ key }) => [key], { origins: [desk] })
  return change
}

const jsonOf = (text: string): unknown => {
  try {
    return JSON.parse(Buffer.from(text.trim(), 'base64url').toString('utf8'))
  } catch {
    return undefined
  }
}

const refuse = (why: string): never => {
  throw new FoobotError('key-change-refused', `handed over: ${why}`, `Nothing was signed: ${why}.`)
}
