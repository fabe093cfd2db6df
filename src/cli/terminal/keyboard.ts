import { writeSync } from 'node:fs'
import { Readable } from 'node:stream'
import { StringDecoder } from 'node:string_decoder'
import { type Keys, PasteReader } from './paste-reader.ts'

/** Terminals that know bracketed paste put a paste between two marks while this is on. */
const bracketsOn = '\u001b[?2004h'
const bracketsOff = '\u001b[?2004l'
const fatal = ['SIGHUP', 'SIGINT', 'SIGTERM'] as const

/** Where a terminal shows what is typed. */
export type KeyboardOutput = NodeJS.WritableStream & { readonly fd?: number; readonly isTTY?: boolean }

/**
 * What readline reads of a terminal: keys as they are typed, and no paste among them. A paste is handed on as one line of
 * text, whatever line feeds are in it, and sends nothing.
 */
export class Keyboard extends Readable {
  readonly #source: NodeJS.ReadStream
  readonly #output: KeyboardOutput
  readonly #decoder = new StringDecoder('utf8')
  readonly #reader: PasteReader
  readonly #pasted: (line: string) => void
  #isDeaf = false
  #isRaw = false

  /** @param pasted takes a paste, or a part of one, cleaned and without line feeds */
  constructor(source: NodeJS.ReadStream, output: KeyboardOutput, pasted: (line: string) => void) {
    super()
    this.#source = source
    this.#output = output
    this.#pasted = pasted
    this.#reader = new PasteReader(() => performance.now())
    source.on('data', this.#read)
    source.on('end', this.#ended)
  }

  /** The line being typed is to count as pasted. */
  get isPasted(): boolean {
    return this.#reader.isTouched
  }

  /** Whether the line that is being sent is to count as pasted; the next one begins. */
  lineEnded(): boolean {
    return this.#reader.lineEnded()
  }

  /** Drops what was typed before this moment and was not read yet: resolves when that has come. */
  async dropUnread(): Promise<void> {
    this.#isDeaf = true
    await new Promise((resolve) => setTimeout(resolve, unreadTime))
    this.#isDeaf = false
  }

  /** Readline turns it on while it reads, and off when it ends or is sent into the background. */
  setRawMode(isRaw: boolean): this {
    this.#source.setRawMode(isRaw)
    if (isRaw !== this.#isRaw) {
      this.#isRaw = isRaw
      if (this.#output.isTTY) this.#output.write(isRaw ? bracketsOn : bracketsOff)
      const change = isRaw ? process.on : process.off
      change.call(process, 'exit', this.#restore)
      for (const signal of fatal) change.call(process, signal, this.#die)
    }
    return this
  }

  /** It reads its source no more. */
  release(): void {
    this.#source.off('data', this.#read)
    this.#source.off('end', this.#ended)
  }

  override resume(): this {
    this.#source.resume()
    return this
  }

  override pause(): this {
    this.#source.pause()
    return this
  }

  override _read(): void {}

  readonly #read = (bytes: Buffer | string): void => {
    const text = typeof bytes === 'string' ? bytes : this.#decoder.write(bytes)
    const keys = this.#reader.read(text)
    if (!this.#isDeaf) for (const one of keys) this.#take(one)
  }

  /** At once, so that a line and how it came are known together. */
  #take({ type, text }: Keys): void {
    if (type === 'paste') this.#pasted(text)
    else this.emit('data', text)
  }

  readonly #ended = (): void => void this.emit('end')

  readonly #restore = (): void => {
    if (this.#output.isTTY && this.#output.fd !== undefined) writeSync(this.#output.fd, bracketsOff)
  }

  /** Ends as the signal would have ended it. */
  readonly #die = (signal: NodeJS.Signals): void => {
    this.setRawMode(false)
    process.kill(process.pid, signal)
  }
}

/** Milliseconds in which a terminal hands over what was typed before. */
const unreadTime = 150
