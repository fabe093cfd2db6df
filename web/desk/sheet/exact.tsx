/** Each escape of a value; only those by number stand for a character that is not shown. */
const escapes = /\\(?:u[0-9a-f]{4}|.)/g

/** A value exactly as `display` writes it. Its quotes step back, and escapes by number stand out. */
export const Exact = ({ value }: { readonly value: string }) => {
  const quoted = value.startsWith('"')
  const inner = quoted ? value.slice(1, -1) : value
  return (
    <>
      {quoted && <span class="quote">"</span>}
      {partsOf(inner).map(({ text, escaped }) => (escaped ? <mark>{text}</mark> : text))}
      {quoted && <span class="quote">"</span>}
    </>
  )
}

type Part = { readonly text: string; readonly escaped: boolean }

const partsOf = (text: string): readonly Part[] => {
  const parts: Part[] = []
  let at = 0
  for (const match of text.matchAll(escapes)) {
    if (!match[0].startsWith('\\u')) continue
    parts.push({ text: text.slice(at, match.index), escaped: false }, { text: match[0], escaped: true })
    at = match.index + match[0].length
  }
  return [...parts, { text: text.slice(at), escaped: false }]
}

/** True where a value has characters that are written as their numbers. */
export const hasEscapes = (value: string): boolean => partsOf(value).length > 1
