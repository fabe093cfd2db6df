import type { EventName } from '#core/log/event.ts'
import { cut } from '#core/text/cut.ts'
import { followAll, replyOf, sayOf, textOfWords, type Words } from '../talk.ts'
import type { Way } from '../way.ts'
import { whoOf } from '../who.ts'
import { begin, eventLeaf, move } from './move.ts'
import type { Request } from './request.ts'
import type { State } from './states.ts'

export type Ending = Extract<State & EventName, 'refused' | 'expired' | 'cancelled' | 'failed' | 'interrupted'>

type End = readonly [
  way: Way,
  request: Request,
  state: Ending,
  text: Words,
  why?: string,
  /** The event, where it has another name than the state. */
  what?: EventName,
]

/**
 * Ends a request that no receipt ends: recorded with an event, said in its conversation, told to who follows it.
 * @param text what is said; `why`, for the log, is the same unless given
 */
export const end = async (...what: End): Promise<void> => {
  await endIfStill(...what)
}

/** As `end`; false where somebody was faster: nothing is said then, and the request stands as they left it. */
export const endIfStill = async (
  ...[way, request, state, text, why = textOfWords(text), what = state]: End
): Promise<boolean> => {
  const ended = await move(way, request, { state, endedAt: way.clock() }, leafOf(way, request, what, why))
  if (ended) await tell(way, ended, text)
  return ended !== undefined
}

/**
 * Stores a request as ended at once: it was refused, or failed, before it waited or ran. Whoever has that done without end
 * is answered, and fills no log.
 */
export const endAtOnce = async (
  way: Way,
  request: Omit<Request, 'state' | 'generation'>,
  state: Ending,
  text: Words,
  why = textOfWords(text),
): Promise<void> => {
  const ended: Request = { ...request, state, generation: 0, endedAt: way.clock() }
  if (!way.told.recordsEnded(whoOf(request, request.person))) {
    way.live.put(ended)
    return tell(way, ended, text)
  }
  const stored = await begin(way, ended, leafOf(way, ended, state, why))
  if (stored) await tell(way, stored, text)
}

const tell = async (way: Way, request: Request, words: Words): Promise<void> => {
  await sayOf(way, request, replyOf(words))
  await followAll(way, request)
  way.live.drop(request.id)
}

const leafOf = (way: Way, { id, person, runner, command, stated }: Request, what: EventName, why: string) =>
  eventLeaf(way, what, {
    request: id,
    runner,
    command,
    why: cut(why, 1000),
    ...(person !== undefined && { person }),
    ...(stated && { digest: stated.digest }),
  })
