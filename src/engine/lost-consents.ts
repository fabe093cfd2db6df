import type { KeyChanges } from '#core/bundle/key-changes.ts'
import type { Envelope } from '#core/statement/fields.ts'
import { statementKind } from '#core/statement/statement.ts'
import { warrantKind } from '#core/warrant/warrant.ts'
import { again } from './again.ts'
import { counted } from './consents.ts'
import { cannotBeGiven, prompt } from './owed.ts'
import { end } from './request/end.ts'
import { move } from './request/move.ts'
import type { Request } from './request/request.ts'
import { standingOf } from './standing.ts'
import { sayOf } from './talk.ts'
import { owingOf, tellStanding } from './wait.ts'
import type { Way } from './way.ts'

/**
 * A key was removed. Requests that a yes of that key had counted for need it anew: what waits says so in its room, what
 * was recorded and never sent is stated and asked anew. What nobody is left to give ends.
 * @param before the keys as they were
 */
export const askAgain = async (way: Way, before: KeyChanges): Promise<void> => {
  for (const id of [...way.live.waiting().map((request) => request.id), ...way.unsent]) {
    // As it is now: what was said of those before took its time.
    const request = way.live.get(id)
    const unsent = request?.state === 'running' && way.unsent.has(id)
    if (!request || (request.state !== 'pending' && !unsent)) continue
    const lost = lostBy(way, request, before)
    const why = `A key was removed, so the yes of ${lost.map((person) => calledOf(way, person)).join(' and ')} counts no more.`
    if (lost.length === 0) await endIfHopeless(way, request, 'A key was removed.')
    else if (unsent) await askAnew(way, request, why)
    else await ask(way, await forgetDead(way, request), why)
  }
}

/** The people whose yes counted before and does not now. */
const lostBy = (way: Way, { stated, consents, sent }: Request, before: KeyChanges): readonly string[] => {
  if (!stated) return []
  const about = { statement: statementKind.decode(stated.statement), digest: stated.digest }
  const given: readonly Envelope[] = (sent && warrantKind.decode(sent.warrant).consents) ?? consents ?? []
  const peopleOf = (keyChanges: KeyChanges): ReadonlySet<string> =>
    new Set(counted({ ...way, keyChanges }, way.rules, about, given).map(({ given: { person } }) => person))
  const now = peopleOf(way.keyChanges)
  return [...peopleOf(before)].filter((person) => !now.has(person))
}

/** A yes that counts no more counts never again: it is kept no longer. */
const forgetDead = async (way: Way, request: Request): Promise<Request> => {
  const { stated, consents = [] } = request
  if (!stated) return request
  const about = { statement: statementKind.decode(stated.statement), digest: stated.digest }
  const alive = counted(way, way.rules, about, consents).map(({ envelope }) => envelope)
  const kept = await move(way, request, { state: 'pending', consents: alive })
  return kept ?? way.live.get(request.id) ?? request
}

/** @returns what it owes, where somebody can give it */
const endIfHopeless = async (way: Way, request: Request, why: string): Promise<ReturnType<typeof standingOf>> => {
  const standing = standingOf(way, request)
  if (!standing) return undefined
  const hopeless = cannotBeGiven(owingOf(way, standing.stated, request, standing))
  if (hopeless === undefined) return standing
  await end(way, request, 'refused', `${why} ${hopeless}`)
  return undefined
}

const ask = async (way: Way, request: Request, why: string): Promise<void> => {
  const standing = await endIfHopeless(way, request, why)
  if (!standing) return
  const { stated } = standing
  await tellStanding(way, stated, request, standing)
  way.live.prompted(request.id, true)
  await sayOf(way, request, { text: `${why} ${prompt(owingOf(way, stated, request, standing))}`, blocks: [] })
}

const askAnew = async (way: Way, request: Request, why: string): Promise<void> => {
  way.unsent.delete(request.id)
  await sayOf(way, request, { text: why, blocks: [] })
  await again(way, request, why)
}

const calledOf = (way: Way, id: string): string => way.rules.company.people.get(id)?.name ?? id
