import type { Given } from './fit.ts'
import { isDashed, type Part } from './part.ts'
import type { Option, Step } from './template.ts'

/**
 * What is left of a template after some of it was said, for reading an answer: slots that must come may leave out their
 * prefix, and words between them need not be said.
 */
export const remainder = (
  steps: readonly Step[],
  given: ReadonlyMap<Part, Given>,
): { readonly steps: readonly Step[]; readonly original: (part: Part) => Part } => {
  const originals = new Map<Part, Part>()
  const loosened = ({ part }: Option): Step => {
    if (part.kind === 'literal')
      return isDashed(part)
        ? { kind: 'run', options: [{ part, required: false }] }
        : { kind: 'optional', parts: [part] }
    const loose = { ...part, bare: true }
    originals.set(loose, part)
    return { kind: 'part', part: loose }
  }
  const left = steps.flatMap((step): Step[] => {
    if (step.kind === 'part') return given.has(step.part) ? [] : [loosened({ part: step.part, required: true })]
    if (step.kind === 'optional') return step.parts.some((part) => given.has(part)) ? [] : [step]
    const options = step.options.filter(({ part }) => !given.has(part))
    const optional = options.filter(({ required }) => !required)
    return [
      ...options.filter(({ required }) => required).map(loosened),
      ...(optional.length > 0 ? [{ kind: 'run' as const, options: optional }] : []),
    ]
  })
  return { steps: left, original: (part) => originals.get(part) ?? part }
}
