import { parseCanonical } from '#core/command/parse.ts'
import { templateOf } from '#core/command/template.ts'
import { identify } from './identify.ts'
import { end } from './request/end.ts'
import { eventLeaf, move } from './request/move.ts'
import type { Request } from './request/request.ts'
import { unknownCommand } from './sentences.ts'
import { walk } from './walk.ts'
import type { Way } from './way.ts'

/**
 * Another bundle is in force than the one a request was stated under: it is stated and asked anew, under the same id.
 * What was said is the same; who may say it, and what that owes, is looked up anew.
 */
export const again = async (way: Way, request: Request): Promise<void> => {
  const { rules } = way
  const from = identify({
    rules,
    line: { ok: true, text: request.text },
    message: {
      conversation: request.conversation,
      account: request.account,
      id: request.message,
      at: request.createdAt,
      text: request.text,
      direct: false,
      fresh: true,
      signs: false,
    },
  })
  const entry = rules.entryOf(request.command)
  const why = 'the rules changed while it waited'
  const pending = await move(way, request, { state: 'pending' }, eventLeaf(way, 'asked', { request: request.id, why }))
  if (!pending) return
  if (!entry?.listed || !rules.mayEver(from.person)(entry.command))
    return end(way, pending, 'refused', unknownCommand(way.name), why)
  const { listed } = entry
  const args = parseCanonical(templateOf(listed), request.text)
  await walk(way, { from, entry: { ...entry, listed }, args, text: request.text }, request.id, pending)
}
