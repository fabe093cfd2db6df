import { writeRules } from './change-rules.ts'
import type { Step } from './script.ts'

type Rules = Extract<Step, { type: 'rules' }>

/** What a conversation begins with, and what comes then: rules that stand before all else are there from the start. */
export const openingOf = (
  steps: readonly Step[],
): { readonly prepare: (data: string) => void; readonly rest: readonly Step[] } => {
  const end = steps.findIndex(({ type }) => type !== 'rules')
  const opening = steps.slice(0, end).filter((step): step is Rules => step.type === 'rules')
  return {
    prepare: (data) => {
      for (const { file, text } of opening) writeRules(data, file, text)
    },
    rest: steps.slice(end),
  }
}
