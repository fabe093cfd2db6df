import { createHash } from 'node:crypto'
import { realpathSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Program } from 'foobot'
import { type Migration, name } from './wire.ts'

/** A file of a commit: git's name of its content stands for the content. */
export type File = Omit<Migration, 'sql'>

const environment = {
  LC_ALL: 'C',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_TERMINAL_PROMPT: '0',
  // What is missing is not fetched from anywhere.
  GIT_NO_LAZY_FETCH: '1',
}

/** The repository that migrations come from, read by the real git and never changed. */
export class Repository {
  readonly #path: string
  readonly #folder: string

  /**
   * @param folder of the migrations within the repository
   * @throws where there is no such path
   */
  constructor(path: string, folder: string) {
    this.#path = realpathSync(path)
    this.#folder = folder
  }

  /** The commit that a branch names now. The name is taken as it is: nothing in it leads to another commit. */
  async commitOf(branch: string, program: Program): Promise<string> {
    const found = await this.#git(program, ['show-ref', '--verify', '--hash', '--', `refs/heads/${branch}`])
    if (found.code !== 0) throw new Error(`There is no branch ${branch}.`)
    return found.stdout.trim()
  }

  /** The migrations of a commit, in the order of their names. */
  async files(commit: string, program: Program): Promise<readonly File[]> {
    const tree = await this.#git(program, ['ls-tree', '-z', '--full-tree', commit, '--', `${this.#folder}/`])
    if (tree.code !== 0) throw new Error(tree.stderr.trim() || `git ls-tree ended with ${tree.code}.`)
    const entries = tree.stdout.split('\0').filter((line) => line.endsWith('.sql'))
    return entries.map(fileOf).toSorted((a, b) => (a.name < b.name ? -1 : 1))
  }

  /** The text of a file. What is read is what the commit names: its digest is worked out again here. */
  async read(file: File, program: Program): Promise<Migration> {
    const { code, stdout } = await this.#git(program, ['cat-file', 'blob', file.blob])
    const bytes = Buffer.from(stdout)
    const hash = createHash(file.blob.length === 64 ? 'sha256' : 'sha1')
    const blob = hash.update(`blob ${bytes.length}\0`).update(bytes).digest('hex')
    if (code === 0 && blob === file.blob) return { ...file, sql: stdout }
    throw new Error(`${file.name} cannot be read whole: it must be UTF-8, of at most 256 KiB, and hold no secret.`)
  }

  #git(program: Program, args: readonly string[]) {
    const settings = ['core.fsmonitor=false', 'protocol.allow=never', `safe.directory=${this.#path}`]
    const all = ['--no-replace-objects', ...settings.flatMap((setting) => ['-c', setting]), ...args]
    // Where this folder is no repository, one above it is not taken for it.
    const env = { ...environment, GIT_CEILING_DIRECTORIES: dirname(this.#path) }
    return program('git', all, { cwd: this.#path, env })
  }
}

/** From a line of `git ls-tree -z`: mode, type, content, a tab, the path. */
const fileOf = (line: string): File => {
  const [mode, , blob = ''] = line.split(/[ \t]/, 3)
  const file = line.slice(line.lastIndexOf('/') + 1)
  if (mode !== '100644' && mode !== '100755') throw new Error(`${file} is no plain file.`)
  if (!name.safeParse(file).success)
    throw new Error(`${file} is no name for a migration: letters, digits, points and dashes, at most 100.`)
  return { name: file, blob }
}
