import { line, z } from 'foobot'

/**
 * What Jenkins answers, as far as it is read here.
 * "Remote Access API", https://www.jenkins.io/doc/book/using/remote-access-api/, and the page `api/` of each object on a
 * controller, which lists its fields; "CSRF Protection", https://www.jenkins.io/doc/book/security/csrf-protection/.
 * Read for the LTS line 2.5xx; the fields are the same since 1.519.
 */

/** `GET /crumbIssuer/api/json`: the header that a POST must carry, in the session of the cookie beside it. */
export const crumb = z.object({
  crumb: z.string().min(1),
  crumbRequestField: z.string().regex(/^[A-Za-z][A-Za-z0-9-]*$/),
})

/** `GET /queue/item/{id}/api/json`: `why` it waits, `executable` once it has begun. */
export const queueItem = z.object({
  why: line().nullish(),
  cancelled: z.boolean().optional(),
  executable: z.object({ number: z.int().min(1) }).nullish(),
})

const parameters = z.object({
  parameters: z.array(z.object({ name: z.string(), value: z.unknown().optional() })).optional(),
})

/** `GET /job/{job}/{number}/api/json`. Milliseconds; `estimatedDuration` is -1 where nobody knows. */
export const build = z.object({
  number: z.int().min(1),
  url: z.url({ protocol: /^https?$/ }),
  building: z.boolean(),
  result: z.enum(['SUCCESS', 'UNSTABLE', 'FAILURE', 'NOT_BUILT', 'ABORTED']).nullable(),
  timestamp: z.int(),
  estimatedDuration: z.number(),
  actions: z.array(parameters.nullable()),
})

export type Build = z.infer<typeof build>

/** `GET /job/{job}/api/json`. */
export const job = z.object({ buildable: z.boolean(), allBuilds: z.array(build) })
