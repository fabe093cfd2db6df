import { line, z } from 'foobot'

/**
 * What Stripe answers, as far as it is read here. API version 2025-09-30.clover: https://docs.stripe.com/api, pages customers/search,
 * subscriptions/list, subscriptions/update, prices/list, invoices/list, errors, pagination, idempotent_requests.
 */

const seconds = z.int().nonnegative()

const listOf = <T extends z.ZodType>(one: T) => z.object({ has_more: z.boolean(), data: z.array(one) })

export const customers = listOf(z.object({ id: z.string(), name: z.string().nullable() }))

/** `usage_type` is `licensed`, which is sold by quantity, or `metered`, which has none. */
const price = z.object({
  id: z.string(),
  lookup_key: z.string().nullable(),
  recurring: z.object({ usage_type: z.string() }).nullish(),
})

export const prices = listOf(price)

const item = z.object({
  id: z.string(),
  /** Absent where use is metered. */
  quantity: z.int().nonnegative().optional(),
  price,
})

export const subscription = z.object({
  id: z.string().min(1).max(255),
  status: z.string(),
  trial_end: seconds.nullable(),
  /** When it ends, where it is to end: at a time that somebody chose, or with its period. */
  cancel_at: seconds.nullish(),
  cancel_at_period_end: z.boolean(),
  /** The subscription schedule that changes it. */
  schedule: z.string().nullish(),
  /** A change that waits for its payment. */
  pending_update: z.object({}).nullish(),
  items: listOf(item),
})

export const subscriptions = listOf(subscription)

export const invoice = z.object({
  id: z.string().min(1),
  customer_name: line().nullable(),
  customer: z.string(),
  /** In the smallest unit of the currency. */
  amount_remaining: z.int(),
  currency: z.string().regex(/^[a-z]{3}$/),
  created: seconds,
  due_date: seconds.nullable(),
})

export const invoices = listOf(invoice)

export const failure = z.object({ error: z.object({ type: z.string(), message: z.string().optional() }) })

export type StripeSubscription = z.infer<typeof subscription>
export type StripeInvoice = z.infer<typeof invoice>
