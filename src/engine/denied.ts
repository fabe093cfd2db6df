import type { Reply } from '#core/reply/reply.ts'
import type { Request } from './request/request.ts'
import { stopRequest } from './stop-request.ts'
import type { Way } from './way.ts'

/**
 * One no by anybody who could approve ends it, and needs no signature.
 * @returns what to answer; undefined where it has ended, which is said already
 */
export const deniedBy = (way: Way, request: Request, person: string, reason?: string): Promise<Reply | undefined> => {
  const why = reason === undefined ? '' : `: ${reason}`
  const called = way.rules.company.people.get(person)?.name.split(' ')[0] ?? person
  const text = `${called} has denied this${why}. Nothing was run.`
  return stopRequest(way, request, person, { text, why: `${person}${why}`, what: 'denied' })
}
