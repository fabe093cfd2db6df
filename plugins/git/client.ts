import { realpathSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { oneLine, type Program, type ProgramResult } from 'foobot'
import { Terminal } from './terminal.ts'

/** Who a commit is by. */
export type Author = { readonly name: string; readonly email: string }

/** What a signer must know of a working copy. The commit is not among it: commands themselves move it. */
export type Place = { readonly branch: string; readonly remote?: string }

/** Settings that win over those of the repository: nothing there may choose a program to run. */
const settings = [
  'core.hooksPath=/dev/null',
  'core.fsmonitor=false',
  'core.pager=cat',
  'core.editor=false',
  'core.askPass=',
  'commit.gpgSign=false',
  'push.gpgSign=false',
  'push.default=simple',
  'push.recurseSubmodules=no',
  'submodule.recurse=false',
  'log.showSignature=false',
  'gc.auto=0',
  'maintenance.auto=false',
  'color.ui=false',
  'protocol.allow=never',
  'protocol.file.allow=always',
  'protocol.ssh.allow=always',
  'protocol.https.allow=always',
]

const environment = {
  LC_ALL: 'C',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_TERMINAL_PROMPT: '0',
  GIT_SSH_COMMAND: 'ssh -oBatchMode=yes',
  GIT_PAGER: 'cat',
}

/** One working copy, worked by the real git. */
export class WorkingCopy {
  readonly #path: string
  readonly #program: Program

  constructor(path: string, program: Program) {
    this.#path = path
    this.#program = program
  }

  /** @throws with git's words where it is no working copy, or on no branch */
  async place(): Promise<Place> {
    const branch = await this.#line(['symbolic-ref', '--short', 'HEAD'])
    const upstream = await this.#git(['config', '--get', `branch.${branch}.remote`])
    const name = upstream.code === 0 ? upstream.stdout.trim() : 'origin'
    const url = await this.#git(['remote', 'get-url', '--push', name])
    return { branch: oneLine(branch), ...(url.code === 0 && { remote: oneLine(withoutPassword(url.stdout.trim())) }) }
  }

  /** Commits all changes of tracked files. The message is read from standard input: it cannot be an option. */
  async commit(message: string, trailer: string, { name, email }: Author): Promise<string> {
    const person = {
      GIT_AUTHOR_NAME: name,
      GIT_AUTHOR_EMAIL: email,
      GIT_COMMITTER_NAME: name,
      GIT_COMMITTER_EMAIL: email,
    }
    // With `--all`, git would take a conflict that nobody resolved for resolved; without, it refuses in its own words.
    const inConflict = (await this.#words(['ls-files', '--unmerged'])) !== ''
    const all = inConflict ? [] : ['--all']
    return this.#words(['commit', ...all, '--cleanup=whitespace', '--file=-'], {
      env: person,
      stdin: `${message}\n\n${trailer}\n`,
    })
  }

  /** @param onProgress hears each line while git still moves it, with how much is done, from 0 to 1 */
  async push(onProgress: (line: string, part?: number) => void): Promise<string> {
    const terminal = new Terminal(onProgress)
    const result = await this.#git(['push', '--progress'], { onStderr: (text) => terminal.write(text), timeLimit: 600 })
    const said = terminal.lines()
    if (result.code === 0) return said.join('\n')
    throw new Error(linesOf(said.filter((line) => !isMoving(line))) || `git push ended with ${result.code}.`)
  }

  status(): Promise<string> {
    return this.#words(['status', '--ignore-submodules=dirty'])
  }

  log(): Promise<string> {
    return this.#words(['log', '--max-count=10', '--no-ext-diff', '--no-textconv'])
  }

  diff(): Promise<string> {
    return this.#words(['diff', '--no-ext-diff', '--no-textconv', '--ignore-submodules=dirty'])
  }

  async #line(args: readonly string[]): Promise<string> {
    return (await this.#words(args)).trim()
  }

  /** What git says. @throws with what git says where it fails */
  async #words(args: readonly string[], options: Parameters<Program>[2] = {}): Promise<string> {
    const { code, stdout, stderr } = await this.#git(args, options)
    if (code === 0) return stdout.trimEnd()
    throw new Error(linesOf(`${stderr}${stdout}`.split('\n')) || `git ${args[0]} ended with ${code}.`)
  }

  #git(args: readonly string[], options: Parameters<Program>[2] = {}): Promise<ProgramResult> {
    const all = [...settings, `safe.directory=${this.#path}`]
    return this.#program('git', [...all.flatMap((setting) => ['-c', setting]), ...args], {
      ...options,
      cwd: this.#path,
      // Where this folder is no repository, one above it is not taken for it.
      env: { ...environment, GIT_CEILING_DIRECTORIES: dirname(this.#path), ...options.env },
    })
  }
}

/**
 * The real path of a folder that holds a working copy.
 * @throws where there is none
 */
export const workingCopyAt = (path: string): string => {
  const folder = realpathSync(path)
  statSync(join(folder, '.git'))
  return folder
}

/** What git says in so many lines, and in no more: a remote, a file or a branch may be called anything. */
const linesOf = (said: readonly string[]): string => said.map(oneLine).join('\n').trim()

/** A line that only tells how far git is. */
const isMoving = (line: string): boolean => /^(remote: )?[A-Z][a-z]+ing objects: |^Delta compression using /.test(line)

const withoutPassword = (url: string): string => url.replace(/^([a-z+]+:\/\/)[^/@]*@/i, '$1')
