import { Hono } from 'hono'
import { bound } from '#bounds/bound.ts'
import { FoobotError } from '#core/errors.ts'
import { type Envelope, envelope } from '#core/statement/fields.ts'
import { parseProfile } from '#core/statement/json.ts'
import { forDesks } from './for-desks.ts'

/** What a consent, or another signed object, was answered: `say` is for the person who signed. */
export type Presented = { readonly accepted: boolean; readonly say: string }

/** The door for what people sign. Whoever hands it in proves nothing by that: what counts is the signature. */
export type Present = (envelope: Envelope) => Promise<Presented>

const envelopeBytes = bound('envelope', {
  most: 16 * 1024,
  unit: 'bytes',
  of: 'a signature that is handed in, with what it signs',
  say: 'That is no signed envelope.',
})

/**
 * `POST /present` with an envelope as JSON, answered by a `Presented`. Pages of desks may call it, and no others: not that
 * it would tell them a secret, but nobody's page may hand in signatures in the name of whoever looks at it.
 * @param desks exact origins, asked for at each request
 */
export const presentRoute = (present: Present, desks: () => readonly string[]): Hono => {
  const route = new Hono()
  route.use(forDesks(desks, (say) => ({ accepted: false, say }) satisfies Presented))
  route.post('/', async (c) => {
    const signed = read(new Uint8Array(await c.req.arrayBuffer()))
    if (!signed) return c.json({ accepted: false, say: envelopeBytes.say } satisfies Presented, 400)
    return c.json(await present(signed))
  })
  return route
}

const read = (body: Uint8Array): Envelope | undefined => {
  if (body.length > envelopeBytes.most) envelopeBytes.reached()
  try {
    return parseProfile(body, envelope, { name: 'envelope', most: envelopeBytes.most })
  } catch (error) {
    if (error instanceof FoobotError && error.code === 'payload-malformed') return undefined
    throw error
  }
}
