import { fitPart, type Given } from './fit.ts'
import type { Part } from './part.ts'
import { isCatchAll, type Option, type Step } from './template.ts'
import { dashLength, nextWord, wordEnd } from './words.ts'

/** Where each word of a line went. The line is complete where nothing is missing and there is no problem. */
export type Match = {
  readonly given: ReadonlyMap<Part, Given>
  /** Parts that must come, and have not, in declared order. */
  readonly missing: readonly Part[]
  /** What does not fit, in a sentence. */
  readonly problem?: string
}

/**
 * Lays a line on the steps of a template, left to right and without going back: a part that may be missing takes its
 * words if they fit, and each dash word goes to the first option that takes it. Work is linear in the line.
 */
export const match = (steps: readonly Step[], line: string): Match => {
  const given = new Map<Part, Given>()
  const missing: Part[] = []
  let at = nextWord(line, 0)
  let hint: Hint | undefined
  const stop = (say: string): Match => ({ given, missing, problem: hint?.at === at ? hint.say : say })
  for (const step of steps) {
    if (step.kind === 'run') {
      at = matchRun(step.options, line, at, given)
      if (dashLength(line, at) > 0) hint = { at, say: optionHint(step.options, line, at, given) }
      missing.push(...step.options.filter(({ part, required }) => required && !given.has(part)).map(({ part }) => part))
      continue
    }
    const parts = step.kind === 'part' ? [step.part] : step.parts
    const taken = at < line.length ? matchParts(parts, line, at, given) : undefined
    if (taken && 'end' in taken) at = taken.end
    else if (step.kind === 'optional') hint = hint?.at === at || !taken ? hint : { at, say: taken.problem }
    else if (taken) return dashLength(line, at) > 0 ? stop(taken.problem) : { given, missing, problem: taken.problem }
    else missing.push(step.part)
  }
  return at < line.length
    ? stop(`There is nothing for "${line.slice(at, wordEnd(line, at))}" to be.`)
    : { given, missing }
}

/** Why what may be missing did not take the word at this place: the better complaint, where nothing else takes it. */
type Hint = { readonly at: number; readonly say: string }

const optionHint = (options: readonly Option[], line: string, at: number, given: ReadonlyMap<Part, Given>): string => {
  const left = options.map(({ part }) => part).filter((part) => !given.has(part))
  const [only] = left
  const why = left.length === 1 && only ? fitPart(only, line, at) : undefined
  return why?.fits === false ? why.say : `No option of this command takes "${line.slice(at, wordEnd(line, at))}".`
}

type Progress = { readonly end: number } | { readonly problem: string }

/** All of the parts, or none. */
const matchParts = (parts: readonly Part[], line: string, start: number, given: Map<Part, Given>): Progress => {
  const found: [Part, Given][] = []
  let at = start
  for (const part of parts) {
    if (at >= line.length) return { problem: 'Something more belongs there.' }
    const one = fitPart(part, line, at)
    if (!one.fits) return { problem: one.say }
    found.push([part, one.given])
    at = nextWord(line, one.end)
  }
  for (const [part, value] of found) given.set(part, value)
  return { end: at }
}

/** Ends before a dash word that no option takes: the step that follows says what is wrong with it, or takes it. */
const matchRun = (options: readonly Option[], line: string, start: number, given: Map<Part, Given>): number => {
  const parts = options.map(({ part }) => part)
  const tried = [...parts.filter((part) => !isCatchAll(part)), ...parts.filter(isCatchAll)]
  let at = start
  while (at < line.length && dashLength(line, at) > 0) {
    const end = takeOption(tried, line, at, given)
    if (end === undefined) return at
    at = nextWord(line, end)
  }
  return at
}

const takeOption = (parts: readonly Part[], line: string, at: number, given: Map<Part, Given>): number | undefined => {
  for (const part of parts) {
    const one = given.has(part) ? undefined : fitPart(part, line, at)
    if (!one?.fits) continue
    given.set(part, one.given)
    return one.end
  }
  return undefined
}
