import { readRunnerConfig } from '#config/runner.ts'
import type { ManifestEntry } from '#core/command/manifest.ts'
import { manifestsOf } from '#runner/load.ts'

/**
 * What the plugins of runners declare, by runner. Plugins are loaded and connected to nothing.
 * @param files the runners' configuration files
 * @throws FoobotError `config-malformed`, `plugin-refused`
 */
export const declaredBy = async (files: readonly string[]): Promise<ReadonlyMap<string, readonly ManifestEntry[]>> => {
  const declared = new Map<string, readonly ManifestEntry[]>()
  for (const file of files) {
    const { name, plugins } = readRunnerConfig(file)
    declared.set(name, [...(declared.get(name) ?? []), ...(await manifestsOf(plugins))])
  }
  return declared
}
