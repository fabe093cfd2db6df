import { type Secret, Vendor } from 'foobot'
import type { Duty, Pager, Told } from '../pager.ts'
import { failure, incident, incidentData, onCalls, users, type webhook } from './wire.ts'

export type PagerDutyOptions = {
  readonly baseUrl: string
  readonly token: Secret
  readonly timeLimit: number
}

/** Entries of a page, and of all pages, that are read. */
const page = 100
const most = 10_000

/** PagerDuty, by its REST API. A person is their e-mail address there. */
export class PagerDuty implements Pager {
  readonly #vendor: Vendor

  constructor({ baseUrl, token, timeLimit }: PagerDutyOptions) {
    this.#vendor = new Vendor({
      name: 'PagerDuty',
      baseUrl,
      timeLimit,
      headers: () => ({
        authorization: `Token token=${token.reveal()}`,
        accept: 'application/vnd.pagerduty+json;version=2',
      }),
      refusal: (body) => {
        const said = failure.safeParse(body)
        return said.success ? (said.data.error.errors?.join(' ') ?? said.data.error.message) : undefined
      },
      // "Rate limits": seconds until there are requests again.
      again: (headers) => {
        const seconds = headers.get('ratelimit-reset')
        return seconds !== null && /^\d{1,6}$/.test(seconds) ? Number(seconds) * 1000 : undefined
      },
    })
  }

  acknowledge = (number: number, by: string, signal: AbortSignal) => this.#move(number, 'acknowledged', by, signal)
  resolve = (number: number, by: string, signal: AbortSignal) => this.#move(number, 'resolved', by, signal)

  async reroute(number: number, to: string, by: string, signal: AbortSignal): Promise<void> {
    const id = await this.#idOf(number, signal)
    const found = (await this.#vendor.ask('GET', '/users', { query: { query: to }, signal })).json(users)
    const user = found.users.find(({ email }) => email.toLowerCase() === to.toLowerCase())
    if (!user) throw new Error(`PagerDuty knows nobody by ${to}.`)
    const change = { assignments: [{ assignee: { id: user.id, type: 'user_reference' } }] }
    const { assignments } = await this.#update(id, change, by, signal)
    if (!assignments?.some(({ assignee }) => assignee.id === user.id))
      throw new Error(`PagerDuty took it and did not give #${number} to ${to}: look there.`)
  }

  async duties(signal: AbortSignal): Promise<readonly Duty[]> {
    const people = new Map<string, Set<string>>()
    for (let offset = 0, more = true; more; offset += page) {
      // PagerDuty gives no more: who is missing might be the one that is asked for.
      if (offset >= most) throw new Error('PagerDuty gives no more than 10,000 entries of its list: look there.')
      const query = { earliest: true, limit: page, offset }
      const answer = (await this.#vendor.ask('GET', '/oncalls', { query, signal })).json(onCalls)
      more = answer.more
      for (const { escalation_policy: policy, escalation_level: level, user } of answer.oncalls) {
        const team = policy.summary || policy.id
        if (level === 1)
          people.set(team, (people.get(team) ?? new Set()).add(user.summary || 'somebody without a name'))
      }
    }
    return [...people].map(([team, names]) => ({ team, people: [...names] }))
  }

  async #move(number: number, status: 'acknowledged' | 'resolved', by: string, signal: AbortSignal): Promise<void> {
    const now = await this.#update(await this.#idOf(number, signal), { status }, by, signal)
    if (now.status !== status)
      throw new Error(`PagerDuty took it, and incident #${number} is ${now.status} all the same: look there.`)
  }

  async #idOf(number: number, signal: AbortSignal): Promise<string> {
    const missing = `There is no incident #${number} in PagerDuty.`
    const found = (await this.#vendor.ask('GET', `/incidents/${number}`, { signal, missing })).json(incident).incident
    if (found.status === 'resolved') throw new Error(`Incident #${number} is resolved already.`)
    return found.id
  }

  async #update(id: string, change: object, by: string, signal: AbortSignal) {
    const answer = await this.#vendor.ask('PUT', `/incidents/${encodeURIComponent(id)}`, {
      headers: { from: by },
      body: { incident: { type: 'incident_reference', ...change } },
      signal,
      // The same state twice is as good as once.
      repeatable: true,
    })
    return answer.json(incident).incident
  }
}

const kinds = {
  'incident.triggered': 'triggered',
  'incident.acknowledged': 'acknowledged',
  'incident.unacknowledged': 'unacknowledged',
  'incident.resolved': 'resolved',
  'incident.reopened': 'reopened',
  'incident.reassigned': 'reassigned',
  'incident.escalated': 'escalated',
  'incident.delegated': 'delegated',
} as const

/** What one event tells; undefined where it is of a type that nobody here reads. */
export const pagerDutyTold = ({ event }: (typeof webhook)['_output']): Told | undefined => {
  const kind = Object.entries(kinds).find(([type]) => type === event.event_type)?.[1]
  if (kind === undefined) return undefined
  const { number, title, urgency, assignees } = incidentData.parse(event.data)
  if (kind === 'triggered')
    return { kind, incident: number, severity: urgency === 'low' ? 'WARNING' : 'CRITICAL', title }
  const by = event.agent?.summary ?? ''
  if (!['reassigned', 'escalated'].includes(kind)) return { kind, incident: number, by }
  return { kind, incident: number, by, to: (assignees ?? []).flatMap(({ summary }) => summary || []).join(', ') }
}
