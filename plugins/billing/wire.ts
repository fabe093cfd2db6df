import { z } from 'foobot'

/** What Recurly answers, as far as it is read here. API version v2021-02-25. */

const time = z.iso.datetime({ offset: true })

export const subscription = z.object({
  id: z.string().min(1).max(64),
  plan: z.object({ code: z.string(), name: z.string() }),
  current_period_ends_at: time.nullable(),
  trial_ends_at: time.nullable(),
})

export const subscriptions = z.object({ object: z.literal('list'), has_more: z.boolean(), data: z.array(subscription) })

export const change = z.object({ object: z.literal('subscription_change'), plan: z.object({ code: z.string() }) })

export const failure = z.object({ error: z.object({ type: z.string(), message: z.string().max(1000) }) })

export type Subscription = z.infer<typeof subscription>
