import type { ListedCommand } from '#core/command/manifest.ts'
import { FoobotError } from '#core/errors.ts'

/** The codes that the bundle lists for each plugin, the newest first. */
export type PluginCodes = ReadonlyMap<string, readonly string[]>

/** Codes of one plugin that may run at a time: the new one and the one before, so that an update reaches one machine after the other. */
export const mostCodes = 2

/**
 * The codes to list once some plugins were looked at: what was found comes first, and the code listed before stays until
 * somebody takes it out, so that machines with the older code go on. Plugins without a command are left out.
 * @throws FoobotError `plugin-refused` where one plugin was found in more versions than may be listed
 */
export const listCodes = (
  before: PluginCodes,
  found: readonly { readonly name: string; readonly code: string }[],
  commands: readonly ListedCommand[],
): PluginCodes => {
  const names = [...new Set(commands.map(({ manifest }) => manifest.plugin))].sort()
  return new Map(
    names.flatMap((name) => {
      const own = [...new Set(found.filter((one) => one.name === name).map(({ code }) => code))]
      if (own.length > mostCodes) throw tooMany(name, own.length)
      const codes = [...new Set([...own, ...(before.get(name) ?? [])])].slice(0, mostCodes)
      return codes.length > 0 ? [[name, codes] as const] : []
    }),
  )
}

/** The text of `plugins.json`. */
export const codesText = (codes: PluginCodes): string =>
  `${JSON.stringify(
    [...codes].map(([plugin, code]) => ({ plugin, code })),
    null,
    2,
  )}\n`

const tooMany = (name: string, count: number): FoobotError => {
  const say = `The plugin ${name} is here in ${count} versions, and a bundle lists at most ${mostCodes}: bring its runners to the same one.`
  return new FoobotError('plugin-refused', `${name}: ${count} codes`, say)
}
