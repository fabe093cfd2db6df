import { z } from 'foobot'

/**
 * What Splunk On-Call (VictorOps) answers, as far as it is read here.
 * "VictorOps API", https://portal.victorops.com/public/api-docs.html, version 0.0.3; addresses, headers and how often each may be
 * called stand there. What a reroute answers does not, and is not read.
 */

/** `PATCH /api-public/v1/incidents/ack` and `/resolve`. */
export const commandResults = z.object({
  results: z.array(
    z.object({ incidentNumber: z.string(), cmdAccepted: z.boolean(), message: z.string().max(1000).nullish() }),
  ),
})

/** `GET /api-public/v1/oncall/current`. */
export const onCall = z.object({
  teamsOnCall: z.array(
    z.object({
      team: z.object({ name: z.string() }),
      oncallNow: z.array(z.object({ users: z.array(z.object({ onCalluser: z.object({ username: z.string() }) })) })),
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
  .transform((text) => (/^\$\{\{.*\}\}$/.test(text) ? '' : text))

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
