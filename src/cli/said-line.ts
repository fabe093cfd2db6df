import type { Frame } from '#client/dial.ts'
import type { RequestView } from '#wire/native.ts'
import { exits, explain } from './failure.ts'
import type { SayOutput } from './say-output.ts'

/** Milliseconds that the server may take to say what is owed: a client that signs has ten seconds before. */
const promptTime = 12_000
/** Milliseconds that a phone asks, and some. */
const phoneTime = 125_000

const exitOf: Readonly<Record<RequestView['state'], number>> = {
  done: exits.done,
  running: exits.done,
  asking: exits.waits,
  pending: exits.waits,
  refused: exits.refused,
  expired: exits.refused,
  cancelled: exits.refused,
  failed: exits.failed,
  interrupted: exits.failed,
}

export type SaidLineOptions = {
  readonly room: string
  /** Stay until it has ended. */
  readonly wait: boolean
  /** It sets somebody's waiting request going: without `wait`, the first words of that are enough. */
  readonly setsGoing: boolean
  /** Somebody is asked on a phone meanwhile: that takes as long as a phone asks. */
  readonly isFactor: boolean
  readonly output: SayOutput
}

/** One line from when it is said until it is known what became of it. */
export class SaidLine {
  readonly ended: Promise<number>
  readonly #options: SaidLineOptions
  #say: (() => string) | undefined
  #id: string | undefined
  #code: string | undefined
  #state: RequestView['state'] | undefined
  /** Something is being looked at or signed: nothing ends before that is decided. */
  #deciding = false
  #silence: NodeJS.Timeout | undefined
  #isEnded = false
  #end: (exit: number) => void = () => undefined

  constructor(options: SaidLineOptions) {
    this.#options = options
    this.ended = new Promise((resolve) => {
      this.#end = resolve
    })
  }

  /** Says it as soon as the room is heard, so that no answer is missed. */
  begin(say: () => string): void {
    this.#say = say
  }

  heard(frame: Frame): void {
    if (this.#isEnded) return
    switch (frame.type) {
      case 'joined':
        if (this.#id === undefined) this.#id = this.#say?.()
        return
      case 'message':
        if (this.#isAnswer(frame)) this.#answered(frame)
        return
      case 'request':
        if (frame.message === this.#id) this.#standing(frame.request)
        return
      case 'problem':
        if (frame.message === undefined && frame.room !== this.#options.room) return
        this.refused(frame.say)
    }
  }

  /** A statement is looked at: what is heard of the request goes on, and its end waits. */
  deciding(code: string): void {
    this.#code = code
    this.#deciding = true
    clearTimeout(this.#silence)
  }

  /** It is signed: how it stood before counts no more. */
  signed(): void {
    this.#deciding = false
    this.#state = undefined
  }

  /** It is not signed: it stands as before. */
  unsigned(say: string): void {
    if (this.#isEnded) return
    this.#options.output.note(say)
    this.#finish('pending')
  }

  /** Whatever was asked for is not done: in the server's words. */
  refused(say: string): void {
    if (this.#isEnded) return
    this.#options.output.problem(say)
    this.#finish('refused')
  }

  /** The same in this client's own. */
  refusedHere(say: string): void {
    if (this.#isEnded) return
    this.#options.output.note(say)
    this.#finish('refused')
  }

  failed(error: unknown): void {
    if (this.#isEnded) return
    const { line, isTheirs, exit } = explain(error)
    if (isTheirs) this.#options.output.problem(line)
    else this.#options.output.note(line)
    this.#exit(exit)
  }

  get isEnded(): boolean {
    return this.#isEnded
  }

  /** What answers the line, or belongs to the request that it has joined. */
  #isAnswer({ answers, chat }: Extract<Frame, { type: 'message' }>): boolean {
    if (chat.from !== 'foobot') return false
    if (answers !== undefined && answers === this.#id) return true
    return this.#code !== undefined && chat.footer?.code === this.#code
  }

  #answered({ chat, progress }: Extract<Frame, { type: 'message' }>): void {
    const { isFactor, output, setsGoing, wait } = this.#options
    output.reply(chat, progress)
    if (this.#deciding || wait || progress !== undefined) return
    // What is owed is said after it is owed.
    if (this.#state === 'pending' && !isFactor) this.#finish('pending')
    if (this.#state === 'running' && setsGoing) this.#finish('running')
  }

  #standing(request: RequestView): void {
    const { isFactor, output, wait } = this.#options
    // The factor was given, and something else is missing still.
    const isGiven = isFactor && this.#state === 'pending' && !isOwn(request)
    this.#code = request.code ?? this.#code
    this.#state = request.state
    output.standing(request)
    clearTimeout(this.#silence)
    const { state } = request
    if (state === 'running' || (wait && (state === 'pending' || state === 'asking'))) return
    if (state !== 'pending' || isGiven) this.#finish(state)
    else if (!this.#deciding) {
      this.#silence = setTimeout(() => this.#finish('pending'), isFactor ? phoneTime : promptTime)
    }
  }

  #finish(state: RequestView['state']): void {
    this.#options.output.end(state, this.#code)
    this.#exit(exitOf[state])
  }

  #exit(exit: number): void {
    clearTimeout(this.#silence)
    this.#isEnded = true
    this.#end(exit)
  }
}

/** Whether what is owed is still who asked's own to give. */
const isOwn = ({ owes }: RequestView): boolean =>
  owes.some(({ kind }) => kind === 'second-factor' || kind === 'signature')
