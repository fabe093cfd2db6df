import {
  type DateOrder,
  date,
  dateOrder,
  endOfDay,
  type Inspected,
  lastDay,
  oneOf,
  plugin,
  secret,
  text,
  timeZone,
  writtenDay,
  z,
} from 'foobot'
import { Billing } from './client.ts'
import type { Subscription } from './wire.ts'

type System = { readonly billing: Billing; readonly zone: string; readonly dateOrder: DateOrder }

/** Who answers for customers, as the company's `owners` maps it. */
const owner = 'support'

const customerOf = (customer: string, { id, plan }: Subscription, facts: Inspected['facts'] = {}): Inspected => ({
  type: 'Customer',
  id: customer,
  owner,
  facts: { plan: plan.name, subscription: id, ...facts },
})

/** The last day of the trial: while it lasts, it is the period that ends next. */
const trialOf = ({ trial_ends_at, current_period_ends_at }: Subscription, zone: string): string | undefined =>
  trial_ends_at !== null && trial_ends_at === current_period_ends_at
    ? lastDay(new Date(trial_ends_at), zone)
    : undefined

/** An API key goes over the wire: in the clear to this machine alone. */
const isSafe = (text: string): boolean => {
  const { protocol, hostname } = new URL(text)
  return protocol === 'https:' || ['localhost', '127.0.0.1', '[::1]'].includes(hostname)
}

export default plugin('billing', {
  summary: 'Customer accounts and their plans',
  config: {
    /** Where Recurly's API is: https://v3.recurly.com, or https://v3.eu.recurly.com. */
    baseUrl: z.url().refine(isSafe, 'must be https, but on this machine'),
    apiKey: secret(),
    /** The company's time zone, as `America/Denver`: a trial lasts through its days. */
    zone: timeZone(),
    /** How dates are written in answers. */
    dateOrder: dateOrder(),
  },
  connect: ({ baseUrl, apiKey, zone, dateOrder }): System => ({
    billing: new Billing(baseUrl, apiKey),
    zone,
    dateOrder,
  }),
  commands: (command) => [
    command('upgrade <customer> to <plan>', {
      summary: 'Move a customer to another plan, at once',
      tier: 'sensitive',
      args: { customer: text(), plan: oneOf('Free', 'Pro', 'Enterprise') },
      example: 'upgrade AcmeOps to Pro',
      exclusive: true,
      async inspect({ args: { customer, plan }, system, signal }) {
        const subscription = await system.billing.subscriptionOf(customer, signal)
        if (subscription.plan.code === plan.toLowerCase()) throw new Error(`${customer} has the plan ${plan} already.`)
        return customerOf(customer, subscription)
      },
      async run({ args: { customer, plan }, system, resource, signal }) {
        await system.billing.changePlan(String(resource.facts.subscription), plan.toLowerCase(), signal)
        return `Upgraded ${customer} to a ${plan} account!`
      },
    }),
    command('extend trial <customer> <until>', {
      summary: 'Let a trial last through a later day',
      tier: 'member',
      args: { customer: text(), until: date() },
      example: 'extend trial AcmeOps 05/31/15',
      exclusive: true,
      async inspect({ args: { customer, until }, system: { billing, zone, dateOrder }, signal }) {
        const subscription = await billing.subscriptionOf(customer, signal)
        const through = trialOf(subscription, zone)
        if (through === undefined) throw new Error(`${customer} is not on trial: there is nothing to extend.`)
        if (until < through)
          throw new Error(`${customer} is on trial through ${writtenDay(through, dateOrder)}: I only extend it.`)
        return customerOf(customer, subscription, { trialThrough: through })
      },
      async run({ args: { customer, until }, system: { billing, zone, dateOrder }, resource, signal }) {
        const extended = await billing.billNext(String(resource.facts.subscription), endOfDay(until, zone), signal)
        const through = trialOf(extended, zone)
        if (through === undefined) throw new Error(`${customer} is no longer on trial: look in Recurly.`)
        return `${customer} is all good through ${writtenDay(through, dateOrder)}`
      },
    }),
  ],
})
