import { plugin, z } from 'foobot'
import { Repository } from './branch.ts'
import { Migrations } from './client.ts'

const counted = (names: readonly string[]): string =>
  `${names.length} ${names.length === 1 ? 'migration' : 'migrations'} (${names.join(', ')})`

export default plugin('migrations', {
  summary: 'The schemas of databases',
  config: {
    /** The folder of a git repository on the runner's machine. */
    repository: z.string().min(1),
    /** Where the migrations are in it. */
    folder: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]*(\/[A-Za-z0-9][A-Za-z0-9._-]*)*$/),
    /** Environment to SQLite file. */
    databases: z.record(z.string().min(1), z.string().min(1)),
    /** Who answers for the databases, as the company's `owners` maps it. */
    owner: z.string().min(1).max(128),
  },
  connect: ({ repository, folder, databases, owner }) => ({
    migrations: new Migrations(new Repository(repository, folder), databases),
    owner,
  }),
  commands: (command) => [
    command('db migrate <environment:word> <branch:word> [-dry-run]', {
      summary: 'Apply the migrations of a branch to a database, all or none',
      tier: 'sensitive',
      example: 'db migrate prod new-stuff -dry-run',
      exclusive: true,
      cancellable: true,
      timeLimit: 3600,
      async inspect({ args: { environment, branch }, system: { migrations, owner }, program }) {
        const commit = await migrations.repository.commitOf(branch, program)
        const pending = (await migrations.pending(environment, commit, program)).map(({ name }) => name)
        return { type: 'Database', id: environment, owner, facts: { commit, pending } }
      },
      async run({ args: { environment, branch, dryRun }, system, resource, code, say, progress, program }) {
        const { migrations } = system
        const commit = String(resource.facts.commit)
        say(`${dryRun ? 'Trying' : 'Executing'} DB migration in ${environment} for branch ${branch}.`)
        const pending = await migrations.pending(environment, commit, program)
        const names = pending.map(({ name }) => name)
        if (String(names) !== String(resource.facts.pending))
          throw new Error(`${environment} has been migrated since you asked: say it again.`)
        await migrations.apply(environment, { commit, code, dryRun, migrations: pending }, progress, program)
        if (dryRun) return `${counted(names)} would apply to ${environment}. Nothing was changed.`
        return `${environment} is at ${commit.slice(0, 12)}: ${counted(names)} applied.`
      },
    }),
  ],
})
