import { appendFileSync, readFileSync } from 'node:fs'
import { oneOf, plugin, z } from 'foobot'

/** What stands in the file that `rebuild` and `acl add` act on. */
export type Target = { readonly role: string; readonly owner: string }

/** Commands of every tier that do one thing: each execution is a line in a file. */
export default plugin('canary', {
  summary: 'It sings where something was run',
  config: { sings: z.string(), target: z.string() },
  connect: ({ sings, target }) => ({
    sing: (text: string): void => appendFileSync(sings, `${text}\n`),
    target: (): Target => JSON.parse(readFileSync(target, 'utf8')),
  }),
  commands: (command) => [
    command('wave', {
      summary: 'Wave',
      tier: 'open',
      run: ({ system }) => {
        system.sing('wave')
        return 'Hello!'
      },
    }),
    command('note <what:word>', {
      summary: 'Note a word',
      tier: 'member',
      run: ({ args, system }) => {
        system.sing(`note ${args.what}`)
        return 'Noted.'
      },
    }),
    command('pay <amount:number> [<currency>]', {
      summary: 'Pay an amount',
      tier: 'member',
      args: { currency: oneOf('EUR', 'USD') },
      run: ({ args, system }) => {
        system.sing(`pay ${args.amount}`)
        return 'Paid.'
      },
    }),
    command('upgrade <customer:word> to <plan>', {
      summary: 'Move a customer to another plan',
      tier: 'sensitive',
      args: { plan: oneOf('Free', 'Pro') },
      run: ({ args, system }) => {
        system.sing(`upgrade ${args.customer} to ${args.plan}`)
        return 'Upgraded.'
      },
    }),
    command('migrate <branch:word>', {
      summary: 'Migrate the database',
      tier: 'sensitive',
      run: ({ args, system }) => {
        system.sing(`migrate ${args.branch}`)
        return 'Migrated.'
      },
    }),
    command('rebuild <server:word> role=<role:word>', {
      summary: 'Rebuild a server',
      tier: 'dangerous',
      inspect: ({ args, system }) => {
        const { role, owner } = system.target()
        return { type: 'Server', id: args.server, owner, facts: { role } }
      },
      run: ({ args, system }) => {
        system.sing(`rebuild ${args.server} role=${args.role}`)
        return 'Rebuilt.'
      },
    }),
    command('grant <who:word> <right:word>', {
      summary: 'Grant a right',
      tier: 'critical',
      inspect: ({ system }) => ({ type: 'List', id: 'rights', owner: system.target().owner, facts: {} }),
      run: ({ args, system }) => {
        system.sing(`grant ${args.who} ${args.right}`)
        return 'Granted.'
      },
    }),
  ],
})
