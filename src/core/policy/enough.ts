import type { Requirement } from './decision.ts'
import { peopleFor } from './givers.ts'

/**
 * The first thing owed that too few people could give, where each person counts for one thing alone.
 * @param giversOf who could give one
 */
export const firstLacking = (
  owes: readonly Requirement[],
  giversOf: (owed: Requirement) => readonly string[],
): Requirement | undefined => {
  const approvals = owes.filter(({ kind }) => kind === 'approval')
  const own = owes.filter(({ kind }) => kind !== 'approval')
  return (
    own.find((owed) => giversOf(owed).length < peopleFor(owed)) ??
    approvals.find((_, index) => !canAllBeGiven(approvals.slice(0, index + 1), giversOf))
  )
}

/** Whether there are as many different people as all of it takes: each place gets one, who may move to make room. */
const canAllBeGiven = (
  approvals: readonly Requirement[],
  giversOf: (owed: Requirement) => readonly string[],
): boolean => {
  const places = approvals.flatMap((owed) => Array.from({ length: peopleFor(owed) }, () => giversOf(owed)))
  const placeOf = new Map<string, number>()
  const seat = (place: number, asked: Set<string>): boolean =>
    (places[place] ?? []).some((person) => {
      if (asked.has(person)) return false
      asked.add(person)
      const before = placeOf.get(person)
      if (before !== undefined && !seat(before, asked)) return false
      placeOf.set(person, place)
      return true
    })
  return places.every((_, place) => seat(place, new Set()))
}
