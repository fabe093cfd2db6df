import type { Resource } from '#core/statement/statement.ts'
import { atClock } from './sentences.ts'
import type { Words } from './talk.ts'
import type { Command } from './understand.ts'
import type { Way } from './way.ts'

/** A command with the facts of its target. */
export type Inspected = Command & {
  readonly id: string
  readonly definition: string
  readonly resource: Resource
  /** The runner's sentence before what is owed. */
  readonly say?: string
}

export type Inspection = ({ readonly ok: true } & Inspected) | { readonly ok: false; readonly words: Words }

/** The runner states the facts of the target. Nobody is asked for `open` commands, or where there is nothing to look at. */
export const inspect = async (way: Way, command: Command, id: string): Promise<Inspection> => {
  const { entry, from, text } = command
  const { runner, manifest } = entry.listed
  const admitted = way.runners.get(runner)
  if (!admitted) return { ok: false, words: away(way, runner, from.rules.company.zone) }
  const definition = admitted.definitions.get(manifest.command)
  if (definition === undefined) {
    const isLoaded = admitted.connection.announced.commands.some((one) => one.manifest.command === manifest.command)
    if (!isLoaded) {
      const words = `${runner} has not loaded "${manifest.command}": the bundle does not list the code of the plugin that lies there, or it cannot be loaded. The runner's log says which; an administrator signs new code with "foobot apply".`
      return { ok: false, words }
    }
    return {
      ok: false,
      words: `${runner} declares "${manifest.command}" otherwise than the company's bundle lists it: ask an administrator to run "foobot apply".`,
    }
  }
  if (entry.tier === 'open' || !manifest.inspects) {
    return { ok: true, ...command, id, definition, resource: { type: 'System', id: manifest.plugin, facts: {} } }
  }
  const look = await way.runners.look(runner, {
    command: manifest.command,
    text,
    ...(from.room !== undefined && { room: from.room }),
    ...(from.person !== undefined && { requester: from.person }),
  })
  if ('problem' in look) return { ok: false, words: look.problem }
  return {
    ok: true,
    ...command,
    id,
    definition,
    resource: look.resource,
    ...(look.say !== undefined && { say: look.say }),
  }
}

export const away = (way: Way, runner: string, zone: string): string => {
  const since = way.runners.awaySince(runner)
  return since === undefined
    ? `I cannot reach ${runner} (away since I started).`
    : `I cannot reach ${runner} (away since ${atClock(since, zone)}).`
}
