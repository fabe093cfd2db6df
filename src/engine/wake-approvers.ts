import type { Requirement } from '#core/policy/decision.ts'
import { giversOf } from '#core/policy/givers.ts'
import { worthNow } from './keys.ts'
import type { Request } from './request/request.ts'
import { waitingFor } from './standing.ts'
import { wakeDevices } from './wake.ts'
import type { Wake } from './wakes.ts'
import type { Way } from './way.ts'

/**
 * Wants those woken who could approve. Nobody else's phone rings before who asked has given what is owed of themselves: a
 * stolen chat account alone wakes nobody but its owner.
 */
export const wantApprovers = (way: Way, request: Request, owes: readonly Requirement[]): void => {
  if (owes.some(({ kind }) => kind !== 'approval')) return
  const worthOf = worthNow(way, request.tier)
  for (const owed of owes) {
    for (const person of giversOf(way.rules.company, owed, request.person, worthOf)) way.wakes.want(request.id, person)
  }
}

/** Wakes who is wanted and may be woken now, all at once: nobody's phone waits for another's push service. Called every second. */
export const wakeApprovers = async (way: Way): Promise<void> => {
  await Promise.all(way.wakes.due().map((due) => wakeApprover(way, due)))
}

const wakeApprover = async (way: Way, { request: id, person }: { request: string; person: string }): Promise<void> => {
  const request = way.live.get(id)
  const waiting = request && waitingFor(way, request, person)
  if (waiting?.toSign.as !== 'approver' || request?.word === undefined) return
  if ((await way.devices.of(person)).length === 0) return
  const { digest, exp } = waiting.stated.stated
  const wake: Wake = {
    secret: way.newId(),
    person,
    request: id,
    digest,
    as: 'approver',
    answer: request.word,
    at: way.clock(),
    until: exp * 1000,
  }
  way.wakes.open(wake)
  if (!(await wakeDevices(way, wake))) way.wakes.close(wake.secret)
}
