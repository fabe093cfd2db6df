import { line, z } from 'foobot'

/**
 * What Recurly answers, as far as it is read here. API version v2021-02-25: https://recurly.com/developers/api/v2021-02-25/,
 * operations list_account_subscriptions, update_subscription, create_subscription_change, list_invoices.
 */

const time = z.iso.datetime({ offset: true })

const plan = z.object({ code: z.string(), name: line() })

export const subscription = z.object({
  id: z.string().min(1).max(64),
  /** `active`, `canceled` (it ends with its term), `expired`, `failed`, `future` (it has not begun), `paused`. */
  state: z.string(),
  plan,
  quantity: z.int().nonnegative(),
  /** What becomes of it by itself, at its next bill or the end of its term. */
  pending_change: z.object({ plan, quantity: z.int().nonnegative().nullish(), activate_at: time.nullish() }).nullish(),
  /** When it ends, where it is canceled. */
  expires_at: time.nullish(),
  add_ons: z.array(z.object({ add_on: z.object({ code: z.string() }), quantity: z.int().nonnegative() })).nullish(),
  current_period_ends_at: time.nullable(),
  trial_ends_at: time.nullable(),
})

/** `next` counts where `has_more` says that there is more; it is a path, or an address of the same host. */
const listOf = <T extends z.ZodType>(one: T) =>
  z.object({ object: z.literal('list'), has_more: z.boolean(), next: z.string().nullish(), data: z.array(one) })

export const subscriptions = listOf(subscription)

export const change = z.object({
  object: z.literal('subscription_change'),
  plan: z.object({ code: z.string() }),
  quantity: z.int().nonnegative().nullish(),
})

export const invoice = z.object({
  account: z.object({ code: z.string(), company: line().nullish() }),
  balance: z.number(),
  currency: z.string().regex(/^[A-Z]{3}$/),
  created_at: time,
  due_at: time.nullish(),
})

export const invoices = listOf(invoice)

export const failure = z.object({ error: z.object({ type: z.string(), message: z.string() }) })

export type RecurlySubscription = z.infer<typeof subscription>
export type RecurlyInvoice = z.infer<typeof invoice>
