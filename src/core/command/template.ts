import { cut } from '#core/text/cut.ts'
import { isAtLeast, type Tier } from '#core/tier.ts'
import { type ListedCommand, tierOf } from './manifest.ts'
import { isDashed, labelOf, malformed, type Part, readPart, type Slot } from './part.ts'
import { shareWord } from './share.ts'

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

const mostCharacters = 1024
const mostParts = 32

/**
 * Reads a template, expanded or as its author wrote it. From `dangerous` up it takes `-reason=<reason:text>` too, among
 * its options.
 * @throws FoobotError `template-malformed`
 */
export const compileTemplate = (entry: { readonly template: string; readonly tier: Tier }): Template => {
  const { template: text, tier } = entry
  if (text.length > mostCharacters) malformed(cut(text, 60), `it has more than ${mostCharacters} characters`)
  const written = stepsOf(text)
  const steps = isAtLeast(tier, 'dangerous') ? withReason(written) : written
  const path = leadingLiterals(steps)
  if (path.length === 0) malformed(text, 'it must begin with a word that is no dash part')
  checkNames(text, steps)
  checkPlaces(text, steps)
  checkRuns(text, steps)
  return { text, command: path.join(' '), path, steps }
}

const kept = new WeakMap<ListedCommand, Template>()

/** The template of a command as the bundle lists it, under the tier that counts; read once for each entry. */
export const templateOf = (listed: ListedCommand): Template => {
  const known = kept.get(listed)
  if (known) return known
  const { manifest } = listed
  const template = compileTemplate({ template: manifest.template, tier: tierOf(listed) })
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

const takesRest = (part: Part): boolean => part.kind === 'slot' && part.many !== 'one'

const checkNames = (text: string, steps: readonly Step[]): void => {
  const names = partsOf(steps).flatMap(({ part }) => part.name ?? [])
  for (const [index, name] of names.entries()) {
    if (!/^[a-z][A-Za-z0-9]{0,63}$/.test(name)) malformed(text, `"${name}" is no name in lower camel case`)
    if (name in {}) malformed(text, `every object has a "${name}": take another name`)
    if (names.indexOf(name) < index) malformed(text, `the name "${name}" stands twice`)
  }
}

const checkPlaces = (text: string, steps: readonly Step[]): void => {
  for (const { part } of partsOf(steps).slice(0, -1)) {
    if (part.kind === 'slot' && part.many !== 'one')
      malformed(text, `"${labelOf(part)}" takes the rest of the line: it must be last`)
  }
  const optional = steps.findIndex((step) => step.kind === 'optional')
  const late = optional < 0 ? undefined : partsOf(steps.slice(optional)).find(({ required }) => required)
  if (late) malformed(text, `"${labelOf(late.part)}" must come, and stands after a part that may be missing`)
}

/** Runs with nothing that must come between them may meet on a line, and count as one. */
const checkRuns = (text: string, steps: readonly Step[]): void => {
  let run: Part[] = []
  for (const step of steps) {
    if (step.kind === 'part') run = []
    if (step.kind !== 'run') continue
    const parts = step.options.map(({ part }) => part)
    for (const [index, part] of parts.entries()) {
      for (const other of run) if (shareWord(part, other)) refuseCommon(text, other, part)
      for (const other of parts.slice(index + 1)) {
        if (!isOneCatchAll(part, other) && shareWord(part, other)) refuseCommon(text, part, other)
      }
    }
    run = [...run, ...parts]
  }
}

const isOneCatchAll = (one: Part, other: Part): boolean =>
  isCatchAll(one) !== isCatchAll(other) && !takesRest(one) && !takesRest(other)

const refuseCommon = (text: string, one: Part, other: Part): never =>
  malformed(text, `"${labelOf(one)}" and "${labelOf(other)}" take a common word`)
