import { readRunnerConfig } from '#config/runner.ts'
import type { CodeHere } from '#core/bundle/code.ts'
import { FoobotError } from '#core/errors.ts'
import { type DeclaredPlugin, declaredIn, lookAt } from '#runner/load.ts'

/**
 * What the plugins of runners declare, by runner, and the code that they are here. Plugins are loaded and connected to
 * nothing.
 * @param files the runners' configuration files
 * @throws FoobotError `config-malformed`, `plugin-refused`
 */
export const declaredBy = async (files: readonly string[]): Promise<ReadonlyMap<string, readonly DeclaredPlugin[]>> => {
  const declared = new Map<string, readonly DeclaredPlugin[]>()
  for (const file of files) {
    const { name, plugins } = readRunnerConfig(file)
    declared.set(name, [...(declared.get(name) ?? []), ...(await Promise.all(plugins.map(declaredIn)))])
  }
  return declared
}

/**
 * The code of the plugins that runners' configuration files on this machine name. Nothing of it is loaded; what cannot be
 * read is left out.
 */
export const codesNamedBy = (files: readonly string[]): readonly CodeHere[] =>
  files.flatMap((file) =>
    readable(() => readRunnerConfig(file).plugins).flatMap((plugin) => readable(() => [lookAt(plugin)])),
  )

const readable = <T>(read: () => readonly T[]): readonly T[] => {
  try {
    return read()
  } catch (error) {
    if (error instanceof FoobotError) return []
    throw error
  }
}
