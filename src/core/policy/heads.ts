import type { CedarPolicy } from './cedar.ts'
import { plainEntity } from './expression.ts'

/** The actions that the head of a policy can match. */
export const actionsOf = ({ action }: CedarPolicy): 'every' | ReadonlySet<string> => {
  if (action.op === 'All') return 'every'
  const entities = 'entities' in action ? action.entities : 'entity' in action ? [action.entity] : []
  return new Set(
    entities
      .map(plainEntity)
      .filter(({ type }) => type === 'Action')
      .map(({ id }) => id),
  )
}

/** Whether the head of a policy can match an action. */
export const canMatch = (policy: CedarPolicy, command: string): boolean => {
  const actions = actionsOf(policy)
  return actions === 'every' || actions.has(command)
}
