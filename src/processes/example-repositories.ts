import { execFile } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** What stands in the working copy at first, and what somebody has changed since. */
const files: Readonly<Record<string, readonly [before: string, after: string]>> = {
  'README.md': [
    '# VictorOpsProd\n\nWhat runs in production.\n',
    '# VictorOpsProd\n\nWhat runs in production, and where.\n',
  ],
  'src/timeline.js': [
    "export const title = 'Timeline'\nexport const rows = (events) => events.map(({ at, what }) => [at, what].join(' '))\n",
    "export const title = 'Timeline'\nexport const rows = (events) => events.map(({ at, what }) => [at, what].join('  '))\n",
  ],
  'src/alerts.js': [
    'export const isCritical = ({ load }) => load > 0.9\n',
    'export const isCritical = ({ load, limit = 0.9 }) => load > limit\n',
  ],
}

/** What the branch new-stuff brings to the schema of the production database. */
const migrations: Readonly<Record<string, string>> = {
  '0001-incident-severity.sql': [
    "ALTER TABLE incidents ADD COLUMN severity TEXT NOT NULL DEFAULT 'warning' CHECK (severity IN ('warning', 'critical'));",
    "UPDATE incidents SET severity = 'critical' WHERE what LIKE 'Load on prod%';\n",
  ].join('\n'),
  '0002-timelines.sql': [
    'CREATE TABLE timelines (incident INTEGER NOT NULL REFERENCES incidents (id), at TEXT NOT NULL, what TEXT NOT NULL);',
    'CREATE INDEX timelines_by_incident ON timelines (incident, at);\n',
  ].join('\n'),
}

/** What the branch from-dbmate brings: a file of another tool, which would be run here with what undoes it. */
const ofDbmate = [
  '-- migrate:up',
  'ALTER TABLE incidents ADD COLUMN team TEXT;',
  '-- migrate:down',
  'DROP TABLE incidents;\n',
].join('\n')

/**
 * Makes the developers' working copy with three changed files, the schema's with a branch, and the bare repositories
 * that they push to; and the app's with its versions. Remotes are relative paths, so that the data folder can be moved.
 */
export const makeRepositories = async (data: string): Promise<void> => {
  mkdirSync(join(data, 'git'))
  await Promise.all([makeWork(data), makeSchema(data), makeTimeline(data)])
}

const makeWork = async (data: string): Promise<void> => {
  const copy = join(data, 'work', 'devs')
  mkdirSync(join(copy, 'src'), { recursive: true })
  await git(data, 'init', '--quiet', '--bare', '--initial-branch=master', join('git', 'devs.git'))
  await git(copy, 'init', '--quiet', '--initial-branch=master')
  for (const [file, [before]] of Object.entries(files)) writeFileSync(join(copy, file), before)
  await git(copy, 'add', '--all')
  await git(copy, 'commit', '--quiet', '--message', 'Begin VictorOpsProd')
  await git(copy, 'remote', 'add', 'origin', join('..', '..', 'git', 'devs.git'))
  await git(copy, 'push', '--quiet', '--set-upstream', 'origin', 'master')
  for (const [file, [, after]] of Object.entries(files)) writeFileSync(join(copy, file), after)
}

const makeSchema = async (data: string): Promise<void> => {
  const copy = join(data, 'work', 'schema')
  mkdirSync(join(copy, 'migrations'), { recursive: true })
  await git(data, 'init', '--quiet', '--bare', '--initial-branch=master', join('git', 'schema.git'))
  await git(copy, 'init', '--quiet', '--initial-branch=master')
  writeFileSync(join(copy, 'README.md'), '# The schema of production\n\nMigrations, in the order of their names.\n')
  await git(copy, 'add', '--all')
  await git(copy, 'commit', '--quiet', '--message', 'Begin the schema')
  await git(copy, 'switch', '--quiet', '--create', 'new-stuff')
  for (const [file, sql] of Object.entries(migrations)) writeFileSync(join(copy, 'migrations', file), sql)
  await git(copy, 'add', '--all')
  await git(copy, 'commit', '--quiet', '--message', 'Grade incidents, and keep their timelines')
  await git(copy, 'remote', 'add', 'origin', join('..', '..', 'git', 'schema.git'))
  await git(copy, 'switch', '--quiet', '--create', 'from-dbmate')
  writeFileSync(join(copy, 'migrations', '0003-teams.sql'), ofDbmate)
  await git(copy, 'add', '--all')
  await git(copy, 'commit', '--quiet', '--message', 'Give incidents a team')
  await git(copy, 'switch', '--quiet', 'new-stuff')
  await git(copy, 'push', '--quiet', '--set-upstream', 'origin', 'master', 'new-stuff', 'from-dbmate')
}

/** The app that is deployed: a version in production, and the next one with what has changed since. */
const makeTimeline = async (data: string): Promise<void> => {
  const copy = join(data, 'work', 'timeline')
  mkdirSync(copy)
  await git(data, 'init', '--quiet', '--bare', '--initial-branch=master', join('git', 'timeline.git'))
  await git(copy, 'init', '--quiet', '--initial-branch=master')
  const version = async (number: string, ...changes: readonly string[]): Promise<void> => {
    for (const change of changes) await git(copy, 'commit', '--quiet', '--allow-empty', '--message', change)
    await git(copy, 'tag', number)
  }
  await version('2.4.0', 'Begin the timeline')
  await version('2.4.1', 'Show the load beside each incident', 'Keep the fonts that a customer has chosen')
  await git(copy, 'remote', 'add', 'origin', join('..', '..', 'git', 'timeline.git'))
  await git(copy, 'push', '--quiet', '--tags', 'origin', 'master')
}

/** Without the configuration of whoever starts the example: the same everywhere. */
const git = (cwd: string, ...args: readonly string[]) =>
  run('git', [...args], {
    cwd,
    env: {
      PATH: process.env.PATH,
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_AUTHOR_NAME: 'Acme',
      GIT_AUTHOR_EMAIL: 'acme@acme.example',
      GIT_COMMITTER_NAME: 'Acme',
      GIT_COMMITTER_EMAIL: 'acme@acme.example',
    },
  })
