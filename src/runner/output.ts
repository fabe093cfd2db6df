import { createHash } from 'node:crypto'
import { bound } from '#bounds/bound.ts'
import { type Block, block, type Sayable, toBlocks } from '#core/reply/reply.ts'
import { canonicalText } from '#core/statement/canonical.ts'
import type { RedactedStream, Redactor } from './redact.ts'

const outputBytes = bound('runner-output', {
  most: 1024 * 1024,
  unit: 'bytes',
  of: 'all that one command says',
  say: 'The rest is left out, and that it is stands at the end.',
})
/** Milliseconds between two progresses: those in between are left out, the last is not. */
const pace = 100
/** Beginnings of secrets that are shorter than this do not wait for what is said next. */
const leastOpen = 4

/** What one run says: rid of secrets, capped, and digested for its receipt. Progress is shown and not recorded. */
export class Output {
  readonly #redactor: Redactor
  readonly #stream: RedactedStream
  readonly #emit: (blocks: Block[], final: boolean) => void
  readonly #hash = createHash('sha256')
  #bytes = 0
  #cut = false
  #ended = false
  #progress: Block | undefined
  #timer: NodeJS.Timeout | undefined

  constructor(redactor: Redactor, emit: (blocks: Block[], final: boolean) => void) {
    this.#redactor = redactor
    this.#stream = redactor.stream(leastOpen)
    this.#emit = emit
  }

  /** Throws where it is no block, so that the handler hears of it. */
  say(said: Sayable): void {
    if (this.#ended) return
    const blocks = this.#count(this.#clean(toBlocks(said)))
    if (blocks.length > 0) this.#emit(blocks, false)
  }

  progress(text: string, part?: number): void {
    if (this.#ended) return
    this.#progress = block.parse({
      type: 'progress',
      text: this.#redactor.text(text),
      ...(part !== undefined && { part }),
    })
    if (this.#timer) return
    this.#showProgress()
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      this.#showProgress()
    }, pace)
  }

  /** The last words; then nothing more is said. */
  end(said: Sayable | undefined): { readonly outputSha256: string; readonly outputBytes: number } {
    const last = said === undefined ? [] : this.#clean(toBlocks(said))
    const held = this.#redactor.text(this.#stream.end())
    const blocks = this.#count(held === '' ? last : withHeld(last, held))
    clearTimeout(this.#timer)
    this.#ended = true
    if (blocks.length > 0) this.#emit(blocks, true)
    return { outputSha256: this.#hash.digest('hex'), outputBytes: this.#bytes }
  }

  #showProgress(): void {
    if (this.#progress) this.#emit([this.#progress], false)
    this.#progress = undefined
  }

  #clean(blocks: readonly Block[]): Block[] {
    return blocks.map((said) => {
      const one = block.parse(said)
      if (one.type === 'text' || one.type === 'code')
        return { ...one, text: this.#redactor.text(this.#stream.push(one.text)) }
      const rid = this.#redactor.value(one)
      // A picture or file that holds a secret is no picture or file without it.
      const whole = block.safeParse({ ...rid, type: one.type })
      return whole.success ? whole.data : { type: 'text', text: `[a ${one.type} that held a secret]` }
    })
  }

  #count(blocks: readonly Block[]): Block[] {
    const shown: Block[] = []
    for (const one of blocks) {
      const text = `${canonicalText(one)}\n`
      if (this.#cut) continue
      this.#cut = this.#bytes + Buffer.byteLength(text) > outputBytes.most
      if (this.#cut) outputBytes.reached()
      const said: Block = this.#cut ? { type: 'text', text: '[cut: more was said than is shown]' } : one
      const line = this.#cut ? `${canonicalText(said)}\n` : text
      this.#hash.update(line)
      this.#bytes += Buffer.byteLength(line)
      shown.push(said)
    }
    return shown
  }
}

/** What waited as the possible beginning of a secret stands at the end of the last text. */
const withHeld = (blocks: readonly Block[], held: string): Block[] => {
  const last = blocks.at(-1)
  if (last?.type === 'text' || last?.type === 'code')
    return [...blocks.slice(0, -1), { ...last, text: last.text + held }]
  return [...blocks, { type: 'text', text: held }]
}
