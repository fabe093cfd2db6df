/** How a line falls into words. All positions are indices into a line that hygiene has cleaned. */

/** Where the next word starts from here, or the line's end. */
export const nextWord = (line: string, at: number): number => {
  let start = at
  while (line[start] === ' ') start += 1
  return start
}

/** Where the unquoted word that starts here ends. */
export const wordEnd = (line: string, start: number): number => {
  const space = line.indexOf(' ', start)
  return space < 0 ? line.length : space
}

/** How many characters at a word's start are read as one dash: `-`, `--`, `–`, `—`; 0 where there is none. */
export const dashLength = (line: string, start: number): number => {
  if (line.startsWith('--', start)) return 2
  return '-–—'.includes(line[start] ?? ' ') ? 1 : 0
}

/** A value as it was said: its text, and the index after it. */
export type Said = { readonly text: string; readonly end: number; readonly quoted: boolean }

/**
 * The value that starts here: quoted where it opens with `"`, else up to the next space. `undefined` where a quote has
 * no end, or something is glued to it.
 */
export const readValue = (line: string, start: number): Said | undefined => {
  if (line[start] === '"') return readQuoted(line, start)
  const end = wordEnd(line, start)
  return { text: line.slice(start, end), end, quoted: false }
}

/** In quotes, `\"` and `\\` are one character; any other backslash is itself. */
const readQuoted = (line: string, start: number): Said | undefined => {
  let text = ''
  for (let at = start + 1; at < line.length; at += 1) {
    const escaped = line[at] === '\\' && (line[at + 1] === '"' || line[at + 1] === '\\')
    if (escaped) at += 1
    else if (line[at] === '"') {
      const end = at + 1
      return end === line.length || line[end] === ' ' ? { text, end, quoted: true } : undefined
    }
    text += line[at]
  }
  return undefined
}

/**
 * The rest of the line as one value: the inside of exactly one quoted word, else as typed. `undefined` where an unquoted
 * word has a leading dash: it may be meant as an option, and is never swallowed.
 */
export const readRest = (line: string, start: number): Said | undefined => {
  const quoted = line[start] === '"' ? readQuoted(line, start) : undefined
  if (quoted?.end === line.length) return quoted
  const text = line.slice(start)
  return dashLength(text, 0) > 0 || dashedWord.test(text) ? undefined : { text, end: line.length, quoted: false }
}

/** A word that begins with a dash; a dash alone is punctuation. */
const dashedWord = / (?:--|[-–—])[^ ]/

/** A value in quotes. */
export const quote = (value: string): string => `"${value.replace(/["\\]/g, '\\$&')}"`

/** Whether a value must be quoted to be read as one word after `prefix`. */
export const needsQuotes = (value: string, prefix: string): boolean =>
  value === '' || value.includes(' ') || value.startsWith('"') || (prefix === '' && dashLength(value, 0) > 0)
