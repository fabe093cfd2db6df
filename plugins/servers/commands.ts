import { type Inspected, person, plugin, secret, vendorTimeLimit, vendorUrl } from 'foobot'
import { Inventory } from './client.ts'

/** Seconds that a rebuild may take before nobody waits for it. */
const patience = 3600

const minutes = (seconds: number): string => {
  const count = Math.max(1, Math.round(seconds / 60))
  return count === 1 ? '1 minute' : `${count} minutes`
}

/** A fact that was text when it was inspected. */
const fact = ({ facts }: Pick<Inspected, 'facts'>, name: string): string => String(facts[name])

export default plugin('servers', {
  summary: 'Servers, and who may reach what',
  config: {
    /** Where the inventory is. */
    baseUrl: vendorUrl(),
    token: secret(),
    timeLimit: vendorTimeLimit(),
  },
  connect: ({ baseUrl, timeLimit, token }) => new Inventory({ baseUrl, timeLimit }, () => token.reveal()),
  commands: (command) => [
    command('rebuild <server:word> role=<role:word>', {
      summary: 'Wipe a server and build it anew in a role',
      tier: 'dangerous',
      example: 'rebuild svr-1827 role=web',
      exclusive: true,
      timeLimit: patience,
      async inspect({ args, system, signal }) {
        const [{ name, role }, roles] = await Promise.all([system.server(args.server, signal), system.roles(signal)])
        if (!roles.includes(args.role)) throw new Error(`There is no role ${args.role}: ${roles.join(', ')}.`)
        const say = `${name} currently has role ${role}.`
        return { type: 'Server', id: name, owner: role, facts: { role }, say }
      },
      async run({ args: { role }, system, resource, say, progress, signal }) {
        const { id } = resource
        const job = await system.rebuild(id, { role, from: fact(resource, 'role') }, signal)
        say(`Rebuilding ${id} as role ${role}. See you in ${minutes(job.seconds)}...`)
        await system.done(job, (step, part) => progress(`${id}: ${step}`, part), signal)
        return `${id} successfully rebuilt as role ${role}!`
      },
    }),
    command('acl add <person> to <resource:word>', {
      summary: 'Let somebody reach a resource',
      tier: 'critical',
      args: { person: person() },
      example: 'acl add bianca to prod-db',
      exclusive: true,
      async inspect({ args: { person: who, resource }, system, signal }) {
        const { name, owner, grants, people } = await system.resource(resource, signal)
        if (people.includes(who)) throw new Error(`${who} has access to ${name} already.`)
        return { type: 'Resource', id: name, owner, facts: { grants }, say: `Access to ${name} is to ${grants}.` }
      },
      async run({ args: { person: who }, system, resource, signal }) {
        await system.admit(resource.id, who, signal)
        return `${who} now has access to ${resource.id}.`
      },
    }),
  ],
})
