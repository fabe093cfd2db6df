import { z } from 'foobot'

/**
 * What Stripe answers, as far as it is read here. API version 2025-09-30.clover: https://docs.stripe.com/api, pages customers/search,
 * subscriptions/list, subscriptions/update, prices/list, invoices/list, errors, pagination, idempotent_requests.
 */

const seconds = z.int().nonnegative()

const listOf = <T extends z.ZodType>(one: T) => z.object({ has_more: z.boolean(), data: z.array(one) })

export const customers = listOf(z.object({ id: z.string(), name: z.string().nullable() }))

export const prices = listOf(z.object({ id: z.string(), lookup_key: z.string().nullable() }))

const item = z.object({
  id: z.string(),
  /** Absent where use is metered. */
  quantity: z.int().nonnegative().optional(),
  price: z.object({ id: z.string(), lookup_key: z.string().nullable() }),
})

export const subscription = z.object({
  id: z.string().min(1).max(255),
  status: z.string(),
  trial_end: seconds.nullable(),
  items: listOf(item),
})

export const subscriptions = listOf(subscription)

export const invoice = z.object({
  id: z.string().min(1),
  customer_name: z.string().nullable(),
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
