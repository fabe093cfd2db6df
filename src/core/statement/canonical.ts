/**
 * The one text of a JSON value, by RFC 8785: keys in order of their UTF-16 code units, no spaces. For comparing what was
 * built in two places; nothing is signed over it. Members that are `undefined` are absent, as everywhere in JSON.
 * @throws TypeError where the value is no JSON: `undefined` in a list, a function, NaN, a lone surrogate
 * @see https://www.rfc-editor.org/rfc/rfc8785
 */
export const canonicalText = (value: unknown): string => {
  if (Array.isArray(value)) return `[${value.map(canonicalText).join(',')}]`
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, member]) => `${canonicalText(key)}:${canonicalText(member)}`)
    return `{${members.join(',')}}`
  }
  return primitiveText(value)
}

const primitiveText = (value: unknown): string => {
  if (value === null || typeof value === 'boolean') return String(value)
  // `JSON.stringify` writes numbers and strings exactly as RFC 8785 asks.
  if (typeof value === 'number' && Number.isFinite(value)) return JSON.stringify(value)
  if (typeof value === 'string' && value.isWellFormed()) return JSON.stringify(value)
  throw new TypeError(`no JSON value: ${typeof value === 'string' ? 'a lone surrogate' : String(value)}`)
}
