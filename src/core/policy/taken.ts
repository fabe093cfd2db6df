import { type ListedCommand, tierOf } from '#core/command/manifest.ts'
import type { Part } from '#core/command/part.ts'
import { partsOf, templateOf } from '#core/command/template.ts'

/** The names of a command's arguments. */
export const takenNames = (listed: ListedCommand): readonly string[] =>
  partsOf(templateOf(listed).steps).flatMap(({ part }) => part.name ?? [])

/** The argument of this name: a slot, or a switch. */
export const takenPart = (listed: ListedCommand, name: string): Part | undefined =>
  partsOf(templateOf(listed).steps).find(({ part }) => part.name === name)?.part

/** Whether a runner looks at the command's target. Nobody is asked for an `open` one. */
export const isInspected = ({ tier, manifest }: ListedCommand): boolean =>
  manifest.inspects && tierOf({ tier, manifest }) !== 'open'
