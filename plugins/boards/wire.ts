import { line, z } from 'foobot'

/**
 * What Trello answers, as far as it is read here. REST API version 1, "The Trello REST API":
 * https://developer.atlassian.com/cloud/trello/rest/api-group-boards/ (boards, their members, labels and cards).
 */

const id = z.string().regex(/^[0-9a-f]{24}$/)

export const board = z.object({ name: line() })

export const members = z.array(z.object({ id, fullName: line(), username: z.string() }))

export const labels = z.array(z.object({ name: line() }))

export const cards = z.array(
  z.object({
    id,
    name: line(),
    due: z.iso.datetime({ offset: true }).nullable(),
    dueComplete: z.boolean(),
    idMembers: z.array(id),
    labels,
    shortUrl: z.url({ protocol: /^https?$/ }),
  }),
)

/** What `cards` needs. */
export const cardFields = 'name,due,dueComplete,idMembers,labels,shortUrl'

/** A refusal in JSON; others are a line of text. */
export const failure = z.object({ message: z.string().max(1000) })

export type Card = z.infer<typeof cards>[number]
export type Member = z.infer<typeof members>[number]
