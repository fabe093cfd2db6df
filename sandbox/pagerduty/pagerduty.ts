import { createHmac, randomUUID, timingSafeEqual } from 'node:crypto'
import { type Answer, type Asked, answerBy, type Route } from '../route.ts'
import type { Given } from '../run.ts'
import { Outgoing } from '../webhook.ts'
import { type Incident, Store, type User } from './store.ts'

const accepted = 'application/vnd.pagerduty+json;version=2'

/** What PagerDuty answers at these addresses, over the incidents of the database. */
export const openPagerDuty = ({ database, credential, credentialIn, numbers }: Given): ((asked: Asked) => Answer) => {
  const store = new Store(database, numbers.duties ?? 0)
  const [secret, before] = ['webhook.secret', 'webhook.secret-before'].map(credentialIn)
  const sign = (key = '', body = ''): string => `v1=${createHmac('sha256', key).update(body).digest('hex')}`
  // Two signatures, as while a secret is changed: the one before, and the one that counts from now on.
  const outgoing = new Outgoing(database, (body) => ({
    'user-agent': 'PagerDuty-Webhook/V3.0',
    'x-webhook-id': randomUUID(),
    'x-pagerduty-signature': `${sign(before, body)},${sign(secret, body)}`,
  }))
  const events = eventsOf(store, outgoing, credentialIn('routing.key'))
  const routes = apiOf(store, outgoing)
  const wanted = Buffer.from(`Token token=${credential}`)
  return (asked) => {
    const other = outgoing.ordered(asked) ?? answerBy(events, asked)
    if (other) return other
    const shown = Buffer.from(asked.headers.authorization ?? '')
    if (shown.length !== wanted.length || !timingSafeEqual(shown, wanted)) return failed(401)
    if (asked.headers.accept !== accepted) return error(406, 2003, 'Not Acceptable')
    return answerBy(routes, asked) ?? failed(404)
  }
}

export const failed = (status: number): Answer => {
  const what: Readonly<Record<number, readonly [code: number, message: string]>> = {
    401: [2006, 'Unauthorized'],
    403: [2010, 'Access Denied'],
    404: [2100, 'Not Found'],
    429: [2020, 'Rate Limit Exceeded'],
  }
  const [code, message] = what[status] ?? [2000, 'Internal Server Error']
  const answer = error(status, code, message)
  return status === 429 ? { ...answer, headers: { 'ratelimit-reset': '41', 'ratelimit-remaining': '0' } } : answer
}

const error = (status: number, code: number, message: string, ...errors: readonly string[]): Answer => ({
  status,
  body: { error: { message, code, ...(errors.length > 0 && { errors }) } },
})

const reference = ({ id, name }: User) => ({ id, type: 'user_reference', summary: name })

const told = (
  type: string,
  { id, number, title, status, urgency }: Incident,
  agent?: User,
  assignees: readonly User[] = [],
) => ({
  event: {
    id: randomUUID(),
    event_type: `incident.${type}`,
    resource_type: 'incident',
    occurred_at: new Date().toISOString(),
    agent: agent ? reference(agent) : null,
    client: null,
    data: { id, type: 'incident', number, status, title, urgency, assignees: assignees.map(reference) },
  },
})

/** Events API v2: what monitoring posts. */
const eventsOf = (store: Store, outgoing: Outgoing, routingKey: string): readonly Route[] => [
  {
    method: 'POST',
    path: '/v2/enqueue',
    handler: (_, { body }) => {
      type Event = { routing_key?: string; event_action?: string; dedup_key?: string; payload?: Record<string, string> }
      const { routing_key, event_action, payload, dedup_key = randomUUID() } = (body ?? {}) as Event
      if (routing_key !== routingKey)
        return {
          status: 400,
          body: { status: 'invalid event', message: 'Event object is invalid', errors: ['Invalid routing key'] },
        }
      if (event_action === 'trigger' && payload?.summary !== undefined) {
        const urgency = payload.severity === 'critical' || payload.severity === 'error' ? 'high' : 'low'
        outgoing.post(told('triggered', store.begin(payload.summary, urgency)))
      }
      return { status: 202, body: { status: 'success', message: 'Event processed', dedup_key } }
    },
  },
]

const apiOf = (store: Store, outgoing: Outgoing): readonly Route[] => {
  const shown = (incident: Incident, assignees: readonly User[] = []) => ({
    id: incident.id,
    type: 'incident',
    incident_number: incident.number,
    title: incident.title,
    status: incident.status,
    urgency: incident.urgency,
    assignments: assignees.map((user) => ({ at: new Date().toISOString(), assignee: reference(user) })),
  })
  return [
    {
      method: 'GET',
      path: '/incidents/:id',
      handler: ({ id = '' }) => {
        const found = store.incident(id)
        return found ? { status: 200, body: { incident: shown(found) } } : failed(404)
      },
    },
    {
      method: 'PUT',
      path: '/incidents/:id',
      handler: ({ id = '' }, { headers, body }) => {
        const found = store.incident(id)
        const by = store.userBy(headers.from ?? '')
        if (!found || found.id !== id) return failed(404)
        if (!by) return error(400, 2001, 'Invalid Input Provided', 'Requester User Not Found')
        type Change = { status?: Incident['status']; assignments?: readonly { assignee: { id: string } }[] }
        const { status, assignments } = (body as { incident?: Change } | undefined)?.incident ?? {}
        if (found.status === 'resolved') return error(400, 2001, 'Invalid Input Provided', 'Incident Already Resolved')
        if (status !== undefined && status !== found.status) {
          const moved = store.move(found, status)
          outgoing.post(told(status, moved, by))
          return { status: 200, body: { incident: shown(moved) } }
        }
        const assignees = (assignments ?? []).flatMap(
          ({ assignee }) => store.users('').find(({ id }) => id === assignee.id) ?? [],
        )
        if (assignments) outgoing.post(told('reassigned', found, by, assignees))
        return { status: 200, body: { incident: shown(found, assignees) } }
      },
    },
    {
      method: 'GET',
      path: '/users',
      handler: (_, { query }) => {
        const users = store.users(query.get('query') ?? '')
        return { status: 200, body: { users: users.map((user) => ({ ...user, type: 'user' })), more: false } }
      },
    },
    {
      method: 'GET',
      path: '/oncalls',
      handler: (_, { query }) => {
        const [limit, offset] = [Number(query.get('limit') ?? 25), Number(query.get('offset') ?? 0)]
        const all = store.duties()
        const oncalls = all.slice(offset, offset + Math.min(100, limit)).map(({ policy, level, ...user }) => ({
          user: reference(user),
          escalation_policy: { id: policy, type: 'escalation_policy_reference', summary: policy },
          escalation_level: level,
          schedule: null,
          start: null,
          end: null,
        }))
        return {
          status: 200,
          body: { oncalls, limit, offset, more: offset + oncalls.length < all.length, total: null },
        }
      },
    },
  ]
}
