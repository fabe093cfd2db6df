import { line, oneLine, z } from 'foobot'

/**
 * What Splunk On-Call (VictorOps) answers, as far as it is read here.
 * "VictorOps API", https://portal.victorops.com/public/api-docs.html, version 0.0.3; addresses, headers and how often each may be
 * called stand there.
 */

const said = line().nullish()

/** `PATCH /api-public/v1/incidents/ack` and `/resolve`. */
export const commandResults = z.object({
  results: z.array(z.object({ incidentNumber: z.string(), cmdAccepted: z.boolean(), message: said })),
})

/** `POST /api-public/v1/incidents/reroute`: `RerouteStatusResponse`. It comes with 200 where nobody is woken, too. */
export const rerouteStatuses = z.object({
  statuses: z.array(
    z.object({
      incidentNumber: z.string(),
      success: z.boolean(),
      message: said,
      targetStatus: z.array(z.object({ slug: line().nullish(), success: z.boolean(), message: said })).nullish(),
    }),
  ),
})

/** `GET /api-public/v1/oncall/current`. */
export const onCall = z.object({
  teamsOnCall: z.array(
    z.object({
      team: z.object({ name: line() }),
      oncallNow: z.array(z.object({ users: z.array(z.object({ onCalluser: z.object({ username: line() }) })) })),
    }),
  ),
})

const number = z
  .string()
  .regex(/^\d{1,15}$/)
  .transform(Number)
/** A variable that the vendor did not know is sent as it was written. */
const variable = z
  .string()
  .max(2000)
  .transform((text) => (/^\$\{\{.*\}\}$/.test(text) ? '' : oneLine(text)))

/**
 * What our two outgoing webhooks carry: the payloads are ours to write ("Custom outbound webhooks",
 * https://help.victorops.com/knowledge-base/custom-outbound-webhooks/), and README.md says what to write.
 */
export const told = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('incident'),
    number,
    phase: z.enum(['UNACKED', 'ACKED', 'RESOLVED']),
    state: variable,
    title: variable,
    by: variable,
  }),
  z.object({ kind: z.literal('paging'), number, user: variable, methods: variable }),
])
