import { charactersOf } from 'foobot'

/** Text inside a picture, whatever it holds: nothing in it is markup, and nothing that XML cannot hold is left. */
export const escaped = (text: string): string =>
  text
    .toWellFormed()
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\ufffe\uffff]/gu, ' ')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')

/** A length in a picture: a tenth of a pixel is enough. */
export const px = (value: number): string => String(Math.round(value * 10) / 10)

/** At most so many characters: what is cut is cut in the middle, since names differ at both ends. */
export const shortened = (text: string, most: number): string => {
  const letters = charactersOf(text)
  if (letters.length <= most) return text
  const head = Math.ceil((most - 1) / 2)
  return `${letters.slice(0, head).join('')}…${letters.slice(letters.length - (most - 1 - head)).join('')}`
}
