import { FoobotError } from '#core/errors.ts'
import type { Arguments } from './arguments.ts'
import { fitPart } from './fit.ts'
import type { Part, Slot } from './part.ts'
import { isCatchAll, type Option, type Template } from './template.ts'
import { needsQuotes, quote, readRest } from './words.ts'

/**
 * The one way to write a command down: literals as declared, options in declared order, values in canonical form, quotes
 * where they are needed.
 *
 * An option `-<name:word>` leaves its place for the end of its run where its value would fit another option of it.
 * @throws FoobotError `arguments-malformed` where one is missing, unknown, or not a value of its slot's type
 */
export const render = (template: Template, args: Arguments): string => {
  const { text, missing, used } = write(template, args)
  if (missing) throw malformedArguments(template, `<${missing}> is missing`)
  const unknown = Object.keys(args).find((name) => !used.has(name) && args[name] !== undefined && args[name] !== false)
  if (unknown !== undefined) throw malformedArguments(template, `there is no <${unknown}>`)
  return text
}

/** What can be written of a command that is not yet complete: up to the first part in order that is missing. */
export const renderSoFar = (template: Template, args: Arguments): string => write(template, args).text

type Written = { readonly text: string; readonly missing: string | undefined; readonly used: ReadonlySet<string> }

const write = (template: Template, args: Arguments): Written => {
  const words: string[] = []
  const used = new Set<string>()
  let missing: string | undefined
  const skipped: Part[] = []
  const add = (part: Part, rivals: readonly Part[]): void => {
    if (part.name !== undefined) used.add(part.name)
    words.push(...wordsOf(template, part, args, rivals))
    skipped.length = 0
  }
  for (const step of template.steps) {
    if (step.kind === 'run') {
      const absent = step.options.filter(({ part }) => !isGiven(part, args))
      missing ??= absent.find(({ required }) => required)?.part.name
      const rivals = absent.map(({ part }) => part)
      // No two options take a common word, but the one that takes any: it alone can lose its word to an absent one.
      for (const part of inWrittenOrder(step.options, args)) add(part, isCatchAll(part) ? rivals : [])
    } else if (step.kind === 'optional') {
      if (step.parts.every((part) => isGiven(part, args))) for (const part of step.parts) add(part, skipped)
      else skipped.push(...step.parts.slice(0, 1))
    } else if (isGiven(step.part, args)) add(step.part, skipped)
    else return { text: words.join(' '), missing: missing ?? step.part.name, used }
  }
  return { text: words.join(' '), missing, used }
}

const isGiven = (part: Part, args: Arguments): boolean => {
  if (part.kind === 'slot') return args[part.name] !== undefined
  return part.name === undefined || args[part.name] === true
}

const inWrittenOrder = (options: readonly Option[], args: Arguments): Part[] => {
  const parts = options.map(({ part }) => part).filter((part) => isGiven(part, args))
  const isTakenByOther = (part: Part): boolean =>
    isCatchAll(part) &&
    options.some(({ part: other }) => other !== part && fitPart(other, `-${args[part.name]}`, 0).fits)
  const late = parts.filter(isTakenByOther)
  return [...parts.filter((part) => !late.includes(part)), ...late]
}

const wordsOf = (template: Template, part: Part, args: Arguments, rivals: readonly Part[]): string[] => {
  if (part.kind === 'literal') return [part.text]
  const value = args[part.name]
  if (part.many !== 'list') return [writeSlot(part, canonicalText(template, part, value), rivals)]
  if (!Array.isArray(value) || value.length === 0)
    throw malformedArguments(template, `<${part.name}> is no list of words`)
  return value.map((one, index) => writeSlot(part, canonicalText(template, part, one), index === 0 ? rivals : []))
}

const canonicalText = (template: Template, slot: Slot, value: unknown): string => {
  const text = String(value)
  if (slot.type.read(text) !== value)
    throw malformedArguments(template, `<${slot.name}> is ${slot.type.what}, not "${text}"`)
  return text
}

/** Quoted too where a part that was left out would take the word: a literal never takes a quoted one. */
const writeSlot = (slot: Slot, value: string, rivals: readonly Part[]): string => {
  const plain = slot.prefix + value
  const asIs =
    slot.many === 'rest'
      ? readRest(value, 0)?.text === value && value.trim() === value
      : !needsQuotes(value, slot.prefix)
  const isTaken = rivals.some((part) => fitPart(part, plain, 0).fits)
  return asIs && !isTaken ? plain : slot.prefix + quote(value)
}

const malformedArguments = (template: Template, why: string): FoobotError =>
  new FoobotError('arguments-malformed', `arguments of "${template.text}": ${why}`)
