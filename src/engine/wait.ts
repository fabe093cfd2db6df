import type { Requirement } from '#core/policy/decision.ts'
import { shortFault } from '#core/text/short-fault.ts'
import { worthNow } from './keys.ts'
import { type Owing, owedViews, prompt } from './owed.ts'
import { begin, eventLeaf, move } from './request/move.ts'
import type { Request } from './request/request.ts'
import type { Stated } from './state.ts'
import { progressOf, sayOf } from './talk.ts'
import { wantApprovers } from './wake-approvers.ts'
import { follow, type Way } from './way.ts'
import { pickWord, restingTime } from './words.ts'

/** Milliseconds that a client which signs has, before it is said what is owed. */
const signingTime = 10_000

/** What is missing, and who has approved so far. */
export type Standing = Pick<Owing, 'owes' | 'approvers'>

/**
 * Something is owed: the request waits, durably, until the last consent is there. A client that signs is handed the
 * statement first; what is owed is said at once to all others.
 */
export const wait = async (way: Way, stated: Stated, standing: Standing, before?: Request): Promise<void> => {
  const { owes } = standing
  const known = before?.stated?.digest === stated.stated.digest
  const request = known ? before : await store(way, stated, owes, before)
  if (!request) return
  await tellStanding(way, stated, request, standing)
  wantApprovers(way, request, owes)
  const own = owes.find(({ kind }) => kind === 'signature' || kind === 'second-factor')
  if (!known && own && stated.from.message.signs) return show(way, stated, request, standing, own)
  if (known) return sayStill(way, stated, request, standing)
  await sayOwed(way, stated, request, standing)
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
    said: from.said,
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
export const tellStanding = (way: Way, stated: Stated, request: Request, standing: Standing): Promise<void> => {
  const progress = { ...progressOf(request), owes: owedViews(owingOf(way, stated, request, standing)) }
  return way.live.talk(request.id, () => {
    for (const asker of way.live.askers(request.id)) follow(way, asker, progress)
    return Promise.resolve()
  })
}

/** What the sentences about a request are made of. */
export const owingOf = (
  way: Way,
  { from, entry, say, stated }: Stated,
  { word }: Request,
  { owes, approvers }: Standing,
): Owing => ({
  company: from.rules.company,
  ...(from.person !== undefined && { requester: from.person }),
  worthOf: worthNow(way, entry.tier),
  called: from.called,
  name: way.name,
  owes,
  approvers,
  // Where so much waits that no word is free, the code points at it as well.
  word: word ?? stated.code,
  ...(say !== undefined && { about: say }),
})

/** What is owed, said in one reply. */
const sayOwed = (way: Way, stated: Stated, request: Request, standing: Standing): Promise<void> => {
  way.live.prompted(request.id, true)
  return sayOf(way, request, { text: prompt(owingOf(way, stated, request, standing)), blocks: [] })
}

/** A consent came and something is missing still: said as what is left, or as a whole where nothing was said yet. */
const sayStill = (way: Way, stated: Stated, request: Request, standing: Standing): Promise<void> => {
  if (!way.live.isPrompted(request.id)) return sayOwed(way, stated, request, standing)
  return sayOf(way, request, { text: `Thank you. ${prompt(owingOf(way, stated, request, standing))}`, blocks: [] })
}

/** Hands the statement to the client that said the line; where no consent comes of it in time, says what is owed. */
const show = (way: Way, stated: Stated, request: Request, standing: Standing, { because }: Requirement): void => {
  const { message } = stated.from
  way.platforms
    .get(message.conversation.platform)
    ?.show(message, { as: 'requester', because, statement: stated.stated.statement })
  const timer = setTimeout(() => {
    const now = way.live.get(request.id)
    // A consent that came meanwhile has said what is left.
    if (now?.generation !== request.generation || way.live.isPrompted(request.id)) return
    sayOwed(way, stated, request, standing).catch((error: unknown) =>
      way.log.error({ error: shortFault(error) }, 'what is owed could not be said'),
    )
  }, signingTime)
  timer.unref()
}

const takeWord = (way: Way): string | undefined => {
  const now = way.clock()
  for (const [word, since] of way.resting) if (now - since > restingTime) way.resting.delete(word)
  const word = pickWord((one) => way.live.isWordTaken(one) || way.resting.has(one), way.random)
  // Taken from this moment on: others may be picking theirs while its request is written.
  if (word !== undefined) way.resting.set(word, now)
  return word
}
