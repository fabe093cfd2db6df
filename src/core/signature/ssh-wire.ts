/** The binary form that SSH writes everything in. See RFC 4251, section 5. */

/** A 32-bit number, big-endian. */
export const u32 = (value: number): Uint8Array => {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}

/** Length, then bytes. Text is written as UTF-8. */
export const sshString = (value: string | Uint8Array): Uint8Array => {
  const bytes = typeof value === 'string' ? Buffer.from(value, 'utf8') : value
  return Buffer.concat([u32(bytes.length), bytes])
}

/** Bytes as characters of the same number, for comparing with names. */
export const ascii = (bytes: Uint8Array): string => Buffer.from(bytes).toString('latin1')

/** Reads such bytes from front to end. Every method throws where there is too little. */
export class SshReader {
  private readonly bytes: Buffer
  private at = 0

  constructor(bytes: Uint8Array) {
    this.bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  take(length: number): Uint8Array {
    if (length > this.bytes.length - this.at) throw new Error('cut short')
    this.at += length
    return this.bytes.subarray(this.at - length, this.at)
  }

  byte(): number {
    return Buffer.from(this.take(1)).readUInt8()
  }

  u32(): number {
    return Buffer.from(this.take(4)).readUInt32BE()
  }

  string(): Uint8Array {
    return this.take(this.u32())
  }

  /**
   * A positive number, left-padded to `length` bytes.
   * @throws Error where it is zero, negative, too large, or written with needless zeros
   */
  mpint(length: number): Uint8Array {
    const bytes = this.string()
    const [first = 0x80, second = 0] = bytes
    if (first >= 0x80) throw new Error('not a positive number')
    if (first === 0 && second < 0x80) throw new Error('a number with needless zeros')
    const digits = first === 0 ? bytes.subarray(1) : bytes
    if (digits.length > length) throw new Error('too large a number')
    return Buffer.concat([new Uint8Array(length - digits.length), digits])
  }

  /** @throws Error where something is left */
  end(): void {
    if (this.at !== this.bytes.length) throw new Error('something behind the end')
  }
}
