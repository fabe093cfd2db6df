import { createHash } from 'node:crypto'
import type { Key } from './key.ts'

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
const length = 20

/**
 * Twenty characters that somebody can read to a colleague over a telephone: base32 (RFC 4648 §6) of the SHA-256 of a key's
 * text, its first 100 bits. Nobody finds another key with the same.
 */
export const spokenKey = (key: Key): string => {
  const bits = BigInt(`0x${createHash('sha256').update(key).digest('hex')}`)
  const character = (at: number): string => alphabet.charAt(Number((bits >> BigInt(251 - 5 * at)) & 31n))
  return Array.from({ length }, (_, at) => character(at)).join('')
}

/** In groups of five, as one reads and hears them. */
export const inFives = (spoken: string): string => spoken.match(/.{1,5}/g)?.join(' ') ?? ''

/** What somebody typed as they heard it: any case, any spaces, and the digits that are no part of the alphabet. */
export const asHeard = (typed: string): string =>
  typed
    .toUpperCase()
    .replace(/[\s.-]/g, '')
    .replaceAll('0', 'O')
    .replaceAll('1', 'I')
