import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Bundle } from '#core/bundle/company.ts'
import { tierOf } from '#core/command/manifest.ts'
import { FoobotError } from '#core/errors.ts'
import { isAtLeast } from '#core/tier.ts'
import type { Code } from './code.ts'
import {
  type Loaded,
  type LoadedCommand,
  type LoadedPlugin,
  type LoadedWebhook,
  loadPlugin,
  lookAt,
  type PluginEntry,
  together,
} from './load.ts'
import type { RunnerLogger } from './logger.ts'
import { type Redactor, redactorOf } from './redact.ts'

export type PluginsOf = {
  readonly plugins: readonly PluginEntry[]
  /** This runner's name. */
  readonly runner: string
  readonly held: { readonly inForce: { readonly bundle: Bundle } | undefined }
  readonly log: RunnerLogger
}

/** What the bundle in force says about code here. */
type Listed = {
  /** Whether no other code may run: a plugin of this runner has a command from `sensitive` up. */
  readonly demanded: boolean
  /** Code to the plugin that it is listed for. */
  readonly names: ReadonlyMap<string, string>
}

/**
 * A runner's plugins. None is imported before there is a bundle, nor one whose code the bundle must list and does not:
 * it is looked at again with each bundle. INVARIANT: what is given out here, the bundle in force permits.
 */
export class Plugins {
  /** Resolves with the reason when this runner must be started again, or its first plugins cannot be loaded. */
  readonly failed: Promise<FoobotError>
  readonly #fail: (why: FoobotError) => void
  readonly #of: PluginsOf
  #missing: readonly PluginEntry[]
  #loaded: readonly LoadedPlugin[] = []
  /** Code to where it lay: what was imported stays in this process, whether it could be connected or not. */
  readonly #ran = new Map<string, string>()
  #all: Loaded = nothing
  #redactor = redactorOf([])
  #lookups: { readonly bundle: Bundle; readonly listed: Listed } | undefined
  #refused: readonly string[] = []
  #isFirst = true
  #line: Promise<void> = Promise.resolve()

  private constructor(of: PluginsOf) {
    const { promise, resolve } = Promise.withResolvers<FoobotError>()
    this.failed = promise
    this.#fail = resolve
    this.#of = of
    this.#missing = of.plugins
  }

  /**
   * Looks at all plugins, and loads those that the bundle held permits.
   * @throws FoobotError `plugin-refused`
   */
  static async open(of: PluginsOf): Promise<Plugins> {
    const plugins = new Plugins(of)
    for (const entry of of.plugins) lookAt(entry)
    await plugins.#load()
    return plugins
  }

  /** By command. */
  get commands(): ReadonlyMap<string, LoadedCommand> {
    return this.#permitted.commands
  }

  /** By path. */
  get webhooks(): ReadonlyMap<string, LoadedWebhook> {
    return this.#permitted.webhooks
  }

  /** The plugins that are not loaded under the bundle in force, each with the reason. */
  get refused(): readonly string[] {
    return this.#refused
  }

  /** Takes out the secrets of all plugins that are loaded. */
  get redactor(): Redactor {
    return this.#redactor
  }

  /** Another bundle is in force: loads what it permits now. What goes wrong is logged, and that plugin stays out. */
  follow(): Promise<void> {
    this.#line = this.#line.then(async () => {
      // Bundles that came together are all taken by then: only the last one counts.
      await nextTurn()
      await this.#load().catch((error: FoobotError) => this.#fail(error))
    })
    return this.#line
  }

  async #load(): Promise<void> {
    const listed = this.#listed
    if (!listed) return
    const stale = this.#stale
    if (stale) {
      const [code, path] = stale
      const say = `${path} runs here as code that the bundle in force does not list: nothing is carried out until this runner is started again.`
      this.#of.log.error({ path, code }, say)
      this.#fail(new FoobotError('plugin-refused', say, say))
      return
    }
    const isFirst = this.#isFirst
    this.#isFirst = false
    this.#refused = []
    for (const { entry, code } of this.#missing.map((entry) => this.#look(entry))) {
      try {
        if (code instanceof FoobotError) throw code
        await this.#loadOne(entry, code)
      } catch (error) {
        if (isFirst) throw error
        this.#refuse(entry, error instanceof FoobotError ? error.say : String(error))
        this.#of.log.error({ path: entry.path, error: String(error) }, 'a plugin cannot be loaded')
      }
    }
  }

  #look(entry: PluginEntry): { readonly entry: PluginEntry; readonly code: Code | FoobotError } {
    try {
      return { entry, code: lookAt(entry) }
    } catch (error) {
      if (error instanceof FoobotError) return { entry, code: error }
      throw error
    }
  }

  async #loadOne(entry: PluginEntry, code: Code): Promise<void> {
    const listed = this.#listed
    if (!listed || !permits(listed, code.digest)) {
      const why =
        'a plugin is not loaded: plugins.json of the bundle does not list its code. Sign a bundle that lists it'
      this.#of.log.error({ path: entry.path, code: code.digest }, why)
      this.#refuse(entry, 'plugins.json of the bundle does not list its code')
      return
    }
    this.#ran.set(code.digest, entry.path)
    const plugin = await loadPlugin(entry, code, listed.demanded ? listed.names.get(code.digest) : undefined)
    this.#all = together([...this.#loaded, plugin])
    this.#loaded = [...this.#loaded, plugin]
    this.#missing = this.#missing.filter((other) => other !== entry)
    this.#redactor = redactorOf(this.#all.secrets)
  }

  #refuse({ path }: PluginEntry, why: string): void {
    this.#refused = [...this.#refused, `the plugin ${path} is not loaded: ${why}`]
  }

  get #permitted(): Loaded {
    return this.#listed && !this.#stale ? this.#all : nothing
  }

  /** Code that ran and may not any more: what it has done to this process, nobody knows. */
  get #stale(): readonly [code: string, path: string] | undefined {
    const listed = this.#listed
    return listed && [...this.#ran].find(([code]) => !permits(listed, code))
  }

  get #listed(): Listed | undefined {
    const bundle = this.#of.held.inForce?.bundle
    if (!bundle) return undefined
    if (this.#lookups?.bundle !== bundle) this.#lookups = { bundle, listed: listedIn(bundle, this.#of.runner) }
    return this.#lookups.listed
  }
}

const nothing: Loaded = { commands: new Map(), webhooks: new Map(), secrets: [] }

const permits = ({ demanded, names }: Listed, code: string): boolean => !demanded || names.has(code)

const listedIn = ({ company }: Bundle, runner: string): Listed => ({
  demanded: company.commands.some((one) => one.runner === runner && isAtLeast(tierOf(one), 'sensitive')),
  names: new Map([...company.plugins].flatMap(([name, codes]) => codes.map((code) => [code, name] as const))),
})
