import { spawnSync } from 'node:child_process'
import { existsSync, statfsSync } from 'node:fs'
import type { Check, Finding } from './finding.ts'

const oldestNode = 24
/** Bytes of free disk below which it is said, and below which it fails: a log that cannot be written stops everything. */
const scarce = 1024 ** 3
const tooScarce = 100 * 1024 ** 2

/** The programs that Foobot stands on, and room on the disk. */
export const checkMachine: Check = ({ data }) => [
  node(process.versions.node),
  git(),
  ...(existsSync(data) ? [disk(data)] : []),
]

const node = (version: string): Finding =>
  Number(version.split('.')[0]) >= oldestNode
    ? { about: 'node', level: 'ok', say: version }
    : { about: 'node', level: 'fail', say: `${version} is too old: use Node ${oldestNode} or newer.` }

const git = (): Finding => {
  const { status, stdout } = spawnSync('git', ['--version'], { encoding: 'utf8' })
  return status === 0
    ? { about: 'git', level: 'ok', say: stdout.trim().replace(/^git version /, '') }
    : { about: 'git', level: 'fail', say: 'git cannot be run, and the git plugin needs it: install it.' }
}

const disk = (data: string): Finding => {
  const { bavail, bsize } = statfsSync(data)
  const free = bavail * bsize
  const say = `${(free / 1024 ** 3).toFixed(1)} GiB free below ${data}`
  if (free >= scarce) return { about: 'disk', level: 'ok', say }
  return {
    about: 'disk',
    level: free < tooScarce ? 'fail' : 'warn',
    say: `${say}: make room, since nothing runs once the log cannot be written.`,
  }
}
