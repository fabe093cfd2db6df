import type { CedarQuestion, CedarValue } from './cedar.ts'
import type { Question } from './decision.ts'
import { isHeld } from './held.ts'
import type { Reads } from './reads.ts'

/** The principal where no person stands behind a request: `Person::"-"`, in no group. */
export const nobody = '-'

/** Entity types that are Foobot's own; no resource can be of them. */
export const ownTypes: readonly string[] = ['Person', 'Group', 'Action']

/** What is wrong with the shape of a question; undefined where it can be asked. */
export const shapeFault = (question: Question): string | undefined => {
  const { requester, command, args, resource, room, platform } = question
  if (requester === nobody) return `"${nobody}" is nobody's name`
  if (requester !== undefined && !isText(requester)) return 'the requester is no name'
  if (![command, resource.type, resource.id, platform].every(isText)) return 'something of the question is missing'
  if ('room' in question && !isText(room)) return 'the room is no name'
  if (resource.owner !== undefined && !isText(resource.owner)) return 'the owner is no name'
  if (ownTypes.includes(resource.type)) return `a resource cannot be of type ${resource.type}`
  if (![...Object.values(args), ...Object.values(resource.facts)].every(isValue)) return 'a value is of no known type'
  return undefined
}

/** The question in Cedar's words. */
export const cedarQuestion = (
  { requester = nobody, command, args, resource, room, platform }: Question,
  groups: readonly string[],
  ownerGroup: string | undefined,
): CedarQuestion => {
  const principal = { type: 'Person', id: requester }
  const target = { type: resource.type, id: resource.id }
  return {
    principal,
    action: { type: 'Action', id: command },
    resource: target,
    context: { ...(room !== undefined && { room }), platform, args: cedarRecord(args) },
    entities: [
      { uid: principal, attrs: {}, parents: groups.map((id) => ({ type: 'Group', id })) },
      {
        uid: target,
        attrs: {
          id: resource.id,
          ...(ownerGroup !== undefined && { owner: { __entity: { type: 'Group', id: ownerGroup } } }),
          facts: cedarRecord(resource.facts),
        },
        parents: [],
      },
    ],
  }
}

/** A text that is the same for two questions only if policies that read no more than `reads` must answer them alike. */
export const keyOf = (
  { requester, command, args, resource, room, platform }: Question,
  reads: Reads,
  groups: readonly string[],
  ownerGroup: string | undefined,
  tier: string,
): string =>
  JSON.stringify([
    tier,
    command,
    groups,
    resource.type,
    ownerGroup ?? 0,
    reads.person ? (requester ?? 0) : 0,
    reads.id ? resource.id : 0,
    reads.room ? (room ?? 0) : 0,
    reads.platform ? platform : 0,
    chosen(args, reads.args),
    chosen(resource.facts, reads.facts),
  ])

const chosen = (values: Readonly<Record<string, unknown>>, names: ReadonlySet<string> | 'all') =>
  Object.keys(values)
    .filter((name) => names === 'all' || names.has(name))
    .sort()
    .map((name) => [name, values[name]])

/** What Cedar cannot hold is left out: no policy reads it, since `unheldOf` was asked before. */
const cedarRecord = (values: Readonly<Record<string, unknown>>): Record<string, CedarValue> =>
  Object.fromEntries(
    Object.entries(values)
      .filter(([, value]) => isHeld(value))
      .map(([name, value]) => [name, value as CedarValue]),
  )

/** A name that Cedar holds as it is: half a character would become another name. */
const isText = (value: unknown): value is string => typeof value === 'string' && value !== '' && isHeld(value)

const isValue = (value: unknown): boolean =>
  typeof value === 'boolean' || isPlain(value) || (Array.isArray(value) && [...value].every(isPlain))

const isPlain = (value: unknown): boolean =>
  typeof value === 'string' || (typeof value === 'number' && Number.isFinite(value))
