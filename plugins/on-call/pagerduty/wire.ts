import { line, oneLine, z } from 'foobot'

/**
 * What PagerDuty answers, as far as it is read here.
 * REST API v2, https://developer.pagerduty.com/api-reference/ ("Get an incident", "Update an incident", "List users", "List all of
 * the on-calls"); webhooks v3, https://developer.pagerduty.com/docs/webhooks-overview and
 * https://developer.pagerduty.com/docs/verifying-webhook-signatures.
 */

/** `GET /incidents/{id or number}`. */
export const incident = z.object({
  incident: z.object({
    id: z.string().min(1),
    status: z.enum(['triggered', 'acknowledged', 'resolved']),
    assignments: z.array(z.object({ assignee: z.object({ id: z.string() }) })).nullish(),
  }),
})

/** `GET /users?query=`. */
export const users = z.object({ users: z.array(z.object({ id: z.string().min(1), email: z.string() })) })

/** `GET /oncalls`, a page. */
export const onCalls = z.object({
  oncalls: z.array(
    z.object({
      user: z.object({ summary: line().nullish() }),
      escalation_policy: z.object({ id: z.string(), summary: line().nullish() }),
      escalation_level: z.int(),
    }),
  ),
  more: z.boolean(),
})

/** Errors of the REST API. In newer operations `errors` is an object. */
export const failure = z.object({
  error: z.object({ message: z.string(), errors: z.array(z.string()).optional().catch(undefined) }),
})

const agent = z.object({ summary: line().nullish() }).nullish()

/** What a webhook v3 carries: one event. Those of other types are passed over. */
export const webhook = z.object({ event: z.object({ event_type: z.string(), agent, data: z.unknown() }) })

/** `event.data` of `incident.*`. */
export const incidentData = z.object({
  type: z.literal('incident'),
  number: z.int().min(1),
  title: z.string().max(2000).transform(oneLine),
  urgency: z.string().nullish(),
  /** Whose it is now. */
  assignees: z.array(z.object({ summary: line().nullish() })).nullish(),
})

/** When it happened, signed with the body. */
export const occurred = z.object({ event: z.object({ occurred_at: z.string() }) })
