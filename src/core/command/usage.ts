import { labelOf, type Slot, shownValues } from './part.ts'
import { partsOf, slotsOf, type Template } from './template.ts'

/** How a command is said: `upgrade <customer> to <Free|Pro>`. */
export const usageOf = (template: Template): string =>
  template.steps
    .flatMap((step) => {
      if (step.kind === 'part') return [labelOf(step.part)]
      if (step.kind === 'optional') return [`[${step.parts.map(labelOf).join(' ')}]`]
      return step.options.map(({ part, required }) => (required ? labelOf(part) : `[${labelOf(part)}]`))
    })
    .join(' ')

/** One line for each slot that usage shows by name: `<until> is a date, as 2015-05-31`. */
export const explainSlots = (template: Template): string[] => {
  const optional = new Set(partsOf(template.steps).flatMap(({ part, required }) => (required ? [] : [part])))
  return slotsOf(template)
    .filter((slot) => shownValues(slot) === undefined)
    .map((slot) => `<${slot.name}> is ${explain(slot)}${optional.has(slot) ? '; may be left out' : ''}`)
}

const explain = ({ type, many }: Slot): string => {
  if (many === 'rest') return `${type.what}: the rest of the line`
  return many === 'list' ? `${type.what}; one or more` : type.what
}
