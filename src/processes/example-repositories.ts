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

/**
 * Makes the developers' working copy with three changed files, and the bare repository that it pushes to. The remote is a
 * relative path, so that the data folder can be moved.
 */
export const makeRepositories = async (data: string): Promise<void> => {
  const copy = join(data, 'work', 'devs')
  mkdirSync(join(data, 'git'))
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
