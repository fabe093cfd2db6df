import { oneOf, plugin, text, z } from 'foobot'

/** Accounts in memory: what the example of the authors' page does. */
class Billing {
  readonly #plans: Map<string, string>
  constructor(plans: Readonly<Record<string, string>>) {
    this.#plans = new Map(Object.entries(plans))
  }
  plan(customer: string): { plan: string } {
    const plan = this.#plans.get(customer)
    if (plan === undefined) throw new Error(`There is no customer ${customer}.`)
    return { plan }
  }
  changePlan(customer: string, plan: string): void {
    this.#plans.set(customer, plan)
  }
}

export default plugin('billing', {
  summary: 'Customer accounts and their plans',
  config: { plans: z.record(z.string(), z.string()) },
  connect: ({ plans }) => new Billing(plans),
  commands: (command) => [
    command('plan of <customer>', {
      summary: 'Say what plan a customer has',
      tier: 'open',
      args: { customer: text() },
      run: ({ args, system }) => `${args.customer} has the plan ${system.plan(args.customer).plan}.`,
    }),
    command('upgrade <customer> to <plan>', {
      summary: 'Move a customer to another plan',
      tier: 'member',
      args: { customer: text(), plan: oneOf('Free', 'Pro', 'Enterprise') },
      inspect: ({ args, system }) => ({
        type: 'Customer',
        id: args.customer,
        owner: 'support',
        facts: system.plan(args.customer),
      }),
      run: ({ args, system, resource }) => {
        system.changePlan(args.customer, args.plan)
        return `Upgraded ${args.customer} from ${resource.facts.plan} to a ${args.plan} account!`
      },
    }),
  ],
})
