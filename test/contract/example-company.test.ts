import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import migrations from '../../plugins/migrations/commands.ts'
import { readRunnerConfig } from '../../src/config/runner.ts'
import { makeExample } from '../../src/processes/example.ts'
import { handlersOf } from '../plugin.fixture.ts'

describe('the example company, as it is made', () => {
  const folder = mkdtempSync(join(tmpdir(), 'foobot-example-'))
  const data = join(folder, 'data')
  beforeAll(() => makeExample(data))
  afterAll(() => rmSync(folder, { recursive: true }))

  const configOf = (runner: string, plugin: string): unknown =>
    readRunnerConfig(join(data, 'runners', runner, 'runner.yaml')).plugins.find(({ path }) => path.endsWith(plugin))
      ?.config

  it('has a branch that production’s database can be migrated to', async () => {
    const { run } = await handlersOf(migrations, configOf('operations', '/migrations'))
    const { resource, answer } = await run('db migrate', { environment: 'prod', branch: 'new-stuff', dryRun: false })
    const named = execFileSync('git', ['-C', join(data, 'git', 'schema.git'), 'rev-parse', 'new-stuff'])
    expect(resource).toMatchObject({ owner: 'dba', facts: { commit: named.toString().trim() } })
    expect(answer).toContain('2 migrations')
    const database = new DatabaseSync(join(data, 'databases', 'prod.sqlite'), { readOnly: true })
    expect(database.prepare('SELECT severity FROM incidents WHERE id = 8689').get()).toEqual({ severity: 'critical' })
    database.close()
  })

  it('keeps its runners’ files to their user', () => {
    for (const runner of ['business', 'delivery', 'operations'])
      expect(statSync(join(data, 'runners', runner, 'runner.yaml')).mode & 0o777).toBe(0o600)
  })
})
