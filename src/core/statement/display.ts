import type { Statement } from './statement.ts'

/**
 * A statement as people read it before they sign: one `name: value` line each, always in this order, every character
 * outside printable ASCII escaped, so that nothing can hide, reorder or imitate. Terminal and desk print exactly this.
 */
export const display = (statement: Statement): string => {
  const { resource, via } = statement
  const lines: readonly (readonly [name: string, value: unknown])[] = [
    ['text', statement.text],
    ['requester', statement.requester],
    ['agent', statement.agent],
    ['resource.type', resource.type],
    ['resource.id', resource.id],
    ['resource.owner', resource.owner],
    ...Object.keys(resource.facts)
      .sort()
      .map((name) => [`fact.${name}`, resource.facts[name]] as const),
    ['via.room', via.room],
    ['via.platform', via.platform],
    ['via.tenant', via.tenant],
    ['via.account', via.account],
    ['via.message', via.message],
    ['deployment', statement.deployment],
    ['runner', statement.runner],
    ['command', statement.command],
    ['tier', statement.tier],
    ['bundle', statement.bundle],
    ['definition', statement.definition],
    ['id', statement.id],
    ['iat', statement.iat],
    ['exp', statement.exp],
    ['v', statement.v],
  ]
  return lines
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}: ${printable(value)}\n`)
    .join('')
}

/** JSON text with each code unit outside 0x20–0x7E as `\uXXXX`. */
export const printable = (value: unknown): string =>
  JSON.stringify(value).replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
