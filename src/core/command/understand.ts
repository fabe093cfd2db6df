import { FoobotError } from '#core/errors.ts'
import { isAtLeast } from '#core/tier.ts'
import type { Arguments } from './arguments.ts'
import type { CommandSet, Compiled } from './command-set.ts'
import type { Described } from './described.ts'
import type { Given } from './fit.ts'
import { type Match, match } from './match.ts'
import { argumentsOf, parseCanonical } from './parse.ts'
import type { Part } from './part.ts'
import { remainder } from './remainder.ts'
import { render, renderSoFar } from './render.ts'
import { meaningOf } from './said/meaning.ts'
import type { Speaking } from './speaking.ts'
import { partsOf, slotsOf } from './template.ts'
import { usageOf } from './usage.ts'

/** What a line comes to. */
export type Understanding<E> =
  | { readonly kind: 'command'; readonly entry: E; readonly args: Arguments; readonly text: string }
  | {
      readonly kind: 'missing'
      readonly entry: E
      /** The names of the slots that are missing. */
      readonly slots: readonly string[]
      /** What was said so far, with its values fixed: what `understandAnswer` goes on from. */
      readonly text: string
      /** The sentence that asks for what is missing; absent where nothing is asked, and `usage` is to be shown. */
      readonly ask?: string
      readonly usage: string
    }
  | { readonly kind: 'complaint'; readonly entry: E; readonly say: string }
  /** `near` are names that were perhaps meant: to be shown, never to be run. */
  | { readonly kind: 'unknown'; readonly near: readonly string[] }
  /** No command at all: Foobot's name alone, or a greeting. */
  | { readonly kind: 'nothing' }

type MayEver = (command: string) => boolean

const greetings = /^(?:hi|hello|hey|hola|moin|yo|good (?:morning|afternoon|evening)|thanks|thank you)\b[ !.?]*$/i

/**
 * What a line means.
 * @param line after hygiene, without Foobot's name
 * @param mayEver commands that it refuses are as if they were not there
 */
export const understand = <E extends Described>(
  set: CommandSet<E>,
  line: string,
  speaking: Speaking,
  mayEver: MayEver,
): Understanding<E> => {
  const found = allowed(set, line, mayEver).map((command) => ({ command, laid: match(command.template.steps, line) }))
  const meant = found.find(({ laid }) => isComplete(laid)) ?? found[0]
  if (meant) return conclude(meant.command, meant.laid, meant.laid.given, speaking)
  return line === '' || greetings.test(line) ? { kind: 'nothing' } : { kind: 'unknown', near: set.near(line, mayEver) }
}

/**
 * What an answer to a question means, read against everything that is missing: prefixes and words between the values
 * may be left out.
 * @param said the `text` of what was missing
 * @param answer after hygiene
 */
export const understandAnswer = <E extends Described>(
  set: CommandSet<E>,
  said: string,
  answer: string,
  speaking: Speaking,
  mayEver: MayEver,
): Understanding<E> => {
  for (const command of allowed(set, said, mayEver)) {
    const before = match(command.template.steps, said)
    if (before.problem !== undefined || before.missing.length === 0) continue
    const { steps, original } = remainder(command.template.steps, before.given)
    const laid = match(steps, answer)
    const added = [...laid.given].map(([part, given]): [Part, Given] => [original(part), given])
    const required = partsOf(command.template.steps).filter((one) => one.required)
    const given = new Map([...before.given, ...added])
    const missing = required.map(({ part }) => part).filter((part) => part.kind === 'slot' && !given.has(part))
    return conclude(command, { ...laid, missing }, given, speaking)
  }
  return { kind: 'unknown', near: [] }
}

const allowed = <E extends Described>(set: CommandSet<E>, line: string, mayEver: MayEver): Compiled<E>[] =>
  set.onLine(line).filter(({ entry }) => mayEver(entry.command))

const isComplete = ({ missing, problem }: Match): boolean => missing.length === 0 && problem === undefined

const conclude = <E extends Described>(
  { entry, template }: Compiled<E>,
  { missing, problem }: Match,
  given: ReadonlyMap<Part, Given>,
  speaking: Speaking,
): Understanding<E> => {
  if (problem !== undefined)
    return { kind: 'complaint', entry, say: `${problem} ${sayUsage(entry, usageOf(template))}` }
  let wrong: string | undefined
  const args = argumentsOf(template, given, (slot, word) => {
    const understood = meaningOf(slot.type, word, speaking)
    if (understood.ok) return understood.value
    wrong ??= understood.say
    return ''
  })
  if (wrong !== undefined) return { kind: 'complaint', entry, say: wrong }
  if (missing.length === 0) return complete(entry, args, template)
  const slots = slotsOf(template)
    .filter((slot) => missing.includes(slot))
    .map(({ name }) => name)
  const [first = ''] = slots
  const ask = isAtLeast(entry.tier, 'sensitive') ? undefined : entry.ask?.[first]
  const usage = sayUsage(entry, usageOf(template))
  return { kind: 'missing', entry, slots, text: renderSoFar(template, args), usage, ...(ask !== undefined && { ask }) }
}

/** What is run is what the text says, read as a runner will read it. */
const complete = <E extends Described>(
  entry: E,
  args: Arguments,
  template: Compiled<E>['template'],
): Understanding<E> => {
  try {
    const text = render(template, args)
    return { kind: 'command', entry, args: parseCanonical(template, text), text }
  } catch (error) {
    if (!(error instanceof FoobotError)) throw error
    const say = `I cannot write that down so that it means one thing only. ${sayUsage(entry, usageOf(template))}`
    return { kind: 'complaint', entry, say }
  }
}

const sayUsage = (entry: Described, usage: string): string =>
  entry.example === undefined
    ? `Say it like this: ${usage}`
    : `Say it like this: ${usage} (for example: ${entry.example})`
