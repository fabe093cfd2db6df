import { type ListedCommand, tierOf } from '#core/command/manifest.ts'
import type { Part } from '#core/command/part.ts'
import { partsOf, templateOf } from '#core/command/template.ts'

/** The arguments that some of these commands take, by name: slots and switches. */
export const takenBy = (commands: readonly ListedCommand[]): ReadonlyMap<string, readonly Part[]> =>
  Map.groupBy(
    commands
      .flatMap((listed) => partsOf(templateOf(listed).steps).map(({ part }) => part))
      .filter(({ name }) => name !== undefined),
    ({ name = '' }) => name,
  )

/** Whether a runner looks at the command's target. Nobody is asked for an `open` one. */
export const isInspected = ({ tier, manifest }: ListedCommand): boolean =>
  manifest.inspects && tierOf({ tier, manifest }) !== 'open'
