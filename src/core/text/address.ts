/**
 * The rest of a line that is said to Foobot, or `undefined` where it is not for us. The name stands first, in any case,
 * then `:` or `,` or a space or nothing; in a direct room it may be left out. Works on a line before hygiene: most lines
 * are for somebody else and end here, after a few characters.
 * @param name Foobot's name, in ASCII
 * @param direct true where nobody but Foobot listens
 */
export const addressed = (text: string, name: string, direct: boolean): string | undefined => {
  const start = skipSpaces(text, 0)
  const end = start + name.length
  if (!isName(text, start, name) || !isBoundary(text, end)) return direct ? text : undefined
  const mark = text[end]
  return text.slice(skipSpaces(text, mark === ':' || mark === ',' ? end + 1 : end))
}

/** Plain spaces alone: what `trimStart` also takes is for hygiene to refuse. */
const skipSpaces = (text: string, from: number): number => {
  let at = from
  while (text[at] === ' ') at += 1
  return at
}

const isName = (text: string, start: number, name: string): boolean => {
  for (let index = 0; index < name.length; index += 1) {
    if (asciiLower(text.charCodeAt(start + index)) !== asciiLower(name.charCodeAt(index))) return false
  }
  return true
}

/** ASCII alone: the Kelvin sign is no `k`. */
const asciiLower = (unit: number): number => (unit >= 65 && unit <= 90 ? unit + 32 : unit)

/** A space, `:` or `,`, or the line's end; `Foobot's` is talk about Foobot. */
const isBoundary = (text: string, at: number): boolean => at >= text.length || /[\s:,]/.test(text.charAt(at))
