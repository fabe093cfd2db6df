import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execPath } from 'node:process'
import { type Hunk, without } from './defence.ts'

const leftOut = new Set(['node_modules', '.git', 'data', 'coverage', '.vite'])

/** A copy of the project in a temporary folder, with the same packages: what is removed there is removed nowhere else. */
export class Copy {
  readonly folder = mkdtempSync(join(tmpdir(), 'foobot-prove-'))

  /** @param root the project's folder */
  constructor(root: string) {
    for (const name of readdirSync(root).filter((one) => !leftOut.has(one)))
      cpSync(join(root, name), join(this.folder, name), {
        recursive: true,
        filter: (source) => !source.endsWith('/node_modules'),
      })
    // A folder of links, not a link: what tools keep beside the packages stays in the copy.
    mkdirSync(join(this.folder, 'node_modules'))
    for (const name of readdirSync(join(root, 'node_modules')).filter((one) => !leftOut.has(one)))
      symlinkSync(join(root, 'node_modules', name), join(this.folder, 'node_modules', name))
  }

  /** Removes a defence. @returns what puts it back @throws Error where a hunk is stale: nothing is removed then */
  remove(hunks: readonly Hunk[]): () => void {
    const paths = [...new Set(hunks.map(({ path }) => path))]
    const before = paths.map((path) => [path, readFileSync(join(this.folder, path), 'utf8')] as const)
    const after = before.map(([path, text]) => {
      const mine = hunks.filter((hunk) => hunk.path === path)
      return [path, mine.reduce((rest, hunk) => without(hunk, rest), text)] as const
    })
    this.#write(after)
    return () => this.#write(before)
  }

  /** What browsers are handed is built: a page's defence is gone once it is built without. */
  #write(files: readonly (readonly [path: string, text: string])[]): void {
    for (const [path, text] of files) writeFileSync(join(this.folder, path), text)
    if (!files.some(([path]) => path.startsWith('web/'))) return
    const build = ['node_modules/vite/bin/vite.js', 'build', '-c', 'web/desk/vite.config.ts', '--logLevel', 'error']
    execFileSync(execPath, build, { cwd: this.folder, timeout: 60_000, stdio: 'ignore' })
  }

  end(): void {
    rmSync(this.folder, { recursive: true, force: true })
  }
}
