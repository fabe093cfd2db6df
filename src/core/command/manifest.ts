import { z } from 'zod'
import { higherTier, type Tier, tiers } from '#core/tier.ts'

/**
 * One command as its plugin declares it, as data: what the company's `commands.json` lists, and what a runner announces.
 * Parser, help, policy schema and pages are made from this object alone.
 */
export const manifestEntry = z.strictObject({
  plugin: z.string().regex(/^[a-z][a-z0-9-]{0,63}$/),
  /** The action: the template's leading literals that are no dash parts, as `db migrate`. Once in a company. */
  command: z.string().min(1).max(256),
  /** Expanded: every slot with its type, as `upgrade <customer:text> to <plan:Free|Pro|Enterprise>`. */
  template: z.string().min(1).max(1024),
  summary: z.string().min(1).max(200),
  /** What the plugin says it can hurt; the bundle may say higher, never lower. */
  tier: z.enum(tiers),
  /** Whether the runner inspects its target; without, the resource is the plugin's system. */
  inspects: z.boolean(),
  /** One at a time for each resource. */
  exclusive: z.boolean(),
  /** Whether it can be stopped once it runs. */
  cancellable: z.boolean(),
  /** Seconds that a run may take. */
  timeLimit: z.int().min(1).max(86_400),
  /** What to ask when the first missing slot is named here: slot name to sentence. */
  ask: z.exactOptional(z.record(z.string(), z.string().max(500))),
  /** A line that may be said as it is, for help. */
  example: z.exactOptional(z.string().max(500)),
})

export type ManifestEntry = z.infer<typeof manifestEntry>

/** An entry of the bundle's `commands.json`. */
export const listedCommand = z.strictObject({
  runner: z.string().min(1).max(128),
  tier: z.enum(tiers),
  manifest: manifestEntry,
})

export type ListedCommand = z.infer<typeof listedCommand>

/** The tier that counts: the higher of the bundle's and the plugin's. */
export const tierOf = ({ tier, manifest }: Pick<ListedCommand, 'tier' | 'manifest'>): Tier =>
  higherTier(tier, manifest.tier)
