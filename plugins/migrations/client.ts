import { existsSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { fileURLToPath } from 'node:url'
import { cutStart, oneLine, type Program } from 'foobot'
import type { Repository } from './branch.ts'
import { checkNumbers } from './folder.ts'
import { appliedIn } from './record.ts'
import { type Migration, type Order, type Report, report } from './wire.ts'

const program = fileURLToPath(new URL('apply.ts', import.meta.url))

/** Migrations of one run: what people see of them must fit into a statement. */
const most = 20

/** The databases of a company, by environment, and the repository that their migrations come from. */
export class Migrations {
  readonly repository: Repository
  readonly #databases: ReadonlyMap<string, string>

  constructor(repository: Repository, databases: Readonly<Record<string, string>>) {
    this.repository = repository
    this.#databases = new Map(Object.entries(databases))
  }

  /**
   * What an environment has not, of the migrations of a commit, read whole.
   * @throws where the two do not fit, or where anything there is no plain migration
   */
  async pending(environment: string, commit: string, run: Program): Promise<readonly Migration[]> {
    const files = await this.repository.files(commit, run)
    const applied = this.#applied(environment)
    const known = new Map(files.map((file) => [file.name, file.blob]))
    for (const [name, blob] of applied) {
      if (!known.has(name)) throw new Error(`${environment} has ${name}, and this branch has not: bring it up to date.`)
      if (known.get(name) !== blob) throw new Error(`${name} was changed after it was applied: write a new migration.`)
    }
    const last = [...applied.keys()].at(-1) ?? ''
    const pending = files.filter(({ name }) => !applied.has(name))
    checkNumbers(files, ({ name }) => !applied.has(name))
    const early = pending.find(({ name }) => name < last)
    if (early) throw new Error(`${early.name} comes before ${last}, which is applied: give it a later name.`)
    if (files.length === 0) throw new Error('That branch has no migrations.')
    if (pending.length === 0) throw new Error(`${environment} has all migrations of that branch already.`)
    if (pending.length > most) throw new Error(`There are ${pending.length} migrations: I take ${most} at a time.`)
    return Promise.all(pending.map((file) => this.repository.read(file, run)))
  }

  /** Applies migrations in one transaction, or takes all back. @throws with SQLite's words where one fails */
  async apply(
    environment: string,
    order: Omit<Order, 'database'>,
    onProgress: (name: string, part: number) => void,
    run: Program,
  ): Promise<void> {
    const reports = linesOf((line) => {
      if (line.what === 'applying') onProgress(line.name, line.part)
    })
    const stdin = JSON.stringify({ ...order, database: this.#file(environment) } satisfies Order)
    try {
      const { code, stderr } = await run(process.execPath, [program], { stdin, onStdout: reports.take })
      const last = reports.last()
      if (last?.what === 'done') return
      if (last?.what === 'failed') throw new Error(`Nothing was changed: ${last.name}: ${oneLine(last.why)}`)
      throw new Error(
        `It broke off, and what was begun was taken back: ${oneLine(cutStart(stderr.trim(), 1000)) || `code ${code}`}`,
      )
    } catch (error) {
      // Ended right after it was done: what the database says counts.
      const applied = this.#applied(environment)
      if (!order.migrations.every(({ name, blob }) => applied.get(name) === blob)) throw error
    }
  }

  #applied(environment: string): ReadonlyMap<string, string> {
    const database = new DatabaseSync(this.#file(environment), { readOnly: true, timeout: 2000 })
    try {
      return appliedIn(database)
    } finally {
      database.close()
    }
  }

  #file(environment: string): string {
    const file = this.#databases.get(environment)
    if (file === undefined) throw new Error(`There is no database ${environment}: ${[...this.#databases.keys()]}.`)
    // SQLite would make one, and migrations would run on nothing.
    if (!existsSync(file)) throw new Error(`The database ${environment} is not there: tell an administrator.`)
    return file
  }
}

/** The reports in a stream of text, which comes in pieces. */
const linesOf = (heard: (line: Report) => void) => {
  let [rest, last] = ['', undefined as Report | undefined]
  return {
    take: (text: string): void => {
      const lines = (rest + text).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) {
        last = report.parse(JSON.parse(line))
        heard(last)
      }
    },
    last: () => last,
  }
}
