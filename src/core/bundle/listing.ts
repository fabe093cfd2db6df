import type { ListedCommand } from '#core/command/manifest.ts'

const indices = new WeakMap<readonly ListedCommand[], ReadonlyMap<string, ListedCommand>>()

/** A company's command of this name; found as fast among thousands as among ten. */
export const listedOf = (commands: readonly ListedCommand[], command: string): ListedCommand | undefined => {
  const known = indices.get(commands)
  if (known) return known.get(command)
  const index = new Map(commands.map((listed) => [listed.manifest.command, listed]))
  indices.set(commands, index)
  return index.get(command)
}
