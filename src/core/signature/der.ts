/**
 * The two numbers of an ECDSA signature over P-256, 32 bytes each, from strict DER: short lengths, no needless zeros, no
 * negative numbers, nothing behind.
 * @throws Error where it is anything else
 */
export const readDerSignature = (der: Uint8Array): Uint8Array => {
  const [tag, length] = der
  if (tag !== 0x30 || length === undefined || length !== der.length - 2) throw new Error('no DER sequence to the end')
  const r = readInteger(der, 2)
  const s = readInteger(der, r.end)
  if (s.end !== der.length) throw new Error('something behind the second number')
  return Buffer.concat([r.digits, s.digits])
}

const readInteger = (der: Uint8Array, at: number): { readonly digits: Uint8Array; readonly end: number } => {
  const length = der[at + 1] ?? 0
  const end = at + 2 + length
  const bytes = der.subarray(at + 2, end)
  if (der[at] !== 0x02 || bytes.length !== length) throw new Error('no DER integer')
  const [first = 0x80, second = 0] = bytes
  if (first >= 0x80) throw new Error('not a positive number')
  if (first === 0 && second < 0x80) throw new Error('a number with needless zeros')
  const digits = first === 0 ? bytes.subarray(1) : bytes
  if (digits.length > 32) throw new Error('too large a number')
  return { digits: Buffer.concat([new Uint8Array(32 - digits.length), digits]), end }
}
