import { existsSync } from 'node:fs'
import { registerHooks } from 'node:module'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { z } from 'zod'
import { Secret } from '#config/secret.ts'
import { type ManifestEntry, manifestEntry } from '#core/command/manifest.ts'
import type { DeclaredCommand, Plugin } from '#core/command/plugin.ts'
import type { Verifier } from '#core/command/verifier.ts'
import { type DeclaredWebhook, webhookPath } from '#core/command/webhook.ts'
import { FoobotError } from '#core/errors.ts'
import { canonicalText } from '#core/statement/canonical.ts'
import { definitionOf, type Files, filesOf } from './definition.ts'
import { redactorOf, shortest } from './redact.ts'

/** A plugin as the runner's configuration names it: its folder, and what it needs. */
export type PluginEntry = { readonly path: string; readonly config?: unknown }

/** One command, ready to run. */
export type LoadedCommand = {
  readonly manifest: ManifestEntry
  readonly definition: string
  readonly declared: DeclaredCommand
  /** What the plugin's `connect` gave. */
  readonly system: unknown
}

/** One webhook, ready to hear. */
export type LoadedWebhook = {
  readonly declared: DeclaredWebhook
  readonly verify: Verifier
  readonly system: unknown
}

export type Loaded = {
  /** By command. */
  readonly commands: ReadonlyMap<string, LoadedCommand>
  /** By path; those that the configuration gives no secret for are not among them. */
  readonly webhooks: ReadonlyMap<string, LoadedWebhook>
  /** The values of all secrets in the plugins' configuration. */
  readonly secrets: readonly string[]
}

/** What a plugin's folder is entered by. */
const entries = ['commands.ts', 'commands.js']

const own: Readonly<Record<string, URL>> = {
  foobot: new URL('../index.ts', import.meta.url),
  'foobot/testing': new URL('../testing.ts', import.meta.url),
}

let hooked = false

/** Lets plugins anywhere on this machine import `foobot`, and all of them the same. */
const hook = (): void => {
  if (hooked) return
  hooked = true
  registerHooks({
    resolve: (specifier, context, next) => next(own[specifier]?.href ?? specifier, context),
  })
}

/**
 * Loads the plugins of a configuration and connects them to their systems.
 * @throws FoobotError `plugin-refused` with the plugin and what is wrong with it
 */
export const loadPlugins = async (plugins: readonly PluginEntry[]): Promise<Loaded> => {
  hook()
  const commands = new Map<string, LoadedCommand>()
  const webhooks = new Map<string, LoadedWebhook>()
  const secrets: string[] = []
  for (const entry of plugins) {
    const loaded = await loadOne(entry)
    secrets.push(...loaded.secrets)
    for (const command of loaded.commands) {
      const name = command.manifest.command
      if (commands.has(name)) throw refused(entry.path, `another plugin has a command "${name}" already`)
      commands.set(name, command)
    }
    for (const webhook of loaded.webhooks) {
      const { path } = webhook.declared
      if (webhooks.has(path)) throw refused(entry.path, `there is a webhook "${path}" already`)
      webhooks.set(path, webhook)
    }
  }
  return { commands, webhooks, secrets }
}

/**
 * What plugins declare, without connecting them to anything: for who lists the company's commands.
 * @throws FoobotError `plugin-refused`
 */
export const manifestsOf = async (plugins: readonly PluginEntry[]): Promise<readonly ManifestEntry[]> => {
  hook()
  const declared = await Promise.all(plugins.map(({ path }) => importPlugin(path, entryOf(path))))
  return declared.flatMap(({ commands }) => commands.map(({ manifest }) => manifestEntry.parse(manifest)))
}

/** The file that a plugin's folder is entered by. */
const entryOf = (path: string): string => {
  const folder = resolve(path)
  const file = entries.map((name) => join(folder, name)).find((candidate) => existsSync(candidate))
  if (file === undefined) throw refused(path, `there is no ${entries.join(' or ')} in ${folder}`)
  return file
}

const loadOne = async ({ path, config }: PluginEntry) => {
  const { plugin, files } = await open(path)
  const read = plugin.config.safeParse(config ?? {})
  if (!read.success) throw refused(path, `its configuration is not right: ${z.prettifyError(read.error)}`)
  const secrets = secretsIn(read.data)
  if (secrets.some((secret) => secret.length < shortest)) {
    throw refused(path, `a secret of fewer than ${shortest} characters cannot be kept out of answers`)
  }
  const system = await connect(path, plugin, read.data)
  const commands = plugin.commands.map((declared): LoadedCommand => {
    const { manifest } = declared
    return { manifest, definition: definitionOf(manifest, files), declared, system }
  })
  return { commands, webhooks: webhooksOf(path, plugin, read.data, system), secrets }
}

const webhooksOf = (path: string, plugin: Plugin, config: unknown, system: unknown): readonly LoadedWebhook[] =>
  plugin.webhooks.flatMap((declared) => {
    const verify = verifierOf(path, declared, config)
    return verify ? [{ declared, verify, system }] : []
  })

const verifierOf = (path: string, { verify, path: hook }: DeclaredWebhook, config: unknown): Verifier | undefined => {
  try {
    return verify(config as never)
  } catch (error) {
    throw refused(path, `its webhook "${hook}": ${error instanceof Error ? error.message : String(error)}`)
  }
}

/** Imports a plugin's folder, and looks at every file of it. */
const open = async (path: string): Promise<{ readonly plugin: Plugin; readonly files: Files }> => {
  const folder = resolve(path)
  const file = entryOf(path)
  const files = filesOf(folder)
  const plugin = await importPlugin(path, file)
  // What ran while it was loaded is what was looked at.
  if (canonicalText(filesOf(folder)) !== canonicalText(files))
    throw refused(path, 'its files changed while it was loaded')
  return { plugin, files }
}

const importPlugin = async (path: string, file: string): Promise<Plugin> => {
  const module: { readonly default?: unknown } = await import(pathToFileURL(file).href).catch((error: unknown) => {
    throw refused(path, String(error))
  })
  const plugin = shape.safeParse(module.default)
  if (!plugin.success) throw refused(path, `its default export is no plugin: ${z.prettifyError(plugin.error)}`)
  return module.default as Plugin
}

const shape = z.object({
  name: z.string(),
  config: z.instanceof(z.ZodType),
  connect: z.function(),
  commands: z.array(z.object({ manifest: manifestEntry, run: z.function() })).min(1),
  webhooks: z.array(z.object({ path: z.string().regex(webhookPath), verify: z.function(), on: z.function() })),
})

const connect = async (path: string, plugin: Plugin, config: unknown): Promise<unknown> => {
  try {
    return await plugin.connect(config as never)
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    throw refused(path, `it could not connect: ${redactorOf(secretsIn(config)).text(why)}`)
  }
}

const refused = (path: string, why: string): FoobotError =>
  new FoobotError('plugin-refused', `${path}: ${why}`, `The plugin ${path} cannot be loaded: ${why}.`)

/** The values of all secrets in a configuration, however deep. */
const secretsIn = (config: unknown): string[] => {
  if (typeof config !== 'object' || config === null) return []
  if (config instanceof Secret) return [config.reveal()]
  return Object.values(config).flatMap(secretsIn)
}
