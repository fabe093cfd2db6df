import { z } from 'zod'
import { Secret } from '#config/secret.ts'
import { type ManifestEntry, manifestEntry } from '#core/command/manifest.ts'
import type { DeclaredCommand, Plugin } from '#core/command/plugin.ts'
import type { Verifier } from '#core/command/verifier.ts'
import { type DeclaredWebhook, webhookPath } from '#core/command/webhook.ts'
import { FoobotError } from '#core/errors.ts'
import { type Code, codeOf } from './code.ts'
import { definitionOf } from './definition.ts'
import { importPinned } from './module-hooks.ts'
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

/** One plugin, connected to its system. */
export type LoadedPlugin = {
  readonly path: string
  readonly commands: readonly LoadedCommand[]
  /** Those that the configuration gives a secret for. */
  readonly webhooks: readonly LoadedWebhook[]
  /** The values of all secrets in its configuration. */
  readonly secrets: readonly string[]
}

/** What a plugin says of itself. */
export type DeclaredPlugin = {
  readonly name: string
  readonly code: Code
  readonly manifests: readonly ManifestEntry[]
}

export type Loaded = {
  /** By command. */
  readonly commands: ReadonlyMap<string, LoadedCommand>
  /** By path; those that the configuration gives no secret for are not among them. */
  readonly webhooks: ReadonlyMap<string, LoadedWebhook>
  /** The values of all secrets in the plugins' configuration. */
  readonly secrets: readonly string[]
}

/**
 * Loads the plugins of a configuration and connects them to their systems.
 * @throws FoobotError `plugin-refused` with the plugin and what is wrong with it
 */
export const loadPlugins = async (plugins: readonly PluginEntry[]): Promise<Loaded> => {
  const opened = plugins.map((entry) => ({ entry, code: lookAt(entry) }))
  const loaded: LoadedPlugin[] = []
  for (const { entry, code } of opened) loaded.push(await loadPlugin(entry, code))
  return together(loaded)
}

/**
 * A plugin's code as it lies there; nothing of it runs.
 * @throws FoobotError `plugin-refused`
 */
export const lookAt = ({ path }: PluginEntry): Code => {
  try {
    return codeOf(path)
  } catch (error) {
    throw refused(path, messageOf(error))
  }
}

/**
 * Everything that several plugins brought.
 * @throws FoobotError `plugin-refused` where two of them have one name for two things
 */
export const together = (plugins: readonly LoadedPlugin[]): Loaded => {
  const commands = new Map<string, LoadedCommand>()
  const webhooks = new Map<string, LoadedWebhook>()
  for (const plugin of plugins) {
    for (const command of plugin.commands) {
      const name = command.manifest.command
      if (commands.has(name)) throw refused(plugin.path, `another plugin has a command "${name}" already`)
      commands.set(name, command)
    }
    for (const webhook of plugin.webhooks) {
      const { path } = webhook.declared
      if (webhooks.has(path)) throw refused(plugin.path, `there is a webhook "${path}" already`)
      webhooks.set(path, webhook)
    }
  }
  return { commands, webhooks, secrets: plugins.flatMap(({ secrets }) => secrets) }
}

/**
 * What a plugin declares, without connecting it to anything: for who lists the company's commands.
 * @throws FoobotError `plugin-refused`
 */
export const declaredIn = async (entry: PluginEntry): Promise<DeclaredPlugin> => {
  const code = lookAt(entry)
  const { name, commands } = await importPlugin(entry.path, code)
  return { name, code, manifests: commands.map(({ manifest }) => manifestEntry.parse(manifest)) }
}

/**
 * Imports a plugin, and connects it to its system. What runs is exactly the code that was looked at.
 * @param name the one that the bundle lists its code under
 * @throws FoobotError `plugin-refused` with the plugin and what is wrong with it
 */
export const loadPlugin = async ({ path, config }: PluginEntry, code: Code, name?: string): Promise<LoadedPlugin> => {
  const plugin = await importPlugin(path, code)
  if (name !== undefined && name !== plugin.name) {
    throw refused(path, `it is the plugin ${plugin.name}, and the bundle lists its code for ${name}`)
  }
  const read = plugin.config.safeParse(config ?? {})
  if (!read.success) throw refused(path, `its configuration is not right: ${z.prettifyError(read.error)}`)
  const secrets = secretsIn(read.data)
  if (secrets.some((secret) => secret.length < shortest)) {
    throw refused(path, `a secret of fewer than ${shortest} characters cannot be kept out of answers`)
  }
  const system = await connect(path, plugin, read.data)
  const commands = plugin.commands.map((declared): LoadedCommand => {
    const { manifest } = declared
    return { manifest, definition: definitionOf(manifest, code.digest), declared, system }
  })
  return { path, commands, webhooks: webhooksOf(path, plugin, read.data, system), secrets }
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
    throw refused(path, `its webhook "${hook}": ${messageOf(error)}`)
  }
}

const importPlugin = async (path: string, code: Code): Promise<Plugin> => {
  const module = await importPinned(code).catch((error: unknown) => {
    throw refused(path, error instanceof FoobotError ? error.message : String(error))
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
    throw refused(path, `it could not connect: ${redactorOf(secretsIn(config)).text(messageOf(error))}`)
  }
}

const refused = (path: string, why: string): FoobotError =>
  new FoobotError('plugin-refused', `${path}: ${why}`, `The plugin ${path} cannot be loaded: ${why}.`)

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** The values of all secrets in a configuration, however deep. */
const secretsIn = (config: unknown): string[] => {
  if (typeof config !== 'object' || config === null) return []
  if (config instanceof Secret) return [config.reveal()]
  return Object.values(config).flatMap(secretsIn)
}
