import { realpathSync } from 'node:fs'
import { dirname } from 'node:path'
import { cut, oneLine, type Program } from 'foobot'
import type { Build } from './wire.ts'

/** What runs in an environment, by the builds of the job that deploys there. */
export type Present = {
  /** Absent where nothing was ever deployed there, as far as Jenkins remembers. */
  readonly version?: string
  /** A newer deployment that did not end well: nobody knows what runs since. */
  readonly lastTry?: string
}

/** @throws where something is being deployed there right now */
export const presentIn = (environment: string, builds: readonly Build[]): Present => {
  const there = builds.filter((build) => parameter(build, 'ENVIRONMENT') === environment)
  const [newest] = there
  if (newest?.building) throw new Error(`${environment} is being deployed to right now (#${newest.number}).`)
  const good = there.find(({ result }) => result === 'SUCCESS')
  const version = good && parameter(good, 'VERSION')
  const bad = newest === good ? undefined : newest
  return {
    ...(version !== undefined && { version }),
    ...(bad && { lastTry: `${parameter(bad, 'VERSION') ?? 'something'} (#${bad.number}) ${bad.result}` }),
  }
}

const parameter = ({ actions }: Build, name: string): string | undefined => {
  const found = actions.flatMap((action) => action?.parameters ?? []).find((one) => one.name === name)
  return typeof found?.value === 'string' && found.value !== '' ? oneLine(found.value) : undefined
}

/** Code units of one change that are read. */
const longest = 100

const environmentOfGit = {
  LC_ALL: 'C',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_TERMINAL_PROMPT: '0',
  GIT_NO_LAZY_FETCH: '1',
}

/** The repository of an app, whose versions are its tags; read by the real git and never changed. */
export class Versions {
  readonly #path: string

  /** @throws where there is no such path */
  constructor(path: string) {
    this.#path = realpathSync(path)
  }

  /** The commit that a version names; undefined where there is no such tag. */
  async commitOf(version: string, program: Program): Promise<string | undefined> {
    const found = await this.#git(program, [
      'show-ref',
      '--verify',
      '--dereference',
      '--hash',
      '--',
      `refs/tags/${version}`,
    ])
    // Of an annotated tag the last line is the commit, with the tag's name behind it.
    return found.code === 0 ? found.stdout.trim().split('\n').at(-1)?.split(' ')[0] : undefined
  }

  /** What a version brings (`+`) and takes away (`-`) where another commit was before, the newest first. */
  async changes(from: string, to: string, program: Program): Promise<readonly string[]> {
    const range = `${from}...${to}`
    const { code, stdout, stderr } = await this.#git(program, ['log', '--left-right', '--format=%m %h %s', range, '--'])
    if (code !== 0) throw new Error(oneLine(stderr) || `git log ended with ${code}.`)
    const all = stdout.split('\n').filter((line) => line !== '')
    return all.map(oneLine).map((line) => cut(`${line.startsWith('>') ? '+' : '-'}${line.slice(1)}`, longest))
  }

  #git(program: Program, args: readonly string[]) {
    const settings = ['core.fsmonitor=false', 'protocol.allow=never', `safe.directory=${this.#path}`]
    const all = ['--no-replace-objects', ...settings.flatMap((setting) => ['-c', setting]), ...args]
    const env = { ...environmentOfGit, GIT_CEILING_DIRECTORIES: dirname(this.#path) }
    return program('git', all, { cwd: this.#path, env })
  }
}

/** As many as there is room for in so many bytes of JSON, and how many there are besides. */
export const fitting = (lines: readonly string[], most: number): readonly string[] => {
  let bytes = 0
  const fit = lines.findIndex((line) => {
    bytes += Buffer.byteLength(JSON.stringify(line)) + 1
    return bytes > most
  })
  return fit < 0 ? lines : [...lines.slice(0, fit), `and ${lines.length - fit} more`]
}
