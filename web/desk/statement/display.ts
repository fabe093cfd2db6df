import type { Statement } from './statement.ts'

/** One line that people read before they sign. */
export type Line = { readonly name: string; readonly value: string }

/** A statement as the lines that terminal and desk show, in this order, with nothing left out and nothing added. */
export const linesOf = ({ resource, via, ...rest }: Statement): readonly Line[] => {
  const facts = Object.keys(resource.facts).sort()
  const all: readonly (readonly [name: string, value: unknown])[] = [
    ['text', rest.text],
    ['requester', rest.requester],
    ['agent', rest.agent],
    ['resource.type', resource.type],
    ['resource.id', resource.id],
    ['resource.owner', resource.owner],
    ...facts.map((name) => [`fact.${name}`, resource.facts[name]] as const),
    ['via.room', via.room],
    ['via.platform', via.platform],
    ['via.tenant', via.tenant],
    ['via.account', via.account],
    ['via.message', via.message],
    ['deployment', rest.deployment],
    ['runner', rest.runner],
    ['command', rest.command],
    ['tier', rest.tier],
    ['bundle', rest.bundle],
    ['definition', rest.definition],
    ['id', rest.id],
    ['iat', rest.iat],
    ['exp', rest.exp],
    ['v', rest.v],
  ]
  return all.flatMap(([name, value]) => (value === undefined ? [] : [{ name, value: visible(value) }]))
}

/** The same as one text, to compare with what a terminal prints. */
export const display = (statement: Statement): string =>
  linesOf(statement)
    .map(({ name, value }) => `${name}: ${value}\n`)
    .join('')

/** JSON, with everything but printable ASCII written as its number: nothing hides, reorders or imitates. */
export const visible = (value: unknown): string => {
  let text = ''
  for (const unit of JSON.stringify(value).split('')) {
    const code = unit.charCodeAt(0)
    text += code >= 0x20 && code <= 0x7e ? unit : `\\u${code.toString(16).padStart(4, '0')}`
  }
  return text
}
