import type { Part } from './part.ts'
import { shareWord } from './share.ts'
import type { Step } from './template.ts'

/** More than this many pairs of places are not looked at: such templates count as overlapping. */
const mostPlaces = 20_000

/**
 * Whether one complete line could fit both templates. Both are walked together, word by word; where a word fits a part
 * of each, both go on. It may find an overlap that the order of options rules out, and never misses one.
 */
export const overlaps = (one: readonly Step[], other: readonly Step[]): boolean => {
  const seen = new Set<string>()
  const open: [Place, Place][] = [[start, start]]
  for (let pair = open.pop(); pair; pair = open.pop()) {
    const [a, b] = pair
    if (isEnd(one, a) && isEnd(other, b)) return true
    for (const x of onwards(one, a)) {
      for (const y of onwards(other, b)) {
        const key = `${keyOf(x.to)} ${keyOf(y.to)}`
        if (seen.has(key) || !share(x, y)) continue
        if (seen.size >= mostPlaces) return true
        seen.add(key)
        open.push([x.to, y.to])
      }
    }
  }
  return false
}

/** Before a step; in a run, with the required options that came (a bit each); within a group; or within the rest of the line. */
type Place = { readonly step: number; readonly came: number; readonly inside: number; readonly rest: boolean }

/** A word's way on: by a part, or as a further word of what takes the rest. */
type Move = { readonly part: Part | 'more'; readonly to: Place }

const start: Place = { step: 0, came: 0, inside: 0, rest: false }

const before = (step: number): Place => ({ ...start, step })

const keyOf = ({ step, came, inside, rest }: Place): string => `${step},${came},${inside},${rest}`

const isEnd = (steps: readonly Step[], place: Place): boolean => {
  if (place.rest) return true
  const step = steps[place.step]
  return !step || (mayLeave(step, place) && isEnd(steps, before(place.step + 1)))
}

const mayLeave = (step: Step, { came, inside }: Place): boolean => {
  if (step.kind === 'part') return false
  if (step.kind === 'optional') return inside === 0
  return step.options.every(({ required }, index) => !required || (came & (1 << index)) !== 0)
}

const onwards = (steps: readonly Step[], place: Place): Move[] => {
  if (place.rest) return [{ part: 'more', to: place }]
  const step = steps[place.step]
  if (!step) return []
  const skipped = mayLeave(step, place) ? onwards(steps, before(place.step + 1)) : []
  if (step.kind === 'part') return [{ part: step.part, to: after(step.part, before(place.step + 1)) }]
  if (step.kind === 'optional') {
    const part = step.parts[place.inside]
    const last = place.inside + 1 === step.parts.length
    if (!part) return skipped
    return [
      { part, to: after(part, last ? before(place.step + 1) : { ...place, inside: place.inside + 1 }) },
      ...skipped,
    ]
  }
  const options = step.options.map(({ part, required }, index): Move => {
    const came = required ? place.came | (1 << index) : place.came
    return { part, to: after(part, { ...place, came }) }
  })
  return [...options, ...skipped]
}

const after = (part: Part, to: Place): Place =>
  part.kind === 'slot' && part.many !== 'one' ? { ...to, rest: true } : to

const share = (x: Move, y: Move): boolean => {
  if (x.part === 'more' || y.part === 'more') return isPlain(x.part) && isPlain(y.part)
  return shareWord(x.part, y.part)
}

/** Further words of a rest have no leading dash. */
const isPlain = (part: Part | 'more'): boolean =>
  part === 'more' || !(part.kind === 'literal' ? part.text : part.prefix).startsWith('-')
