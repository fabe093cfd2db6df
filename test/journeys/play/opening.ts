import { writeRules } from './change-rules.ts'
import { writeSettings } from './plugin-settings.ts'
import type { Step } from './script.ts'

type Opening = Extract<Step, { type: 'rules' | 'plugins' }>

/**
 * What a conversation begins with, and what comes then: rules and settings that stand before all else are there from the
 * start.
 */
export const openingOf = (
  steps: readonly Step[],
): { readonly prepare: (data: string) => void; readonly rest: readonly Step[] } => {
  const isOpening = (step: Step): step is Opening => step.type === 'rules' || step.type === 'plugins'
  const end = steps.findIndex((step) => !isOpening(step))
  const opening = (end < 0 ? steps : steps.slice(0, end)).filter(isOpening)
  return {
    prepare: (data) => {
      for (const step of opening) {
        if (step.type === 'rules') writeRules(data, step.file, step.text)
        else writeSettings(data, step.text)
      }
    },
    rest: steps.slice(opening.length),
  }
}
