import type { KeyClassName } from '#core/bundle/company.ts'
import { FoobotError } from '#core/errors.ts'

/** What a rule says is owed, before it is known whose the resource is. */
export type Owed =
  | { readonly kind: 'second-factor' }
  | { readonly kind: 'signature'; readonly key?: KeyClassName }
  | { readonly kind: 'approval'; readonly from: Approvers; readonly count: number; readonly key?: KeyClassName }
  | { readonly kind: 'reason' }

/** One named group, or the group that answers for the resource. */
export type Approvers = { readonly group: string } | 'resource.owner'

const written =
  '`second-factor`, `signature [verified|hardware]`, `approval GROUP|resource.owner [n] [verified|hardware]` or `reason`'

/**
 * Reads what stands in `@owes("…")`. The list of forms is closed.
 * @throws FoobotError `policy-malformed` for anything else
 */
export const parseOwes = (text: string): Owed => {
  const words = text.split(' ')
  const [kind] = words
  if (text === 'second-factor' || text === 'reason') return { kind: text }
  if (kind === 'signature') {
    const key = takeClass(words)
    if (words.length === 1) return { kind, ...key }
  }
  if (kind === 'approval') {
    const key = takeClass(words)
    const count = takeCount(words)
    const name = words.slice(1).join(' ')
    if (name !== '' && name === name.trim()) {
      return { kind, from: name === 'resource.owner' ? name : { group: name }, count, ...key }
    }
  }
  throw new FoobotError('policy-malformed', `@owes("${text}") is none of the forms: write ${written}`)
}

const takeClass = (words: string[]): { key?: KeyClassName } => {
  const last = words.at(-1)
  if (last !== 'verified' && last !== 'hardware') return {}
  words.pop()
  return { key: last }
}

const takeCount = (words: string[]): number => {
  const last = words.at(-1) ?? ''
  if (words.length < 3 || !/^[1-9][0-9]?$/.test(last)) return 1
  words.pop()
  return Number(last)
}
