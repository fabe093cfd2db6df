import {
  type FSWatcher,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  watch,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { shortFault } from '#core/text/short-fault.ts'
import { writing } from '#disk/write-error.ts'
import { type Handed, handed, type InboxAnswer, inboxFolder, mostHanded } from '#wire/inbox.ts'
import type { RunnerLogger } from './logger.ts'

export type InboxOf = {
  /** The runner's own folder. */
  readonly folder: string
  readonly log: RunnerLogger
  /** Takes one thing, and says what came of it. Never throws. */
  readonly take: (what: Handed) => Promise<InboxAnswer>
}

/**
 * Where anybody who may write into the runner's folder hands over bundles and key changes, past the server: each proves
 * itself. What lay there before the runner started is taken too.
 */
export class Inbox {
  readonly #of: InboxOf
  readonly #place: string
  readonly #watcher: FSWatcher
  #work: Promise<void> = Promise.resolve()
  #stopped = false

  constructor(of: InboxOf) {
    this.#of = of
    this.#place = join(of.folder, inboxFolder)
    writing(this.#place, () => mkdirSync(this.#place, { recursive: true, mode: 0o700 }))
    // Answers that nobody came back for.
    for (const name of this.#names('answer')) rmSync(join(this.#place, name), { force: true })
    this.#watcher = watch(this.#place, () => this.#look())
    this.#watcher.on('error', (error) => of.log.error({ error: shortFault(error) }, 'the inbox cannot be watched'))
    this.#look()
  }

  /** Resolves when what is being taken has been answered. */
  async stop(): Promise<void> {
    this.#stopped = true
    this.#watcher.close()
    await this.#work
  }

  #look(): void {
    this.#work = this.#work
      .then(() => this.#takeAll())
      .catch((error: unknown) => this.#of.log.error({ error: shortFault(error) }, 'the inbox cannot be read'))
  }

  async #takeAll(): Promise<void> {
    for (const name of this.#names('json')) {
      if (this.#stopped) return
      const file = join(this.#place, name)
      const answer = await this.#takeOne(file)
      this.#of.log.info({ file: name, ...answer }, 'something was handed over')
      const draft = `${file}.draft`
      writeFileSync(draft, JSON.stringify(answer), { mode: 0o600 })
      renameSync(draft, file.replace(/json$/, 'answer'))
      rmSync(file, { force: true })
    }
  }

  async #takeOne(file: string): Promise<InboxAnswer> {
    const read = readHanded(file)
    return 'what' in read ? this.#of.take(read.what) : { accepted: false, say: read.problem }
  }

  #names(ending: 'json' | 'answer'): readonly string[] {
    const pattern = new RegExp(`^[0-9a-f]{32}\\.${ending}$`)
    return readdirSync(this.#place)
      .filter((name) => pattern.test(name))
      .sort()
  }
}

const readHanded = (file: string): { readonly what: Handed } | { readonly problem: string } => {
  try {
    if (statSync(file).size > mostHanded) return { problem: 'That is too large for a bundle or a key change.' }
    return { what: handed.parse(JSON.parse(readFileSync(file, 'utf8'))) }
  } catch {
    return { problem: 'That is neither a bundle nor a key change that I can read.' }
  }
}
