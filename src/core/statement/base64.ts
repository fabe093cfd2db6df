import { FoobotError } from '#core/errors.ts'

/** Bytes as base64, RFC 4648 §4, padded. */
export const toBase64 = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64')

/** True where the text is the one that `toBase64` writes: padded, no foreign character, no stray bits at the end. */
export const isBase64 = (text: string): boolean => Buffer.from(text, 'base64').toString('base64') === text

/**
 * The bytes of strict base64.
 * @throws FoobotError `payload-malformed`
 */
export const fromBase64 = (text: string): Uint8Array => {
  const bytes = Buffer.from(text, 'base64')
  if (bytes.toString('base64') !== text) throw new FoobotError('payload-malformed', 'not base64')
  return bytes
}
