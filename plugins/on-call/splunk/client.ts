import { type Secret, Vendor } from 'foobot'
import type { Duty, Pager, Told } from '../pager.ts'
import { commandResults, onCall, rerouteStatuses, type told } from './wire.ts'

export type SplunkOptions = {
  readonly baseUrl: string
  readonly apiId: Secret
  readonly apiKey: Secret
  readonly timeLimit: number
}

/** Milliseconds: the list of who is on call may be asked for once a minute, so that an answer serves for as long. */
const kept = 60_000

/** Splunk On-Call, once VictorOps. Each address may be called six times a minute: nothing is asked that is not needed. */
export class Splunk implements Pager {
  readonly #vendor: Vendor
  #known: { readonly at: number; readonly duties: Promise<readonly Duty[]> } | undefined

  constructor({ baseUrl, apiId, apiKey, timeLimit }: SplunkOptions) {
    this.#vendor = new Vendor({
      name: 'Splunk On-Call',
      baseUrl,
      timeLimit,
      headers: () => ({ 'x-vo-api-id': apiId.reveal(), 'x-vo-api-key': apiKey.reveal() }),
      refusal: (body) => {
        const { error, message } = (body ?? {}) as Readonly<Record<string, unknown>>
        return [error, message].find((text) => typeof text === 'string')
      },
    })
  }

  acknowledge = (incident: number, by: string, signal: AbortSignal) => this.#command('ack', incident, by, signal)
  resolve = (incident: number, by: string, signal: AbortSignal) => this.#command('resolve', incident, by, signal)

  async reroute(incident: number, to: string, by: string, signal: AbortSignal): Promise<void> {
    const targets = [{ type: 'User', slug: to }]
    const body = { userName: by, reroutes: [{ incidentNumber: String(incident), targets }] }
    const answer = await this.#vendor.ask('POST', '/api-public/v1/incidents/reroute', { body, signal })
    const { statuses } = answer.json(rerouteStatuses)
    const own = statuses.filter(({ incidentNumber }) => incidentNumber === String(incident))
    const status = own.find(({ success }) => !success) ?? own[0]
    const refused = own.flatMap(({ targetStatus }) => targetStatus ?? []).find(({ success }) => !success)
    if (status?.success && !refused) return
    throw notTaken(incident, refused?.message || status?.message, refused && to)
  }

  duties(signal: AbortSignal): Promise<readonly Duty[]> {
    const now = Date.now()
    if (this.#known && now - this.#known.at < kept) return this.#known.duties
    const duties = this.#ask(signal)
    this.#known = { at: now, duties }
    duties.catch(() => {
      this.#known = undefined
    })
    return duties
  }

  async #ask(signal: AbortSignal): Promise<readonly Duty[]> {
    const answer = await this.#vendor.ask('GET', '/api-public/v1/oncall/current', { signal })
    return answer.json(onCall).teamsOnCall.map(({ team, oncallNow }) => ({
      team: team.name,
      people: [...new Set(oncallNow.flatMap(({ users }) => users.map(({ onCalluser }) => onCalluser.username)))],
    }))
  }

  async #command(verb: 'ack' | 'resolve', incident: number, by: string, signal: AbortSignal): Promise<void> {
    const body = { userName: by, incidentNames: [String(incident)] }
    const path = `/api-public/v1/incidents/${verb}`
    const { results } = (await this.#vendor.ask('PATCH', path, { body, signal })).json(commandResults)
    const own = results.filter(({ incidentNumber }) => incidentNumber === String(incident))
    const result = own.find(({ cmdAccepted }) => !cmdAccepted) ?? own[0]
    if (result?.cmdAccepted) return
    throw notTaken(incident, result?.message)
  }
}

/** What stands in an answer that says of itself that all went well. @param whom it is about */
const notTaken = (incident: number, why: string | null | undefined, whom?: string): Error => {
  const said = (why || 'it says nothing more').replace(/\.$/, '')
  return new Error(
    `Splunk On-Call did not take it for #${incident}${whom === undefined ? '' : ` and ${whom}`}: ${said}.`,
  )
}

/** Any other state is taken for the worst, and none can look like another kind of line. */
const severityOf = (state: string): string => (['CRITICAL', 'WARNING', 'INFO'].includes(state) ? state : 'CRITICAL')

/** What our payloads tell. */
export const splunkTold = (event: (typeof told)['_output']): Told => {
  const incident = event.number
  if (event.kind === 'paging') return { kind: 'paging', incident, who: event.user, how: event.methods }
  const { phase, state, title, by } = event
  if (phase === 'UNACKED') return { kind: 'triggered', incident, severity: severityOf(state), title }
  return { kind: phase === 'ACKED' ? 'acknowledged' : 'resolved', incident, by }
}
