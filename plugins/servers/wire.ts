import { oneLine, z } from 'foobot'

/** What the inventory answers, as far as it is read here: the addresses and forms of sandbox/servers/README.md. */

const name = z.string().min(1).max(200).transform(oneLine)

export const roles = z.object({ roles: z.array(name) })
export const server = z.object({ name, role: name })
export const resource = z.object({
  name,
  owner: name,
  grants: z.string().max(500).transform(oneLine),
  people: z.array(z.string()),
})
export const admitted = z.object({ resource: name, person: name })

/** Work that goes on: `seconds` is what all of it takes, `part` is 0 to 1. */
export const job = z.object({
  id: z.int().nonnegative(),
  seconds: z.int().nonnegative(),
  state: z.enum(['running', 'done', 'failed']),
  step: z.string().max(200).transform(oneLine),
  part: z.number().min(0).max(1),
})

export const failure = z.object({ message: z.string().min(1).max(1000) })

export type Job = z.infer<typeof job>
