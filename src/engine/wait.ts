import type { Requirement } from '#core/policy/decision.ts'
import { owedViews, prompt } from './owed.ts'
import { begin, eventLeaf, move } from './request/move.ts'
import type { Request } from './request/request.ts'
import type { Stated } from './state.ts'
import { progressOf, sayOf } from './talk.ts'
import { wantApprovers } from './wake-approvers.ts'
import { follow, type Way } from './way.ts'
import { pickWord, restingTime } from './words.ts'

/** Milliseconds that a client which signs has, before it is said what is owed. */
const signingTime = 10_000

/**
 * Something is owed: the request waits, durably, until the last consent is there. A client that signs is handed the
 * statement first; what is owed is said at once to all others.
 */
export const wait = async (way: Way, stated: Stated, owes: readonly Requirement[], before?: Request): Promise<void> => {
  const known = before?.stated?.digest === stated.stated.digest
  const request = known ? before : await store(way, stated, owes, before)
  if (!request) return
  await tellStanding(way, stated, request, owes)
  wantApprovers(way, request, owes)
  const own = owes.some(({ kind }) => kind === 'signature' || kind === 'second-factor')
  if (!known && own && stated.from.message.signs) return show(way, stated, request, owes)
  if (known) return sayStill(way, stated, request, owes)
  await sayOwed(way, stated, request, owes)
}

const store = (
  way: Way,
  stated: Stated,
  owes: readonly Requirement[],
  before?: Request,
): Promise<Request | undefined> => {
  const { from, entry, text, id, say } = stated
  const word = owes.some(({ kind }) => kind === 'approval') ? (before?.word ?? takeWord(way)) : undefined
  const pending = {
    state: 'pending' as const,
    message: from.message.id,
    text,
    stated: stated.stated,
    consents: [],
    ...(word !== undefined && { word }),
    ...(say !== undefined && { about: say }),
  }
  const leaf = eventLeaf(way, 'asked', {
    request: id,
    runner: entry.listed.runner,
    command: entry.command,
    digest: stated.stated.digest,
    statement: Buffer.from(stated.stated.statement).toString('base64'),
    ...(from.person !== undefined && { person: from.person }),
  })
  if (before) return move(way, before, pending, leaf)
  return begin(
    way,
    {
      id,
      generation: 0,
      conversation: from.message.conversation,
      account: from.message.account,
      ...(from.person !== undefined && { person: from.person }),
      command: entry.command,
      runner: entry.listed.runner,
      tier: entry.tier,
      createdAt: way.clock(),
      ...pending,
    },
    leaf,
  )
}

/** Tells all who follow what is owed now. */
export const tellStanding = (
  way: Way,
  stated: Stated,
  request: Request,
  owes: readonly Requirement[],
): Promise<void> => {
  const progress = { ...progressOf(request), owes: owedViews(owingOf(way, stated, request, owes)) }
  return way.live.talk(request.id, () => {
    for (const asker of way.live.askers(request.id)) follow(way, asker, progress)
    return Promise.resolve()
  })
}

/** What the sentences about a request are made of. */
export const owingOf = (way: Way, { from, say, stated }: Stated, { word }: Request, owes: readonly Requirement[]) => ({
  called: from.called,
  name: way.name,
  owes,
  // Where so much waits that no word is free, the code points at it as well.
  word: word ?? stated.code,
  ...(say !== undefined && { about: say }),
})

/** What is owed, said in one reply. */
const sayOwed = (way: Way, stated: Stated, request: Request, owes: readonly Requirement[]): Promise<void> => {
  way.live.prompted(request.id, true)
  return sayOf(way, request, { text: prompt(owingOf(way, stated, request, owes)), blocks: [] })
}

/** A consent came and something is missing still: said as what is left, or as a whole where nothing was said yet. */
const sayStill = (way: Way, stated: Stated, request: Request, owes: readonly Requirement[]): Promise<void> => {
  if (!way.live.isPrompted(request.id)) return sayOwed(way, stated, request, owes)
  return sayOf(way, request, { text: `Thank you. ${prompt(owingOf(way, stated, request, owes))}`, blocks: [] })
}

/** Hands the statement to the client that said the line; where no consent comes of it in time, says what is owed. */
const show = (way: Way, stated: Stated, request: Request, owes: readonly Requirement[]): void => {
  const { message } = stated.from
  way.platforms
    .get(message.conversation.platform)
    ?.show(message, { as: 'requester', statement: stated.stated.statement })
  const timer = setTimeout(() => {
    const now = way.live.get(request.id)
    // A consent that came meanwhile has said what is left.
    if (now?.generation !== request.generation || way.live.isPrompted(request.id)) return
    sayOwed(way, stated, request, owes).catch((error: unknown) =>
      way.log.error({ error: String(error) }, 'what is owed could not be said'),
    )
  }, signingTime)
  timer.unref()
}

const takeWord = (way: Way): string | undefined => {
  const now = way.clock()
  for (const [word, since] of way.resting) if (now - since > restingTime) way.resting.delete(word)
  const inUse = way.live.all().flatMap(({ word }) => word ?? [])
  const word = pickWord(new Set([...inUse, ...way.resting.keys()]), way.random)
  // Taken from this moment on: others may be picking theirs while its request is written.
  if (word !== undefined) way.resting.set(word, now)
  return word
}
