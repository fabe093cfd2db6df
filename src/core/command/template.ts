import { isAtLeast, type Tier } from '#core/tier.ts'
import { type ListedCommand, tierOf } from './manifest.ts'
import { isDashed, labelOf, malformed, type Part, readPart, type Slot } from './part.ts'

/**
 * One stretch of a template: a part that must come; parts in brackets, which come together or not at all; or a run of
 * dash parts, which come in any order.
 */
export type Step =
  | { readonly kind: 'part'; readonly part: Part }
  | { readonly kind: 'optional'; readonly parts: readonly Part[] }
  | { readonly kind: 'run'; readonly options: readonly Option[] }

export type Option = { readonly part: Part; readonly required: boolean }

/** A template, read once: what parsing, rendering, help and completion work from. */
export type Template = {
  readonly text: string
  /** The leading literals that are no dash parts: the command's name, as `db migrate`. */
  readonly command: string
  readonly path: readonly string[]
  readonly steps: readonly Step[]
}

const mostParts = 32

/**
 * Reads a template, expanded or as its author wrote it. From `dangerous` up it takes `-reason=<reason:text>` too, among
 * its options. Whether it can mean two things is not looked at: see `compileTemplate`.
 * @throws FoobotError `template-malformed`
 */
export const readTemplate = (entry: { readonly template: string; readonly tier: Tier }): Template => {
  const { template: text, tier } = entry
  const written = stepsOf(text)
  const steps = isAtLeast(tier, 'dangerous') ? withReason(written) : written
  const path = leadingLiterals(steps)
  if (path.length === 0) malformed(text, 'it must begin with a word that is no dash part')
  return { text, command: path.join(' '), path, steps }
}

const kept = new WeakMap<ListedCommand, Template>()

/**
 * The template of a command as the bundle lists it, under the tier that counts; read once for each entry. A bundle whose
 * templates do not pass `compileTemplate` is not taken, so nothing of that is asked again.
 */
export const templateOf = (listed: ListedCommand): Template => {
  const known = kept.get(listed)
  if (known) return known
  const { manifest } = listed
  const template = readTemplate({ template: manifest.template, tier: tierOf(listed) })
  kept.set(listed, template)
  return template
}

/** Every part in declared order, with whether it must come. */
export const partsOf = (steps: readonly Step[]): Option[] =>
  steps.flatMap((step): readonly Option[] => {
    if (step.kind === 'part') return [{ part: step.part, required: true }]
    if (step.kind === 'optional') return step.parts.map((part) => ({ part, required: false }))
    return step.options
  })

export const slotsOf = (template: Template): Slot[] =>
  partsOf(template.steps).flatMap(({ part }) => (part.kind === 'slot' ? [part] : []))

/** A slot `-<name:word>`: it takes any dash word, and is tried when no other option does. */
export const isCatchAll = (part: Part): part is Slot =>
  part.kind === 'slot' && part.prefix === '-' && part.type.name === 'word' && part.many === 'one'

const stepsOf = (text: string): Step[] => {
  const sources = text.match(/\[[^\]]*\][^ ]*|[^ ]+/g) ?? []
  if (sources.join(' ') !== text) malformed(text, 'put single spaces between its parts')
  if (sources.length > mostParts) malformed(text, `it has more than ${mostParts} parts`)
  const steps: Step[] = []
  for (const source of sources) {
    const bracketed = source.startsWith('[')
    const parts = bracketed ? inBrackets(text, source) : [readPart(text, source)]
    const [part] = parts
    if (part && isDashed(part)) addOption(steps, { part, required: !bracketed })
    else if (bracketed) steps.push({ kind: 'optional', parts })
    else if (part) steps.push({ kind: 'part', part })
  }
  return steps
}

const addOption = (steps: Step[], option: Option): void => {
  const last = steps.at(-1)
  if (last?.kind === 'run') steps[steps.length - 1] = { kind: 'run', options: [...last.options, option] }
  else steps.push({ kind: 'run', options: [option] })
}

const inBrackets = (text: string, source: string): Part[] => {
  const [, inside] = /^\[([^[\]]+)\]$/.exec(source) ?? []
  if (inside === undefined)
    return malformed(text, `"${source}" is no part in brackets: they hold no brackets, and nothing is glued to them`)
  const parts = inside.split(' ').map((part) => readPart(text, part))
  const [first] = parts
  if (parts.length === 1 && first?.kind === 'literal') return [{ ...first, name: switchName(first.text) }]
  if (parts.some((part) => part.kind === 'literal')) malformed(text, `"${source}": a word in brackets stands alone`)
  if (parts.length > 1 && parts.some(isDashed)) malformed(text, `"${source}": a dash part in brackets stands alone`)
  return parts
}

/** `-dry-run` is `dryRun`. */
const switchName = (literal: string): string =>
  literal.replace(/^-/, '').replace(/-+([a-z0-9])/g, (_, letter: string) => letter.toUpperCase())

const leadingLiterals = (steps: readonly Step[]): string[] => {
  const end = steps.findIndex((step) => step.kind !== 'part' || step.part.kind !== 'literal')
  return partsOf(end < 0 ? steps : steps.slice(0, end)).map(({ part }) => labelOf(part))
}

/** After all that must come, before what may be missing or takes the rest of the line. */
const withReason = (written: readonly Step[]): Step[] => {
  const reason: Option = { part: readPart('', '-reason=<reason:text>'), required: false }
  const end = written.findIndex(
    (step) => step.kind === 'optional' || partsOf([step]).some(({ part }) => takesRest(part)),
  )
  const steps = end < 0 ? [...written] : written.slice(0, end)
  const after = end < 0 ? [] : written.slice(end)
  const [next, ...others] = after
  if (next?.kind === 'run') return [...steps, { kind: 'run', options: [reason, ...next.options] }, ...others]
  addOption(steps, reason)
  return [...steps, ...after]
}

/** Whether a part takes all that is left of a line. */
export const takesRest = (part: Part): boolean => part.kind === 'slot' && part.many !== 'one'
