import type { KeyClassName } from '#core/bundle/company.ts'
import type { Requirement } from './decision.ts'
import { type Strength, stronger } from './key-class.ts'
import type { Owed } from './owed.ts'

/** A thing owed, with the rule that owes it: a policy's id, or `tier <name>`. */
export type OwedBy = { readonly owed: Owed; readonly because: string }

/** What the tier and the resource settle. */
export type Ground = {
  readonly ownerGroup: string | undefined
  /** The tier's least class of key. */
  readonly key: KeyClassName
  /** The least that an approval must be, where its rule names no class. */
  readonly approval: Strength
}

/**
 * Everything owed, merged: of one kind and group the largest number and the highest class. A signature is worth more
 * than a second factor, and takes its place.
 * @param owedBy none may need an owner that `ground` has not
 */
export const merge = (owedBy: readonly OwedBy[], ground: Ground): readonly Requirement[] => {
  const merged = new Map<string, Requirement>()
  for (const each of owedBy) {
    const requirement = settle(each, ground)
    const place = requirement.kind === 'approval' ? `approval ${requirement.group}` : requirement.kind
    const before = merged.get(place)
    merged.set(place, before ? join(before, requirement) : requirement)
  }
  const signature = merged.get('signature')
  const factor = merged.get('second-factor')
  if (signature && factor) {
    merged.delete('second-factor')
    merged.set('signature', { ...signature, because: listed(factor.because, signature.because) })
  }
  return [...merged.values()].sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind))
}

/** The order in which people are told. */
const order: readonly Requirement['kind'][] = ['reason', 'signature', 'second-factor', 'approval']

const settle = ({ owed, because }: OwedBy, { ownerGroup, key, approval }: Ground): Requirement => {
  switch (owed.kind) {
    case 'reason':
      return { kind: 'reason', because }
    case 'second-factor':
      return { kind: 'second-factor', key, because }
    case 'signature':
      return { kind: 'signature', key: stronger(key, owed.key ?? key), because }
    case 'approval': {
      const group = owed.from === 'resource.owner' ? ownerGroup : owed.from.group
      if (group === undefined) throw new Error('an approval of the owner is owed where there is none')
      return { kind: 'approval', group, count: owed.count, key: stronger(approval, owed.key ?? approval), because }
    }
  }
}

const join = (a: Requirement, b: Requirement): Requirement => {
  const because = listed(a.because, b.because)
  if (a.kind === 'approval' && b.kind === 'approval') {
    return { ...a, count: Math.max(a.count, b.count), key: stronger(a.key, b.key), because }
  }
  if (a.kind === 'signature' && b.kind === 'signature') return { ...a, key: stronger(a.key, b.key), because }
  return { ...a, because }
}

const listed = (a: string, b: string): string => [...new Set([...a.split(', '), ...b.split(', ')])].join(', ')
