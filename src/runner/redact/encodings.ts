import type { Pattern } from './automaton.ts'
import { asBase64, asHex, asText, digitsOf, type Reading } from './readings.ts'

/** A secret shorter than this would blank out ordinary words. */
export const shortest = 4
/** Fewer digits of base64 than these are ordinary words. */
const fewestBase64 = 5
/** A secret that is itself written in digits of base64, and no word, has so many. */
const longWord = 20
/** Bytes of the words that dumps write in the machine's own order. */
const wordSizes = [2, 4] as const

/** What is looked for in a text as it is. */
export const textPatterns = (secret: string): Pattern[] => {
  const bytes = bytesOf(secret)
  const percent = encodeURIComponent(secret)
  const octets = [...bytes].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('')
  const hex = hexOf(bytes)
  const base64 = base64Of(bytes)
  return patternsOf(asText, shortest, [
    secret,
    ...jsonOf(secret),
    htmlOf(secret),
    hex,
    hex.toUpperCase(),
    percent,
    percent.replaceAll('%20', '+'),
    percent.replace(/%[0-9A-F]{2}/g, (octet) => octet.toLowerCase()),
    octets,
    octets.toUpperCase(),
    ...base64,
    ...base64.map((text) => text.replaceAll('+', '-').replaceAll('/', '_')),
    ...base64.map(encodeURIComponent),
  ])
}

/** In hexadecimal: its bytes, its 16-bit characters, its bytes swapped within words as dumps write them, or itself. */
export const hexPatterns = (secret: string): Pattern[] => {
  const bytes = bytesOf(secret)
  const itself = /^[0-9a-f]{8,}$/i.test(secret) ? [secret] : []
  const wide = [...bytes].map((byte) => hexOf(Uint8Array.of(byte))).join('00')
  return patternsOf(asHex, 2 * shortest, [
    hexOf(bytes),
    wide,
    ...wordSizes.flatMap((size) => swapped(bytes, size)),
    ...itself,
  ])
}

/** In base64, wherever it begins in what is encoded; or itself. */
export const base64Patterns = (secret: string): Pattern[] => {
  const isLongWord =
    secret.length >= longWord && /^[\w+/=-]*$/.test(secret) && /\d/.test(secret) && /[A-Za-z]/.test(secret)
  return patternsOf(asBase64, fewestBase64, [...base64Of(bytesOf(secret)), ...(isLongWord ? [secret] : [])])
}

const patternsOf = (reading: Reading, fewest: number, texts: readonly string[]): Pattern[] =>
  [...new Set(texts)].map((text) => digitsOf(text, reading)).filter(({ digits }) => digits.length >= fewest)

const bytesOf = (secret: string): Buffer => (secret.length < shortest ? Buffer.alloc(0) : Buffer.from(secret, 'utf8'))

/** Inside a string of JSON, as programs differ in what they escape: no more than they must, slashes, what HTML minds, all beyond ASCII. */
const jsonOf = (secret: string): readonly string[] => {
  const json = JSON.stringify(secret).slice(1, -1)
  const ascii = json.replace(/[^ -~]/g, escapedUnit)
  return [json, ascii].flatMap((text) => [text, text.replaceAll('/', '\\/'), text.replace(/[<>&']/g, escapedUnit)])
}

const escapedUnit = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

const htmlOf = (secret: string): string => secret.replace(/[&<>"']/g, (character) => entities[character] ?? character)

const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

/** The words that a secret fills alone, wherever the first begins in it. */
const swapped = (bytes: Uint8Array, size: number): string[] =>
  Array.from({ length: size }, (_, from) => {
    const words = Array.from({ length: Math.floor((bytes.length - from) / size) }, (_, index) => from + index * size)
    return words.map((at) => hexOf(Uint8Array.from(bytes.subarray(at, at + size)).reverse())).join('')
  })

/** The digits of base64 that a secret fills alone, where 0, 1 or 2 bytes of something else stand before it. */
const base64Of = (secret: Buffer): string[] =>
  [0, 1, 2]
    .map((before) => {
      const text = Buffer.concat([Buffer.alloc(before), secret]).toString('base64')
      const first = Math.ceil((before * 8) / 6)
      const last = Math.floor(((before + secret.length) * 8) / 6)
      return text.slice(first, last)
    })
    .filter((text) => text.length >= fewestBase64)
