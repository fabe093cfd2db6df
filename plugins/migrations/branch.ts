import { createHash } from 'node:crypto'
import { realpathSync } from 'node:fs'
import { dirname } from 'node:path'
import { oneLine, type Program } from 'foobot'
import { type Entry, type File, migrationsOf } from './folder.ts'
import { faultIn } from './sql.ts'
import type { Migration } from './wire.ts'

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

  /**
   * The migrations of a commit, in the order of their names.
   * @throws where their folder holds anything else
   */
  async files(commit: string, program: Program): Promise<readonly File[]> {
    const args = ['ls-tree', '-r', '-z', '--full-tree', commit, '--', `${this.#folder}/`]
    const { code, stdout, stderr } = await this.#git(program, args)
    if (code !== 0) throw new Error(oneLine(stderr) || `git ls-tree ended with ${code}.`)
    if (stdout === '') throw new Error(`This branch has no folder ${this.#folder}: tell an administrator.`)
    // What is too long is cut, and then ends otherwise.
    if (!stdout.endsWith('\0')) throw new Error(`There are more files in ${this.#folder} than I can read.`)
    return migrationsOf(
      stdout
        .split('\0')
        .slice(0, -1)
        .map((line) => entryOf(line, `${this.#folder}/`)),
    )
  }

  /**
   * The text of a file. What is read is what the commit names: its digest is worked out again here.
   * @throws where that is no plain SQL, to be run whole
   */
  async read(file: File, program: Program): Promise<Migration> {
    const { code, stdout } = await this.#git(program, ['cat-file', 'blob', file.blob])
    // A program's output comes without the byte order mark that it begins with; SQLite passes over it, too.
    const sql = stdout.replace(/^\ufeff/, '')
    if (code !== 0 || !['', '\ufeff'].some((mark) => blobOf(mark + sql, file.blob.length) === file.blob))
      throw new Error(`${file.name} cannot be read whole: it must be UTF-8, of at most 256 KiB, and hold no secret.`)
    const migration = { ...file, sql }
    const fault = faultIn(migration)
    if (fault !== undefined) throw new Error(fault)
    return migration
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
const entryOf = (line: string, folder: string): Entry => {
  const [mode = '', , blob = ''] = line.split(/[ \t]/, 3)
  return { mode, blob, path: line.slice(line.indexOf('\t') + 1 + folder.length) }
}

/** Git's name of a content, of as many digits. */
const blobOf = (text: string, digits: number): string => {
  const bytes = Buffer.from(text)
  const hash = createHash(digits === 64 ? 'sha256' : 'sha1')
  return hash.update(`blob ${bytes.length}\0`).update(bytes).digest('hex')
}
