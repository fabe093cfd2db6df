import { z } from 'zod'
import { id, name } from '#core/statement/fields.ts'

/**
 * What travels between a phone that was woken and the server. The push carries only the secret of the wake, encrypted for
 * the one phone; the statement is asked for by it, whole, whatever its size.
 */

/** What a push says, as JSON. */
export const letter = z.strictObject({
  v: z.literal(1),
  /** The origin to ask. */
  server: z.url(),
  wake: id,
})

export const fromPhone = z.discriminatedUnion('ask', [
  /** What is it about? */
  z.strictObject({ ask: z.literal('open'), wake: id }),
  /** What its owner typed. */
  z.strictObject({ ask: z.literal('answer'), wake: id, answer: z.string().max(64) }),
  /** Of one's own command: it was not me. Of somebody else's: no. */
  z.strictObject({ ask: z.literal('no'), wake: id }),
])

export type FromPhone = z.infer<typeof fromPhone>

export const toPhone = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('statement'),
    person: name,
    as: z.enum(['requester', 'approver']),
    group: z.exactOptional(name),
    /** The statement's exact bytes. */
    statement: z.base64(),
    /** What has to be typed before the phone signs: it stands in the room, and not here. */
    asks: z.enum(['number', 'word']),
  }),
  /** It is what stands in the room: now sign. */
  z.strictObject({ type: z.literal('right') }),
  z.strictObject({ type: z.literal('wrong'), left: z.int().min(0), say: z.string() }),
  /** There is nothing to answer any more. */
  z.strictObject({ type: z.literal('over'), say: z.string() }),
])

export type ToPhone = z.infer<typeof toPhone>
