import { z } from 'zod'
import { tiers } from '#core/tier.ts'

/**
 * What an answer is made of. A platform shows each block in its own best way; none may be dropped. `text` and `code`
 * hold plain text: no markup of any platform, line feeds allowed.
 */
export const block = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('text'), text: z.string() }),
  /** Output as a program gave it, shown in a fixed-width face. */
  z.strictObject({ type: z.literal('code'), text: z.string() }),
  z.strictObject({ type: z.literal('table'), columns: z.array(z.string()), rows: z.array(z.array(z.string())) }),
  z.strictObject({
    type: z.literal('fields'),
    fields: z.array(z.strictObject({ name: z.string(), value: z.string() })),
  }),
  /** `data` is base64; `alt` says in words what is to be seen. */
  z.strictObject({ type: z.literal('picture'), mediaType: z.string(), data: z.base64(), alt: z.string() }),
  z.strictObject({ type: z.literal('file'), name: z.string(), mediaType: z.string(), data: z.base64() }),
  z.strictObject({ type: z.literal('link'), url: z.url(), title: z.string() }),
  /** Where something stands: a later progress of the same request takes the place of the one before. `part` is 0 to 1. */
  z.strictObject({ type: z.literal('progress'), text: z.string(), part: z.exactOptional(z.number().min(0).max(1)) }),
  /** Things to say next, as buttons where a platform has them. */
  z.strictObject({
    type: z.literal('choice'),
    options: z.array(z.strictObject({ label: z.string(), say: z.string() })),
  }),
])

export type Block = z.infer<typeof block>

/** What request an answer belongs to: never part of its text. */
export const footer = z.strictObject({
  code: z.exactOptional(z.string()),
  tier: z.exactOptional(z.enum(tiers)),
  /** The canonical command. */
  command: z.exactOptional(z.string()),
  /** What a phone that was just woken asks for. */
  number: z.exactOptional(z.string()),
})

export type Footer = z.infer<typeof footer>

export const reply = z.strictObject({
  /** Foobot's own sentences; empty where the blocks say all. */
  text: z.string(),
  blocks: z.array(block),
  footer: z.exactOptional(footer),
  /** The runner whose words the blocks are; absent where they are Foobot's own. */
  from: z.exactOptional(z.string()),
})

export type Reply = z.infer<typeof reply>

/** An answer of one or more sentences of Foobot's own. */
export const plain = (text: string, footer?: Footer): Reply => ({ text, blocks: [], ...(footer && { footer }) })

/** What a handler or an author may give in place of blocks. */
export type Sayable = string | Block | readonly Block[]

export const toBlocks = (said: Sayable): Block[] => {
  if (typeof said === 'string') return said === '' ? [] : [{ type: 'text', text: said }]
  return 'type' in said ? [said] : [...said]
}
