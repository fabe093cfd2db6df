import { labelOf, type Slot } from './part.ts'
import { partsOf, slotsOf, type Template } from './template.ts'

/** How a command is said, types left out: `upgrade <customer> to <plan>`. */
export const usageOf = (template: Template): string =>
  template.steps
    .flatMap((step) => {
      if (step.kind === 'part') return [labelOf(step.part)]
      if (step.kind === 'optional') return [`[${step.parts.map(labelOf).join(' ')}]`]
      return step.options.map(({ part, required }) => (required ? labelOf(part) : `[${labelOf(part)}]`))
    })
    .join(' ')

/** One line for each slot: `<plan> is Free, Pro or Enterprise`. */
export const explainSlots = (template: Template): string[] => {
  const optional = new Set(partsOf(template.steps).flatMap(({ part, required }) => (required ? [] : [part])))
  return slotsOf(template).map(
    (slot) => `<${slot.name}> is ${explain(slot)}${optional.has(slot) ? '; may be left out' : ''}`,
  )
}

const explain = ({ type, many }: Slot): string => {
  if (many === 'rest') return `${type.what}: the rest of the line`
  return many === 'list' ? `${type.what}; one or more` : type.what
}
