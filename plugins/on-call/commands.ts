import {
  type Block,
  hmacSha256,
  person,
  plugin,
  type Sayable,
  secret,
  sharedSecret,
  vendorTimeLimit,
  vendorUrl,
  z,
} from 'foobot'
import { type Duty, type Pager, sentenceOf } from './pager.ts'
import { PagerDuty, pagerDutyTold } from './pagerduty/client.ts'
import { occurred, webhook as pagerDutyWebhook } from './pagerduty/wire.ts'
import { Splunk, splunkTold } from './splunk/client.ts'
import { told } from './splunk/wire.ts'

/** Which service wakes people, and how it is reached. */
const backend = z.discriminatedUnion('name', [
  z.strictObject({
    name: z.literal('splunk'),
    /** https://api.victorops.com */
    baseUrl: vendorUrl().default('https://api.victorops.com'),
    apiId: secret(),
    apiKey: secret(),
  }),
  z.strictObject({
    name: z.literal('pagerduty'),
    /** https://api.pagerduty.com, or https://api.eu.pagerduty.com */
    baseUrl: vendorUrl().default('https://api.pagerduty.com'),
    token: secret(),
  }),
])

type System = {
  readonly pager: Pager
  /** The name that a person has there. */
  readonly nameOf: (person: string | undefined) => string
  /** Whether the webhook is heard, which then tells the room what happened. */
  readonly isHeard: boolean
}

const nameIn =
  (users: Readonly<Record<string, string>>) =>
  (id: string | undefined): string => {
    if (id === undefined) throw new Error('I do not know who you are here.')
    return (Object.hasOwn(users, id) ? users[id] : undefined) ?? id
  }

/** Teams that are shown, and that are named where one is not known. */
const most = { shown: 50, named: 20 }

const shown = (duties: readonly Duty[]): readonly Block[] => {
  const rows = duties.slice(0, most.shown).map(({ team, people }) => [team, people.join(', ') || 'nobody'])
  const table: Block = { type: 'table', columns: ['team', 'on call'], rows }
  if (rows.length === duties.length) return [table]
  const text = `The first ${rows.length} of ${duties.length.toLocaleString('en-US')} teams; "who is on call TEAM" shows another:`
  return [{ type: 'text', text }, table]
}

/** Teams whose name holds what was asked for, in any case. */
const named = (duties: readonly Duty[], team: string): readonly Duty[] => {
  const exact = duties.filter((duty) => duty.team.toLowerCase() === team.toLowerCase())
  if (exact.length > 0) return exact
  const near = duties.filter((duty) => duty.team.toLowerCase().includes(team.toLowerCase()))
  if (near.length > 0) return near
  const names = duties.slice(0, most.named).map((duty) => duty.team)
  const others = duties.length - names.length
  const rest = others === 0 ? '' : ` and ${others.toLocaleString('en-US')} others`
  throw new Error(`There is no team ${team}: ${names.join(', ') || 'nobody is on call'}${rest}.`)
}

export default plugin('on-call', {
  summary: 'Incidents, and who is on call',
  config: {
    backend,
    /** What proves that a webhook is the service's; without it none is heard. */
    webhookSecret: secret().optional(),
    /** Person to the name that they have there, where it is another: in PagerDuty an e-mail address. */
    users: z.record(z.string(), z.string().min(1)).default({}),
    timeLimit: vendorTimeLimit(),
  },
  connect: ({ backend, webhookSecret, users, timeLimit }): System => ({
    pager: backend.name === 'splunk' ? new Splunk({ ...backend, timeLimit }) : new PagerDuty({ ...backend, timeLimit }),
    nameOf: nameIn(users),
    isHeard: webhookSecret !== undefined,
  }),
  commands: (command) => [
    command('ack #<incident:int>', {
      summary: 'Take an incident: nobody else is woken for it',
      tier: 'member',
      example: 'ack #8689',
      async run({ args: { incident }, system: { pager, nameOf, isHeard }, requester, signal }) {
        const by = nameOf(requester?.id)
        await pager.acknowledge(incident, by, signal)
        return isHeard ? undefined : sentenceOf({ kind: 'acknowledged', incident, by })
      },
    }),
    command('resolve #<incident:int>', {
      summary: 'Say that an incident is over',
      tier: 'member',
      example: 'resolve #8689',
      async run({ args: { incident }, system: { pager, nameOf, isHeard }, requester, signal }) {
        const by = nameOf(requester?.id)
        await pager.resolve(incident, by, signal)
        return isHeard ? undefined : sentenceOf({ kind: 'resolved', incident, by })
      },
    }),
    command('reroute #<incident:int> to <person>', {
      summary: 'Have somebody else woken for an incident',
      tier: 'member',
      args: { person: person() },
      example: 'reroute #8689 to bianca',
      async run({ args: { incident, person: to }, system: { pager, nameOf }, requester, signal }) {
        await pager.reroute(incident, nameOf(to), nameOf(requester?.id), signal)
        return `#${incident} goes to ${to}.`
      },
    }),
    command('who is on call [<team...>]', {
      summary: 'Who is woken, for each team or for one',
      tier: 'member',
      example: 'who is on call',
      async run({ args: { team }, system: { pager }, signal }) {
        const all = await pager.duties(signal)
        if (team === undefined && all.length === 0) return 'Nobody is on call.'
        const duties = team === undefined ? all : named(all, team)
        const [only, ...others] = duties
        if (!only || others.length > 0) return shown(duties)
        return only.people.length === 0
          ? `Nobody is on call for ${only.team}.`
          : `${only.people.join(', ')} ${only.people.length === 1 ? 'is' : 'are'} on call for ${only.team}.`
      },
    }),
  ],
  webhooks: (webhook) => [
    webhook('on-call', {
      summary: 'Incidents as they come, are taken and are over, and who is woken',
      verify: ({ backend, webhookSecret }) => {
        if (!webhookSecret) return undefined
        if (backend.name === 'splunk') return sharedSecret({ header: 'x-foobot-secret', secret: webhookSecret })
        return hmacSha256({
          header: 'x-pagerduty-signature',
          prefix: 'v1=',
          secret: webhookSecret,
          occurred: {
            at: (body) => {
              const read = occurred.safeParse(body)
              return read.success ? Date.parse(read.data.event.occurred_at) : undefined
            },
          },
        })
      },
      on: ({ event, system }): Sayable | undefined => {
        const said =
          system.pager instanceof Splunk ? splunkTold(event.json(told)) : pagerDutyTold(event.json(pagerDutyWebhook))
        return said && sentenceOf(said)
      },
    }),
  ],
})
