import { FoobotError } from '#core/errors.ts'
import type { ArgumentType } from './types/argument-type.ts'
import { namedTypes } from './types/types.ts'
import { lower, valuesType } from './types/values.ts'

/** A word that stands as it is. In brackets it is a switch, and `name` its argument. */
export type Literal = { readonly kind: 'literal'; readonly text: string; readonly name?: string }

/** A place for a value. */
export type Slot = {
  readonly kind: 'slot'
  readonly name: string
  /** Characters glued before the value, as `role=`. */
  readonly prefix: string
  /** Whether the prefix may be left out when speaking. */
  readonly bare: boolean
  readonly type: ArgumentType
  /** `rest` of the line as one value, or a `list` of words. */
  readonly many: 'one' | 'rest' | 'list'
}

export type Part = Literal | Slot

export const isDashed = (part: Part): boolean => (part.kind === 'literal' ? part.text : part.prefix).startsWith('-')

/** Letters of values, at most, that are shown in place of a name. */
const mostShown = 60

/** The values of a slot as usage shows them; `undefined` where it shows a name. */
export const shownValues = ({ type }: Slot): string | undefined => {
  const values = type.values?.join('|')
  return values !== undefined && values.length <= mostShown ? values : undefined
}

/** A part as usage shows it, types left out: with the values that it takes, `-<next|last>`, else by its name, `<customer>`. */
export const labelOf = (part: Part): string => {
  if (part.kind === 'literal') return part.text
  return `${part.prefix}<${shownValues(part) ?? part.name}${part.many === 'rest' ? '...' : part.many === 'list' ? '+' : ''}>`
}

export const malformed = (template: string, why: string): never => {
  const say = `The template "${template}" cannot be read: ${why}.`
  throw new FoobotError('template-malformed', say, say)
}

const slotForm = /^([^<>[\]" ]*)<([^<>:+.]+)(?::([^<>]+?))?(\.\.\.|\+)?>$/
const literalForm = /^[!#-;=?-Z\\^-~]+$/

/**
 * Reads one literal or slot of a template; a slot without type is `text`.
 * @throws FoobotError `template-malformed`
 */
export const readPart = (template: string, source: string): Part => {
  if (source.startsWith('--')) malformed(template, `"${source}" begins with two dashes: write one, people may say two`)
  if (!/[<>]/.test(source)) {
    if (!literalForm.test(source) || source === '-')
      malformed(template, `"${source}" is no literal: printable ASCII without <>[]"`)
    return { kind: 'literal', text: source }
  }
  const [, prefix = '', name, typeText = 'text', many] = slotForm.exec(source) ?? []
  if (name === undefined)
    return malformed(template, `"${source}" is no slot, as <name>, <name:type>, <name...> or <name+>`)
  if (prefix !== '' && !literalForm.test(prefix))
    malformed(template, `"${prefix}" before <${name}> is not printable ASCII`)
  if (prefix !== '' && many === '+')
    malformed(template, `<${name}+> takes several words: nothing can stand glued before it`)
  const type = typeOf(template, typeText)
  if (many === '+' && typeof type.read(type.samples[0] ?? '') === 'number')
    malformed(template, `<${name}+> is a list of texts, not of numbers`)
  return {
    kind: 'slot',
    name,
    prefix,
    bare: prefix === '#',
    type,
    many: many === '...' ? 'rest' : many === '+' ? 'list' : 'one',
  }
}

const typeOf = (template: string, text: string): ArgumentType => {
  const named = namedTypes.get(text)
  if (named) return named
  const values = text.split('|')
  if (values.length < 2) {
    return malformed(
      template,
      `there is no type "${text}": take ${[...namedTypes.keys()].join(', ')}, or values as a|b`,
    )
  }
  const isValue = (value: string): boolean => literalForm.test(value) && !value.startsWith('-')
  if (!values.every(isValue))
    malformed(template, `"${text}" is no list of values: printable ASCII words without leading dash`)
  if (new Set(values.map(lower)).size < values.length) malformed(template, `a value stands twice in "${text}"`)
  return valuesType(values)
}
