/** A line in its clean form, or why it has none; `say` is for the person who sent it. */
export type Hygiene = { readonly ok: true; readonly text: string } | { readonly ok: false; readonly say: string }

/** Bytes of UTF-8 that one line may have. */
export const longestLine = 1024

const plainAscii = /^[\x20-\x7e]*$/
const breaks = /[\n\r\v\f\u0085\u2028\u2029]/u
/** Control, format, tag, variation selector, filler, private, unassigned, half a surrogate pair: nobody sees these. */
const hidden = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Default_Ignorable_Code_Point}\u2800]/u
/** A combining mark that stands on nothing draws over its neighbour. */
const looseMark = /(?:^|[ "])\p{M}/u
/** What looks like the dash of an option and is none, at a word's start; `–` and `—` are read as one where words are. */
const falseDash = /(?:^|[ "])((?![-–—])\p{Dash})[^ ]/u

/**
 * What people type, made safe to understand: done once, before anything else reads the line. Everything later (digest,
 * signature, runner) holds exactly the text that comes out, and cleaning that text again changes nothing.
 *
 * - Size comes first, so that a large message costs nothing.
 * - NFC, which only composes what is the same character by definition. Not NFKC: that would fold `ﬁ` and full-width
 *   letters into ASCII, and make a word out of what was none.
 * - Curly quotes become straight ones, and every space the plain one. Spaces at the ends go.
 * - Line breaks are refused: one message is one command. So are characters that nobody sees and false dashes.
 *
 * Letters that only look like ASCII stay what they are: they are no verb of any command, and `word` does not take them.
 * @param raw a message as its platform gave it, unescaped
 * @param most bytes; canonical text may be longer than the line it was made from
 */
export const hygiene = (raw: string, most = longestLine): Hygiene => {
  if (raw.length > most || Buffer.byteLength(raw) > most) return tooLong(most)
  if (plainAscii.test(raw)) return { ok: true, text: trimSpaces(raw) }
  if (breaks.test(raw)) return refused('One message is one command: say it in one line.')
  const text = trimSpaces(
    raw
      .normalize('NFC')
      .replace(/[“”„‟]/g, '"')
      .replace(/[‘’‚‛]/g, "'")
      .replace(/\p{Zs}/gu, ' '),
  )
  if (Buffer.byteLength(text) > most) return tooLong(most)
  const found = hidden.exec(text)
  if (found)
    return refused(`There is a hidden character (${codePoint(found[0])}) in that line: type it anew without it.`)
  if (looseMark.test(text)) return refused('There is an accent without a letter in that line: type it anew without it.')
  const dash = falseDash.exec(text)?.[1]
  if (dash) return refused(`${codePoint(dash)} only looks like a dash: type "-".`)
  return { ok: true, text }
}

const refused = (say: string): Hygiene => ({ ok: false, say })

const tooLong = (most: number): Hygiene => refused(`That is too long: a line has at most ${most} bytes.`)

const codePoint = (character: string): string =>
  `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`

/** `trim` would also take what must be refused, as a byte order mark. */
const trimSpaces = (text: string): string => {
  let start = 0
  let end = text.length
  while (text[start] === ' ') start += 1
  while (end > start && text[end - 1] === ' ') end -= 1
  return text.slice(start, end)
}
