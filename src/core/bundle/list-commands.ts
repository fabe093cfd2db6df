import type { ListedCommand, ManifestEntry } from '#core/command/manifest.ts'
import { higherTier } from '#core/tier.ts'

/**
 * The company's commands, once some runners have declared theirs: exactly what these declare takes the place of what was
 * listed for them, a tier that the company raised stays raised, and the commands of other runners stay as they are.
 * @param declared runner to what its plugins declare
 */
export const listCommands = (
  before: readonly ListedCommand[],
  declared: ReadonlyMap<string, readonly ManifestEntry[]>,
): readonly ListedCommand[] => {
  const tierBefore = new Map(before.map(({ manifest, tier }) => [manifest.command, tier]))
  const others = before.filter(({ runner }) => !declared.has(runner))
  const found = [...declared].flatMap(([runner, manifests]) =>
    manifests.map((manifest) => {
      const tier = higherTier(manifest.tier, tierBefore.get(manifest.command) ?? manifest.tier)
      return { runner, tier, manifest }
    }),
  )
  return [...others, ...found].sort((a, b) => (a.manifest.command < b.manifest.command ? -1 : 1))
}
