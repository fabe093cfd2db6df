import { createCipheriv, createDecipheriv, createHash } from 'node:crypto'

const cipher = 'aes-128-ecb'

/**
 * Names places in a room's history to clients. Places count what is said in all rooms; sealed, they tell nobody how much that
 * is, and one that was given for a room is good for that room alone. One block of a cipher is such a seal.
 */
export class Cursors {
  readonly #key: Buffer

  /** @param key 16 random bytes: cursors are good for as long as it is kept */
  constructor(key: Buffer) {
    this.#key = key
  }

  seal(room: string, place: number): string {
    const block = Buffer.alloc(16)
    digestOf(room).copy(block)
    block.writeBigUInt64BE(BigInt(place), 8)
    return createCipheriv(cipher, this.#key, null).setAutoPadding(false).update(block).toString('hex')
  }

  /** The place; undefined for a cursor that was not given for this room. */
  open(room: string, cursor: string): number | undefined {
    const block = createDecipheriv(cipher, this.#key, null).setAutoPadding(false).update(Buffer.from(cursor, 'hex'))
    return block.subarray(0, 8).equals(digestOf(room)) ? Number(block.readBigUInt64BE(8)) : undefined
  }
}

const digestOf = (room: string): Buffer => createHash('sha256').update(room).digest().subarray(0, 8)
