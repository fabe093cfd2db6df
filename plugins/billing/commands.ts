import {
  type DateOrder,
  date,
  dateOrder,
  dayAt,
  duration,
  endOfDay,
  type Inspected,
  lastDay,
  oneOf,
  plugin,
  seconds,
  secret,
  text,
  timeZone,
  vendorTimeLimit,
  vendorUrl,
  writtenDay,
  z,
} from 'foobot'
import type { Billing, Subscription } from './client.ts'
import { debtsOf, lateReport } from './late.ts'
import { Recurly } from './recurly/client.ts'
import { Stripe } from './stripe/client.ts'

type System = { readonly billing: Billing; readonly zone: string; readonly dateOrder: DateOrder }

const plans = ['Free', 'Pro', 'Enterprise'] as const

/** Who answers for customers, as the company's `owners` maps it. */
const owner = 'support'

/** Days from today that a trial may last, at most: its last day is over before two years are, which is what Stripe takes, and no trial is meant to last longer. */
const longestTrial = 729

const customerOf = (
  customer: string,
  { id, plan, quantity }: Subscription,
  facts: Inspected['facts'] = {},
): Inspected => ({
  type: 'Customer',
  id: customer,
  owner,
  facts: { plan: plan.name, subscription: id, ...(quantity !== undefined && { quantity }), ...facts },
})

/** What people sign with it: the change that it would take the place of, or the end that comes all the same. */
const scheduledIn = ({ scheduled }: Subscription, zone: string): Inspected['facts'] => {
  if (!scheduled) return {}
  const at = scheduled.at ? `on ${dayAt(scheduled.at, zone)}` : 'when its period is over'
  if (scheduled.what === 'end') return { scheduled: `ends ${at}` }
  const of = scheduled.quantity === undefined ? '' : `, quantity ${scheduled.quantity}`
  return { scheduled: `to ${scheduled.plan}${of}, ${at}` }
}

export default plugin('billing', {
  summary: 'Customer accounts, their plans and what they owe',
  config: {
    /** Who keeps the customers. */
    backend: z.enum(['recurly', 'stripe']).default('recurly'),
    /** Where its API is: https://v3.recurly.com, https://v3.eu.recurly.com or https://api.stripe.com. */
    baseUrl: vendorUrl(),
    apiKey: secret(),
    /** The company's time zone, as `America/Denver`: a trial lasts through its days. */
    zone: timeZone(),
    /** How dates are written in answers, and numbers with them. */
    dateOrder: dateOrder(),
    /**
     * What counts the users that a customer pays for: the code of an add-on in Recurly, the lookup key of a price in Stripe.
     * Without it, the quantity of the subscription itself.
     */
    userAddOn: z.string().min(1).optional(),
    timeLimit: vendorTimeLimit(),
  },
  connect: ({ backend, baseUrl, timeLimit, apiKey, zone, dateOrder, userAddOn }): System => {
    const [at, key] = [{ baseUrl, timeLimit }, () => apiKey.reveal()]
    const billing = backend === 'recurly' ? new Recurly(at, key, userAddOn) : new Stripe(at, key, plans, userAddOn)
    return { billing, zone, dateOrder }
  },
  commands: (command) => [
    command('upgrade <customer> to <plan>', {
      summary: 'Move a customer to another plan, at once',
      tier: 'sensitive',
      args: { customer: text(), plan: oneOf(...plans) },
      example: 'upgrade AcmeOps to Pro',
      exclusive: true,
      async inspect({ args: { customer, plan }, system, signal }) {
        const subscription = await system.billing.subscriptionOf(customer, signal)
        const { code } = subscription.plan
        if (code === plan.toLowerCase() && subscription.scheduled?.what !== 'change')
          throw new Error(`${customer} has the plan ${plan} already.`)
        return customerOf(customer, subscription, scheduledIn(subscription, system.zone))
      },
      async run({ args: { customer, plan }, system, resource, signal }) {
        const { subscription, quantity, plan: before } = resource.facts
        const seen = { id: String(subscription), ...(typeof quantity === 'number' && { quantity }) }
        await system.billing.changePlan(seen, plan.toLowerCase(), signal)
        if (before === plan) return `${customer} stays at ${plan}: the change that was scheduled is taken back.`
        return `Upgraded ${customer} to ${plan === 'Enterprise' ? 'an' : 'a'} ${plan} account!`
      },
    }),
    command('extend trial <customer> <until>', {
      summary: 'Let a customer’s trial last through a day',
      tier: 'member',
      args: { customer: text(), until: date() },
      example: 'extend trial AcmeOps 05/31/27',
      exclusive: true,
      async inspect({ args: { customer, until }, system: { billing, zone, dateOrder }, signal }) {
        const subscription = await billing.subscriptionOf(customer, signal)
        if (!subscription.trialEnds) throw new Error(`${customer} is not on trial: there is nothing to extend.`)
        const through = lastDay(subscription.trialEnds, zone)
        if (until < through)
          throw new Error(`${customer} is on trial through ${writtenDay(through, dateOrder)}: I only extend it.`)
        const latest = lastDay(new Date(Date.now() + longestTrial * 86_400_000), zone)
        if (until > latest)
          throw new Error(
            `A trial ends within two years, by ${writtenDay(latest, dateOrder)}, and not on ${writtenDay(until, dateOrder)}: say an earlier day.`,
          )
        return customerOf(customer, subscription, { trialThrough: through, ...scheduledIn(subscription, zone) })
      },
      async run({ args: { customer, until }, system: { billing, zone, dateOrder }, resource, signal }) {
        const extended = await billing.extendTrial(String(resource.facts.subscription), endOfDay(until, zone), signal)
        if (!extended.trialEnds) throw new Error(`${customer} is no longer on trial: look in ${billing.name}.`)
        const through = lastDay(extended.trialEnds, zone)
        const written = writtenDay(through, dateOrder)
        if (through !== until) throw new Error(`${customer} is on trial through ${written}: look in ${billing.name}.`)
        return `${customer} is all good through ${written}`
      },
    }),
    command('Paid-Users <customer...>', {
      summary: 'Say how many users a customer pays for',
      tier: 'member',
      args: { customer: text() },
      example: 'Paid-Users AcmeOps',
      async run({ args: { customer }, system: { billing, dateOrder }, signal }) {
        const users = await billing.paidUsers(customer, signal)
        const written = users.toLocaleString(dateOrder === 'month-first' ? 'en-US' : 'en-GB')
        return `According ${billing.name}, ${customer} has ${written} paid ${users === 1 ? 'user' : 'users'}`
      },
    }),
    command('Late-Invoices [-<age>]', {
      summary: 'List who owes invoices that are overdue for so long, or at all',
      tier: 'member',
      args: { age: duration() },
      example: 'Late-Invoices -30d',
      cancellable: true,
      timeLimit: 600,
      async run({ args: { age }, system: { billing, dateOrder }, signal, progress }) {
        const now = new Date()
        const dueBy = new Date(now.getTime() - (age === undefined ? 0 : seconds(age) * 1000))
        let pages = 0
        const debts = await debtsOf(billing.lateInvoices(dueBy, signal), (read) => {
          pages += 1
          if (pages > 1) progress(`${read} late invoices read`)
        })
        return lateReport(billing, debts, age, { now, dateOrder })
      },
    }),
  ],
})
