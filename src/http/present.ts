import { type Context, Hono } from 'hono'
import { cors } from 'hono/cors'
import { FoobotError } from '#core/errors.ts'
import { type Envelope, envelope } from '#core/statement/fields.ts'
import { parseProfile } from '#core/statement/json.ts'

/** What a consent, or another signed object, was answered: `say` is for the person who signed. */
export type Presented = { readonly accepted: boolean; readonly say: string }

/** The door for what people sign. Whoever hands it in proves nothing by that: what counts is the signature. */
export type Present = (envelope: Envelope) => Promise<Presented>

/** Bytes of an envelope, at most: a consent's stays below 6 KiB. */
const most = 16 * 1024

/**
 * `POST /present` with an envelope as JSON, answered by a `Presented`. Pages of desks may call it, and no others: not that
 * it would tell them a secret, but nobody's page may hand in signatures in the name of whoever looks at it.
 * @param desks exact origins, asked for at each request
 */
export const presentRoute = (present: Present, desks: () => readonly string[]): Hono => {
  const route = new Hono()
  route.use(
    cors({
      origin: (origin) => (desks().includes(origin) ? origin : null),
      allowMethods: ['POST'],
      allowHeaders: ['content-type'],
    }),
  )
  route.post('/', async (c) => {
    const origin = c.req.header('origin')
    if (origin !== undefined && !desks().includes(origin)) {
      return refuse(c, 403, 'This page is no desk of the company.')
    }
    // Exactly this type: a page of anybody's can send others without asking first.
    if (c.req.header('content-type') !== 'application/json') {
      return refuse(c, 415, 'Hand in an envelope as application/json.')
    }
    const signed = read(new Uint8Array(await c.req.arrayBuffer()))
    if (!signed) return refuse(c, 400, 'That is no signed envelope.')
    return c.json(await present(signed))
  })
  return route
}

const read = (body: Uint8Array): Envelope | undefined => {
  try {
    return parseProfile(body, envelope, { name: 'envelope', most })
  } catch (error) {
    if (error instanceof FoobotError && error.code === 'payload-malformed') return undefined
    throw error
  }
}

const refuse = (c: Context, status: 400 | 403 | 415, say: string): Response =>
  c.json({ accepted: false, say } satisfies Presented, status)
