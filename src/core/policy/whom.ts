import type { CedarPolicy, EntityId } from './cedar.ts'
import { plainEntity } from './expression.ts'

/** Whom a policy's first line names. */
export type Whom = 'everybody' | { readonly person: string } | { readonly group: string } | 'nobody'

/** Whom the head of a policy can match; conditions are not looked at. */
export const whomOf = ({ principal }: CedarPolicy): Whom => {
  if (principal.op === 'All') return 'everybody'
  if (principal.op === 'is') {
    if (principal.entity_type !== 'Person') return 'nobody'
    return principal.in ? whom(principal.in) : 'everybody'
  }
  return whom(principal)
}

const whom = (constraint: { entity: EntityId | { __entity: EntityId } } | { slot: string }): Whom => {
  if (!('entity' in constraint)) return 'nobody'
  const { type, id } = plainEntity(constraint.entity)
  if (type === 'Person') return { person: id }
  return type === 'Group' ? { group: id } : 'nobody'
}
