/** A target taken apart: the path of a metric, or a function with what it is given. */
export type Target =
  | { readonly type: 'path'; readonly path: string }
  | { readonly type: 'call'; readonly name: string; readonly given: readonly (Target | number | string)[] }

/** `undefined` where it is none: Graphite then finds nothing. */
export const readTarget = (text: string): Target | undefined => {
  const { token, rest } = tokenOf(text)
  const read = targetFrom(token, rest)
  return read && read.rest.trim() === '' ? read.target : undefined
}

type ReadTarget = { readonly target: Target; readonly rest: string }

const tokenOf = (text: string): { readonly token: string; readonly rest: string } => {
  const [token = ''] = /^\s*(?:[^\s(){},"']|\{[^{}()"']*\})*/.exec(text) ?? []
  return { token: token.trim(), rest: text.slice(token.length) }
}

const targetFrom = (token: string, rest: string): ReadTarget | undefined => {
  if (token === '') return undefined
  if (!rest.startsWith('(')) return { target: { type: 'path', path: token }, rest }
  const given: (Target | number | string)[] = []
  let left = rest.slice(1)
  for (;;) {
    const read = argumentFrom(left)
    if (!read) return undefined
    given.push(read.value)
    left = read.rest.trimStart()
    if (left.startsWith(')')) return { target: { type: 'call', name: token, given }, rest: left.slice(1) }
    if (!left.startsWith(',')) return undefined
    left = left.slice(1)
  }
}

const argumentFrom = (
  text: string,
): { readonly value: Target | number | string; readonly rest: string } | undefined => {
  const quoted = /^\s*(?:"([^"]*)"|'([^']*)')/.exec(text)
  if (quoted) return { value: quoted[1] ?? quoted[2] ?? '', rest: text.slice(quoted[0].length) }
  const { token, rest } = tokenOf(text)
  if (/^-?\d+(?:\.\d+)?$/.test(token)) return { value: Number(token), rest }
  const read = targetFrom(token, rest)
  return read && { value: read.target, rest: read.rest }
}
