import { wrapped } from '#cli/terminal/blocks.ts'
import type { Line } from '#cli/terminal/paint.ts'
import { Drawn } from '#cli/terminal/picture/drawn.ts'
import type { Block } from '#core/reply/reply.ts'

/** A letter in its style, and the millisecond at which it was there. */
export type Letter = { readonly text: string; readonly style: string; readonly at: number }

export type Picture = { readonly data: string; readonly width: number; readonly height: number; readonly rows: number }

/** One row of the terminal. A picture begins in its row and covers those below. */
export type Row = { readonly at: number; readonly letters: readonly Letter[]; readonly picture?: Picture }

/** Milliseconds: from one line to the next, and to look at a picture. */
const pace = { line: 110, picture: 2_800 }
/** Rows that a picture takes. */
const pictureRows = 12

/** A change of style, the place of a picture, or a letter. */
const esc = '\u001b'
const pieces = new RegExp(`${esc}\\[([\\d;]*)m|${esc}_(\\d+)${esc}\\\\|([^])`, 'gu')

/**
 * What a terminal is sent, with the time at which it would be: nobody waits while a conversation is recorded. It takes the place of
 * a terminal's stream.
 */
export class Recording {
  readonly columns = 100
  #now = 0
  #letters: Letter[] = []
  #style = ''
  readonly #rows: Row[] = []
  readonly #pictures: Picture[] = []
  #picture: Picture | undefined

  get rows(): readonly Row[] {
    return this.#rows
  }

  /** Milliseconds that it takes. */
  get length(): number {
    return this.#now
  }

  pause = (milliseconds: number): Promise<void> => {
    this.#now += milliseconds
    return Promise.resolve()
  }

  write(text: string): boolean {
    for (const [, style, shown, letter] of text.matchAll(pieces)) {
      if (style !== undefined) this.#style = style === '0' ? '' : style
      else if (shown !== undefined) this.#picture = this.#pictures[Number(shown)]
      else if (letter === '\n') this.#endRow()
      else this.#letters.push({ text: letter ?? '', style: this.#style, at: this.#now })
    }
    return true
  }

  /** Room for a picture, then its words. */
  lines = ({ data, alt }: Extract<Block, { type: 'picture' }>, width: number): readonly Line[] => {
    const bytes = Buffer.from(data, 'base64')
    const picture = { data, width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20), rows: pictureRows }
    this.#pictures.push(picture)
    const drawn = new Drawn(`\u001b_${this.#pictures.length - 1}\u001b\\`)
    const blank = Array.from({ length: picture.rows - 1 }, (): Line => [])
    return [[{ text: '', drawn }], ...blank, ...wrapped(`(a picture: ${alt})`, width)]
  }

  #endRow(): void {
    const picture = this.#picture
    this.#rows.push({ at: this.#now, letters: this.#letters, ...(picture && { picture }) })
    this.#letters = []
    this.#picture = undefined
    this.#now += picture ? pace.picture : pace.line
  }
}
