import { z } from 'zod'
import { FoobotError } from '#core/errors.ts'
import type { Sayable } from '#core/reply/reply.ts'
import type { Tier } from '#core/tier.ts'
import type { Argument } from './argument.ts'
import { commandSet } from './command-set.ts'
import { compileTemplate } from './compile.ts'
import { type ManifestEntry, manifestEntry } from './manifest.ts'
import { match } from './match.ts'
import type { DeclaredCommand, InspectCall, Inspected, Plugin, RunCall } from './plugin.ts'
import { slotsOf } from './template.ts'
import type { ArgumentsOf, KnownTypes, Untyped } from './template-arguments.ts'
import { type DeclaredWebhook, declareWebhook, type Webhook } from './webhook.ts'

/** Seconds that a run may take where its author says nothing. */
const usualTimeLimit = 60

type Shape = Readonly<Record<string, z.ZodType>>
type Config<C extends Shape> = { readonly [K in keyof C]: z.output<C[K]> }
type Nothing = Readonly<Record<never, never>>
type Overrides = Readonly<Record<string, Argument>>

/** A plugin, as its author writes it. */
export type PluginDeclaration<C extends Shape, S> = {
  /** What it is for, in a few words. */
  readonly summary: string
  /** What its part of the runner's configuration file holds, each value with its schema; secrets by `secret()`. */
  readonly config?: C
  /** Makes the system's client, once, when the runner starts. Without it the system is the configuration itself. */
  readonly connect?: (config: Config<C>) => S
  /** Its commands, made by the `command` that is handed in, which knows the type of the system. */
  readonly commands: (command: Command<Awaited<S>>) => readonly DeclaredCommand[]
  /** What its system tells by itself, made by the `webhook` that is handed in. */
  readonly webhooks?: (webhook: Webhook<Config<C>, Awaited<S>>) => readonly DeclaredWebhook[]
}

/** A command, as its author writes it. */
export type CommandDeclaration<T extends string, O extends Overrides, S> = {
  /** What it does, in one line of help. */
  readonly summary: string
  /**
   * How much it can hurt. `open` and `member` commands are run on a chat account's word: give those tiers only to what
   * people in the room may read or undo.
   */
  readonly tier: Tier
  /** Types of the slots that have none in the template; what is not named is `text`. */
  readonly args?: O & { readonly [K in Exclude<keyof O, Untyped<T>>]: never }
  /** What to ask when the slot of this name is the first that is missing. From `sensitive` up nothing is asked. */
  readonly ask?: Readonly<Record<string, string>>
  /** A line that may be said as it is, for help. */
  readonly example?: string
  /** One at a time for each resource; default false. */
  readonly exclusive?: boolean
  /** Whether it can be stopped once it runs: then `run` heeds `signal`; default false. */
  readonly cancellable?: boolean
  /** Seconds that a run may take, at most a day; default 60. */
  readonly timeLimit?: number
  /**
   * Looks at what the command would act on, and changes nothing. It is asked again right before the run, and what it
   * gives must be the same: no counters, no times. An `open` command has none.
   */
  readonly inspect?: (call: Typed<InspectCall, ArgumentsOf<T, O>, S>) => Promise<Inspected> | Inspected
  /** Does it. What it returns is the answer; what it throws is said as its failure. */
  readonly run: (call: Typed<RunCall, ArgumentsOf<T, O>, S>) => Promise<Sayable | undefined> | Sayable | undefined
}

type Typed<Call, A, S> = Omit<Call, 'args' | 'system'> & { readonly args: A; readonly system: S }

/** Declares one command. Its template's slots are the `args` that its handlers get. */
export type Command<S> = <const T extends string, O extends Overrides = Nothing>(
  template: T & KnownTypes<T>,
  declaration: CommandDeclaration<T, O, S>,
) => DeclaredCommand

/**
 * Declares a plugin: the commands and webhooks of one system.
 * @param name lower case, as the runner's configuration names it
 * @throws FoobotError `plugin-refused`, `template-malformed`, `template-overlap`, `command-name-taken`
 */
export const plugin = <const C extends Shape = Nothing, S = Config<C>>(
  name: string,
  declaration: PluginDeclaration<C, S>,
): Plugin => {
  const { summary, config, connect, commands, webhooks } = declaration
  const declared = commands((template, command) => declareCommand(name, template, command))
  commandSet(declared.map(({ manifest }) => manifest))
  return {
    name,
    summary,
    config: z.strictObject(config ?? {}),
    connect: connect ?? ((values: Config<C>) => values),
    commands: declared,
    webhooks: webhooks?.(declareWebhook) ?? [],
  }
}

const declareCommand = <T extends string, O extends Overrides, S>(
  plugin: string,
  template: T,
  declaration: CommandDeclaration<T, O, S>,
): DeclaredCommand => {
  const { summary, tier, args, ask, example, exclusive = false, cancellable = false, inspect, run } = declaration
  const manifest: ManifestEntry = {
    plugin,
    command: compileTemplate({ template, tier }).command,
    template: expand(template, args ?? {}),
    summary,
    tier,
    inspects: inspect !== undefined,
    exclusive,
    cancellable,
    timeLimit: declaration.timeLimit ?? usualTimeLimit,
    ...(ask && { ask }),
    ...(example !== undefined && { example }),
  }
  check(manifest)
  // The types of arguments and system end here: the runner gives what the manifest and `connect` say.
  return { manifest, ...(inspect && { inspect: inspect as never }), run: run as never }
}

/** Writes each slot's type into the template. */
const expand = (template: string, overrides: Overrides): string => {
  const left = new Set(Object.keys(overrides))
  const expanded = template.replace(/<([A-Za-z0-9]+)(\.\.\.|\+)?>/g, (_, name: string, many = '') => {
    const type = left.delete(name) ? overrides[name]?.type : undefined
    return `<${name}:${type ?? 'text'}${many}>`
  })
  const [other] = left
  if (other !== undefined) throw refused(`args.${other} of "${template}" is no slot without a type of its own`)
  return expanded
}

const check = (manifest: ManifestEntry): void => {
  const { template: source, tier, ask = {}, example, inspects } = manifest
  const result = manifestEntry.safeParse(manifest)
  if (!result.success) throw refused(`"${source}" is declared wrongly: ${z.prettifyError(result.error)}`)
  const template = compileTemplate(manifest)
  const names = slotsOf(template).map(({ name }) => name)
  const stranger = Object.keys(ask).find((name) => !names.includes(name))
  if (stranger !== undefined) throw refused(`ask.${stranger} of "${source}" is none of its slots`)
  if (inspects && tier === 'open') throw refused(`"${source}" is open, and nobody is inspected for an open command`)
  if (example === undefined) return
  const { missing, problem } = match(template.steps, example)
  if (problem !== undefined || missing.length > 0) throw refused(`the example "${example}" does not fit "${source}"`)
}

const refused = (why: string): FoobotError =>
  new FoobotError('plugin-refused', why, `A plugin is declared wrongly: ${why}.`)
