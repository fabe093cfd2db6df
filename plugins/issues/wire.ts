import { z } from 'foobot'

/**
 * What Jira Cloud answers, as far as it is read here. REST API version 3: https://developer.atlassian.com/cloud/jira/platform/rest/v3/,
 * pages "Create issue", "Status codes" and "Rate limiting"; the description is https://developer.atlassian.com/cloud/jira/platform/apis/document/structure/.
 */

export const created = z.object({
  id: z.string(),
  /** As `FEAT-366`: it becomes a part of an address. */
  key: z.string().regex(/^[A-Z][A-Z0-9_]*-[1-9]\d*$/),
})

/** What is wrong with the whole, and with single fields. */
export const failure = z.object({
  errorMessages: z.array(z.string()).optional(),
  errors: z.record(z.string(), z.string()).optional(),
  /** Where the request came no further than the door. */
  message: z.string().optional(),
})
