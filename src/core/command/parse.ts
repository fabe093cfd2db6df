import { FoobotError } from '#core/errors.ts'
import { hygiene } from '#core/text/hygiene.ts'
import type { Arguments } from './arguments.ts'
import type { Given } from './fit.ts'
import { match } from './match.ts'
import type { Part, Slot } from './part.ts'
import { render } from './render.ts'
import { partsOf, type Template } from './template.ts'

/** Bytes of a statement's text. */
const longestText = 4096

/**
 * Reads the arguments out of a statement's text. Every value must stand in its canonical form: there is no clock, zone
 * or name to look up. The text's own form (case, quotes, spaces) is left to `parseCanonical`.
 * @throws FoobotError `text-not-canonical`
 */
export const parseText = (template: Template, text: string): Arguments => {
  const clean = hygiene(text, longestText)
  if (!clean.ok || clean.text !== text)
    throw notCanonical(text, clean.ok ? 'it has spaces or signs to clean' : clean.say)
  const { given, missing, problem } = match(template.steps, text)
  if (problem !== undefined) throw notCanonical(text, problem)
  if (missing.length > 0) throw notCanonical(text, 'something is missing')
  return argumentsOf(template, given, (slot, word) => {
    const value = slot.type.read(word)
    if (value === undefined) throw notCanonical(text, `"${word}" is no canonical ${slot.type.name}`)
    return value
  })
}

/**
 * Reads a statement's text, and demands that it is the one way to write what it says.
 * @throws FoobotError `text-not-canonical` unless `render(template, parseText(template, text)) === text`
 */
export const parseCanonical = (template: Template, text: string): Arguments => {
  const args = parseText(template, text)
  const rendered = render(template, args)
  if (rendered !== text) throw notCanonical(text, `it is written "${rendered}"`)
  return args
}

/** The arguments by name, in declared order. What is absent has no entry, but a switch, which is `false`. */
export const argumentsOf = (
  template: Template,
  given: ReadonlyMap<Part, Given>,
  toValue: (slot: Slot, word: string) => string | number,
): Arguments => {
  const args: Record<string, unknown> = {}
  for (const { part } of partsOf(template.steps)) {
    const said = given.get(part)
    if (part.kind === 'literal') {
      if (part.name !== undefined) args[part.name] = said !== undefined
    } else if (typeof said === 'string') args[part.name] = toValue(part, said)
    else if (typeof said === 'object') args[part.name] = said.map((word) => toValue(part, word))
  }
  return args
}

const notCanonical = (text: string, why: string): FoobotError =>
  new FoobotError('text-not-canonical', `"${text}" is not canonical: ${why}`)
