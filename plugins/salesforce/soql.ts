/** A query, or a piece of one: only `soql` makes it, so that nothing said in a room becomes a part of its grammar. */
export type Soql = { readonly kind: 'soql'; readonly text: string }

/** What may be put into a query. */
export type Part = string | number | Date | Soql | Like

/** See `containing`. */
export type Like = { readonly kind: 'like'; readonly text: string }

/**
 * A query of SOQL. What is put into it becomes a literal: texts are quoted and escaped as "Quoted String Escape Sequences" says
 * (https://developer.salesforce.com/docs/platform/salesforce-soql-sosl/guide/), instants are written in UTC.
 */
export const soql = (words: TemplateStringsArray, ...parts: readonly Part[]): Soql => ({
  kind: 'soql',
  text: words.map((word, index) => word + written(parts[index])).join(''),
})

/**
 * A field by its name, from the configuration.
 * @throws RangeError where it is none
 */
export const fieldName = (name: string): Soql => {
  if (!/^[A-Za-z]\w{0,79}$/.test(name)) throw new RangeError(`"${name}" is no field`)
  return { kind: 'soql', text: name }
}

/**
 * Anything with this text somewhere in it.
 * @throws RangeError where the text has a backslash: what that is in a pattern is not written down anywhere
 */
export const containing = (text: string): Like => {
  if (text.includes('\\')) throw new RangeError('a pattern takes no backslash')
  return { kind: 'like', text }
}

const written = (part: Part | undefined): string => {
  if (part === undefined) return ''
  if (typeof part === 'string') return quoted(escaped(part))
  if (typeof part === 'number') return String(part)
  if (part instanceof Date) return part.toISOString()
  if (part.kind === 'soql') return part.text
  return quoted(`%${escaped(part.text).replace(/[%_]/g, '\\$&')}%`)
}

const quoted = (text: string): string => `'${text}'`

const escapes: ReadonlyMap<string, string> = new Map([
  ['\\', '\\\\'],
  ["'", "\\'"],
  ['"', '\\"'],
  ['\n', '\\n'],
  ['\r', '\\r'],
  ['\t', '\\t'],
  ['\b', '\\b'],
  ['\f', '\\f'],
])

const escaped = (text: string): string => [...text].map((character) => escapes.get(character) ?? character).join('')
