import { parseCanonical } from '#core/command/parse.ts'
import { templateOf } from '#core/command/template.ts'
import { statementKind } from '#core/statement/statement.ts'
import { identify } from './identify.ts'
import type { Request } from './request/request.ts'
import type { Stated } from './state.ts'
import { type Command, maySay, needsRoom } from './understand.ts'
import type { Way } from './way.ts'

/**
 * A stored request's command, under the rules in force now.
 * @returns undefined where its person may not say it there any more
 */
export const recallCommand = (way: Way, request: Request): Command | undefined => {
  const { rules } = way
  const { conversation, account, message: id, said, createdAt: at, text } = request
  const from = identify(way, {
    rules,
    said,
    line: { ok: true, text },
    message: { conversation, account, id, at, text, fresh: true, signs: false },
  })
  const entry = rules.entryOf(request.command)
  if (!entry?.listed || !maySay(from)(entry.command) || needsRoom(from, entry)) return undefined
  const { listed } = entry
  return { from, entry: { ...entry, listed }, args: parseCanonical(templateOf(listed), text), text }
}

/** A request that waits, as it was when it was stated: deciding can go on from here. */
export const recall = (way: Way, request: Request): Stated | undefined => {
  const { stated, id, about } = request
  const command = recallCommand(way, request)
  if (!command || !stated || stated.bundle !== way.rules.bundle.version) return undefined
  const statement = statementKind.decode(stated.statement)
  const { definition, resource } = statement
  return { ...command, id, definition, resource, statement, stated, ...(about !== undefined && { say: about }) }
}
