import { cut } from '#core/text/cut.ts'
import type { Tier } from '#core/tier.ts'
import { labelOf, malformed, type Part } from './part.ts'
import { shareWord } from './share.ts'
import { isCatchAll, partsOf, readTemplate, type Step, type Template, takesRest } from './template.ts'

const mostCharacters = 1024

/**
 * Reads a template that nobody has looked at yet: as a plugin declares it, or as a bundle is about to list it. Its names
 * are such as arguments can have, what takes the rest of a line is last, and no word of a line could go to two parts.
 * @throws FoobotError `template-malformed`
 */
export const compileTemplate = (entry: { readonly template: string; readonly tier: Tier }): Template => {
  const { template: text } = entry
  if (text.length > mostCharacters) malformed(cut(text, 60), `it has more than ${mostCharacters} characters`)
  const template = readTemplate(entry)
  checkNames(text, template.steps)
  checkPlaces(text, template.steps)
  checkRuns(text, template.steps)
  return template
}

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
