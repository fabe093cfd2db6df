import { jsonLine } from '#core/text/json-line.ts'
import type { ChatMessage, Owed, RequestView } from '#wire/native.ts'
import { passOnRefusal } from './pass-on.ts'
import { complain } from './tell.ts'
import { bodyLines, footerLine, runnerOf } from './terminal/message.ts'
import { owedInWords } from './terminal/owed.ts'
import { hasColour, type Line, paintWith } from './terminal/paint.ts'
import type { Pictures } from './terminal/picture/pictures.ts'
import { beside, theirs } from './terminal/theirs.ts'

/** Where `foobot say` puts what it hears. */
export interface SayOutput {
  /** @param progress what it says of where a command stands: the next reply takes its place */
  reply(message: ChatMessage, progress: string | undefined): void
  standing(request: RequestView): void
  /** The server's words. */
  problem(say: string): void
  /** This client's own. */
  note(say: string): void
  end(state: RequestView['state'], code: string | undefined): void
}

/** @param columns of the terminal that shows it, where questions are asked there too */
export const sayAsJson = (stream: NodeJS.WriteStream, columns: number | undefined): SayOutput =>
  new JsonOutput(stream, columns)

/** @param columns of the terminal that shows it, where one does */
export const sayPlainly = (
  stream: NodeJS.WriteStream,
  environment: NodeJS.ProcessEnv,
  pictures: Pictures,
  columns: number | undefined,
): SayOutput => new PlainOutput(stream, environment, pictures, columns)

/** One JSON object a line, for programs. */
class JsonOutput implements SayOutput {
  readonly #stream: NodeJS.WritableStream
  readonly #columns: number | undefined

  constructor(stream: NodeJS.WritableStream, columns: number | undefined) {
    this.#stream = stream
    this.#columns = columns
  }

  reply({ room, text, blocks, footer }: ChatMessage): void {
    this.#print({ type: 'reply', room, text, blocks, footer: footer ?? {} })
  }

  standing({ state, code, id, command, owes }: RequestView): void {
    this.#print({ type: 'request', state, code, id, command, owes: owes.map(oneOwed) })
  }

  problem(say: string): void {
    passOnRefusal(say)
  }

  note(say: string): void {
    complain(say)
  }

  end(state: RequestView['state'], code: string | undefined): void {
    this.#print({ type: 'end', state, code })
  }

  #print(value: object): void {
    const text = jsonLine(value)
    const rows = this.#columns === undefined ? [text] : theirs([[{ text }]], this.#columns).map(paintWith(false))
    for (const row of rows) this.#stream.write(`${row}\n`)
  }
}

/** Nothing became of it, and nobody answers: most often the name is missing. */
const notToFoobot = 'That was said, and not to Foobot: in a room, what it is to do begins with "Foobot".'

/** What programs are told of one thing owed: this much, whatever else travels. */
const oneOwed = ({ kind, group, count, word, say }: Owed): object => ({ kind, group, count, word, say })

/**
 * Text, then blocks; a request's footer once, dim, and at the end what it waits for. The same on a terminal and in a file, progress,
 * colours and the mark apart.
 */
class PlainOutput implements SayOutput {
  readonly #stream: NodeJS.WriteStream
  readonly #paint: ReturnType<typeof paintWith>
  readonly #pictures: Pictures
  /** Without a terminal there is none: whoever reads a file wraps it. */
  readonly #columns: number | undefined
  #footed: string | undefined
  #isAnswered = false
  #owes: RequestView['owes'] = []
  /** Lines of the progress that was printed last, while nothing has been printed below it: what comes next takes its place. */
  #moving = 0

  constructor(
    stream: NodeJS.WriteStream,
    environment: NodeJS.ProcessEnv,
    pictures: Pictures,
    columns: number | undefined,
  ) {
    this.#columns = columns
    this.#stream = stream
    this.#pictures = pictures
    this.#paint = paintWith(hasColour(stream, environment))
  }

  reply(message: ChatMessage, progress: string | undefined): void {
    this.#isAnswered = true
    // In a file nothing can be replaced in place: there, what was final stands alone.
    if (progress !== undefined && !this.#stream.isTTY) return
    const width = this.#columns === undefined ? Number.POSITIVE_INFINITY : beside(this.#columns)
    const lines = this.#marked(bodyLines(message, width, this.#pictures))
    if (this.#moving > 0) this.#stream.write(`\u001b[${this.#moving}A\u001b[J`)
    this.#print(lines)
    this.#moving = progress === undefined ? 0 : lines.length
    if (progress !== undefined) return
    this.#foot(message, lines.length === 0)
  }

  /** What people need to know of it is said in replies; at the end, what it still waits for. */
  standing({ owes }: RequestView): void {
    this.#owes = owes
  }

  problem(say: string): void {
    passOnRefusal(say)
  }

  note(say: string): void {
    complain(say)
  }

  end(state: RequestView['state'], code: string | undefined): void {
    if (state === 'done' && code === undefined && !this.#isAnswered) this.note(notToFoobot)
    if (state !== 'pending' || this.#owes.length === 0) return
    const parts = [
      ...(code === undefined || code === this.#footed ? [] : [code]),
      `waits for ${owedInWords(this.#owes)}`,
    ]
    this.#print(this.#marked([[{ text: parts.join('  '), style: 'dim' }]]))
  }

  #foot(message: ChatMessage, alone: boolean): void {
    const { footer } = message
    const isKnown = footer?.code === this.#footed && footer?.number === undefined
    if (!footer || (isKnown && !alone)) return
    this.#footed = footer.code
    this.#print(this.#marked([footerLine(footer, runnerOf(message))]))
  }

  #marked(lines: readonly Line[]): readonly Line[] {
    return this.#columns === undefined ? lines : theirs(lines, this.#columns)
  }

  #print(lines: readonly Line[]): void {
    for (const line of lines) this.#stream.write(`${this.#paint(line)}\n`)
  }
}
