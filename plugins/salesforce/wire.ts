import { line, z } from 'foobot'

/**
 * What Salesforce answers, as far as it is read here. REST API version 66.0: https://developer.salesforce.com/docs/platform/api-rest/guide/,
 * pages "Query", "Query More Results", "Status Codes and Error Responses"; Salesforce Help, "OAuth 2.0 JWT Bearer Flow for
 * Server-to-Server Integration" and "OAuth 2.0 Authorization Errors".
 */

export const version = 'v66.0'

export const token = z.object({ access_token: z.string().min(1), token_type: z.literal('Bearer') })

export const denied = z.object({ error: z.string(), error_description: z.string().optional() })

/** The next page is a path of the same host: with anything else before it, the token would go elsewhere. */
export const page = <T extends z.ZodType>(record: T) =>
  z
    .object({
      done: z.boolean(),
      nextRecordsUrl: z
        .string()
        .regex(/^\/services\/data\/v\d+\.\d\/query\/[\w-]+$/)
        .optional(),
      records: z.array(record),
    })
    .refine(
      ({ done, nextRecordsUrl }) => done || nextRecordsUrl !== undefined,
      'there is more, and it does not say where',
    )

export const failures = z.array(z.object({ message: z.string(), errorCode: z.string().optional() })).min(1)

/** A date and time, as `2015-02-24T18:04:00.000+0000`. */
const time = z.string().transform((text, context) => {
  const at = new Date(text.replace(/([+-]\d\d)(\d\d)$/, '$1:$2'))
  if (!Number.isNaN(at.getTime())) return at
  context.addIssue({ code: 'custom', message: 'no date and time' })
  return z.NEVER
})

/** It becomes a part of an address. */
const id = z.string().regex(/^[A-Za-z0-9]{15,18}$/)

/** What belongs to a record; null where nothing does. */
const children = <T extends z.ZodType>(record: T) => z.object({ records: z.array(record) }).nullable()

export const supportCase = z.object({
  Id: id,
  CaseNumber: line(),
  CreatedDate: time,
  Account: z.object({ Name: line() }),
  CaseComments: children(z.object({ CreatedDate: time })),
  EmailMessages: children(z.object({ MessageDate: time.nullable() })),
})

export const account = z.object({ Name: line() })

export const counted = z.object({ leads: z.int().nonnegative() })

export const campaign = counted.extend({ campaign: line() })

export const segment = z.object({ segment: z.string().nullable() })
