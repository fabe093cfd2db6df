import { timingSafeEqual } from 'node:crypto'
import { type Answer, type Asked, answerBy, type Route } from '../route.ts'
import type { Given } from '../run.ts'
import { Outgoing } from '../webhook.ts'
import { type Incident, Incidents, type Phase } from './incidents.ts'
import { Minutes } from './minutes.ts'

/** What Splunk On-Call answers at these addresses, over the incidents of the database. */
export const openOnCall = ({ database, credentialIn, numbers }: Given): ((asked: Asked) => Answer) => {
  const secret = credentialIn('webhook.secret')
  const [id, key, alertKey] = ['credential.id', 'credential.key', 'alert.key'].map(credentialIn)
  const incidents = new Incidents(database)
  const outgoing = new Outgoing(database, () => ({ 'x-foobot-secret': secret }))
  const limits = new Minutes(numbers.limit ?? 0)
  const alerts = alertsOf(incidents, outgoing, alertKey ?? '')
  const routes = apiOf(incidents, outgoing)
  return (asked) => {
    const other = outgoing.ordered(asked) ?? answerBy(alerts, asked)
    if (other) return other
    if (!isSame(asked.headers['x-vo-api-id'], id) || !isSame(asked.headers['x-vo-api-key'], key)) return failed(403)
    if (!limits.take(asked, Date.now())) return failed(429)
    return answerBy(routes, asked) ?? failed(404)
  }
}

/** How the vendor fails: with a sentence, in no form. */
export const failed = (status: number): Answer => ({
  status,
  headers: { 'content-type': 'text/plain', ...(status === 429 && { 'retry-after': '60' }) },
  raw: { 403: 'Authentication failed', 404: 'Not found', 429: 'Rate limit exceeded' }[status] ?? 'Something went wrong',
})

const isSame = (shown: string | undefined, wanted: string | undefined): boolean => {
  const [a, b] = [Buffer.from(shown ?? ''), Buffer.from(wanted ?? '')]
  return b.length > 0 && a.length === b.length && timingSafeEqual(a, b)
}

/** What the webhooks carry, as whoever set them up has written it: one for incidents, one for paging. */
const incidentTold = ({ number, phase, state, title }: Incident, by = '') => ({
  kind: 'incident',
  number: String(number),
  phase,
  state,
  title,
  by,
  at: new Date().toISOString(),
})
const pagingTold = ({ number }: Incident, user: string, methods: string) => ({
  kind: 'paging',
  number: String(number),
  user,
  methods,
  at: new Date().toISOString(),
})

/** The generic endpoint that monitoring posts alerts to. */
const alertsOf = (incidents: Incidents, outgoing: Outgoing, alertKey: string): readonly Route[] => [
  {
    method: 'POST',
    path: '/integrations/generic/20131114/alert/:key/:routing',
    handler: ({ key, routing: team = '' }, { body }) => {
      if (!isSame(key, alertKey)) return failed(404)
      const { message_type, entity_id, entity_display_name, state_message } = (body ?? {}) as Record<string, string>
      const entity = entity_id ?? crypto.randomUUID()
      const done: Answer = { status: 200, body: { result: 'success', entity_id: entity } }
      const open = incidents.open(entity)
      if (message_type === 'RECOVERY') {
        if (open) outgoing.post(incidentTold(incidents.move(open, 'RESOLVED')))
        return done
      }
      if ((message_type !== 'CRITICAL' && message_type !== 'WARNING') || open) return done
      const title = entity_display_name ?? state_message ?? entity
      const made = incidents.begin({ entity, title, state: message_type, team, started: Date.now() })
      outgoing.post(incidentTold(made))
      for (const { slug, user } of incidents.duties()) {
        if (slug === team) outgoing.post(pagingTold(made, user, incidents.methodsOf(user) ?? ''))
      }
      return done
    },
  },
]

type Command = { readonly userName?: string; readonly incidentNames?: readonly string[] }

const apiOf = (incidents: Incidents, outgoing: Outgoing): readonly Route[] => {
  const moving =
    (phase: Phase, from: readonly Phase[]) =>
    ({ body }: Asked): Answer => {
      const { userName = '', incidentNames = [] } = (body ?? {}) as Command
      if (incidents.methodsOf(userName) === undefined)
        return { status: 400, body: { error: `Unknown user ${userName}` } }
      const results = incidentNames.map((name) => {
        const found = incidents.incident(Number(name))
        if (!found) return { incidentNumber: name, cmdAccepted: false, message: 'Incident not found' }
        const common = { incidentNumber: name, entityId: found.entity }
        if (!from.includes(found.phase)) return { ...common, cmdAccepted: false, message: `Incident is ${found.phase}` }
        outgoing.post(incidentTold(incidents.move(found, phase), userName))
        return { ...common, cmdAccepted: true, message: '' }
      })
      return { status: 200, body: { results } }
    }
  const [ack, resolve] = [moving('ACKED', ['UNACKED']), moving('RESOLVED', ['UNACKED', 'ACKED'])]

  return [
    {
      method: 'GET',
      path: '/api-public/v1/incidents',
      handler: () => ({
        status: 200,
        body: {
          incidents: incidents.all().map(({ number, phase, entity, title, started }) => ({
            incidentNumber: String(number),
            currentPhase: phase,
            entityId: entity,
            entityDisplayName: title,
            startTime: new Date(started).toISOString(),
          })),
        },
      }),
    },
    { method: 'PATCH', path: '/api-public/v1/incidents/ack', handler: (_, asked) => ack(asked) },
    { method: 'PATCH', path: '/api-public/v1/incidents/resolve', handler: (_, asked) => resolve(asked) },
    {
      method: 'POST',
      path: '/api-public/v1/incidents/reroute',
      handler: (_, { body }) => {
        type Reroute = { incidentNumber: string; targets: readonly { type: string; slug: string }[] }
        const { reroutes = [] } = (body ?? {}) as { readonly reroutes?: readonly Reroute[] }
        const statuses = reroutes.map(({ incidentNumber, targets }) => {
          const found = incidents.incident(Number(incidentNumber))
          const open = found && found.phase !== 'RESOLVED' ? found : undefined
          const targetStatus = targets.map(({ slug }) => {
            const methods = incidents.methodsOf(slug)
            if (methods === undefined) return { slug, success: false, message: 'User not found' }
            if (open) outgoing.post(pagingTold(incidents.move(open, 'UNACKED'), slug, methods))
            return { slug, success: open !== undefined, message: open ? '' : 'Not rerouted' }
          })
          const success = targetStatus.every((target) => target.success)
          const message = found ? `Incident is ${found.phase}` : 'Incident not found'
          return { incidentNumber, success, message: open ? '' : message, targetStatus: open ? targetStatus : [] }
        })
        return { status: 200, body: { statuses } }
      },
    },
    {
      method: 'GET',
      path: '/api-public/v1/oncall/current',
      handler: () => ({
        status: 200,
        body: {
          teamsOnCall: incidents.duties().map(({ team, slug, policy, user }) => ({
            team: { name: team, slug },
            oncallNow: [{ escalationPolicy: { name: policy, slug }, users: [{ onCalluser: { username: user } }] }],
          })),
        },
      }),
    },
  ]
}
