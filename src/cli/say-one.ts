import type { Frame } from '#client/dial.ts'
import type { FoobotError } from '#core/errors.ts'
import { directRoom, type RequestView } from '#wire/native.ts'
import { connectionOf } from './client-options.ts'
import { exits, explain } from './failure.ts'
import type { SayOptions } from './say.ts'
import { type SayOutput, sayOutput } from './say-output.ts'

/** Milliseconds to go on trying when the line breaks in the middle. */
const keepTrying = 60_000

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

/** Says one line, prints what is answered; gives the exit code. */
export const sayOne = async (text: string, options: SayOptions): Promise<number> => {
  const room = options.room ?? directRoom(options.as)
  const output = sayOutput(process.stdout, process.env, options.json === true)
  const line = new SaidLine(room, options.wait === true, output)
  const connection = await connectionOf(options, keepTrying, {
    heard: (frame) => line.heard(frame),
    lost: (why, next) => console.error(`foobot: the line broke (${why}): dialling again in ${next / 1000} s`),
    back: () => undefined,
    gone: (error) => line.gone(error),
  })
  await connection.open()
  line.begin(() => connection.say(room, text, false))
  connection.join(room, 0)
  const exit = await line.ended
  connection.close()
  return exit
}

/** One line from when it is said until it is known what became of it. */
class SaidLine {
  readonly ended: Promise<number>
  readonly #room: string
  readonly #wait: boolean
  readonly #output: SayOutput
  #say: (() => string) | undefined
  #id: string | undefined
  #code: string | undefined
  #end: (exit: number) => void = () => undefined

  constructor(room: string, wait: boolean, output: SayOutput) {
    this.#room = room
    this.#wait = wait
    this.#output = output
    this.ended = new Promise((resolve) => {
      this.#end = resolve
    })
  }

  /** Says it as soon as the room is heard, so that no answer is missed. */
  begin(say: () => string): void {
    this.#say = say
  }

  heard(frame: Frame): void {
    switch (frame.type) {
      case 'joined':
        if (this.#id === undefined) this.#id = this.#say?.()
        return
      case 'message':
        if (this.#isAnswer(frame)) this.#output.reply(frame.chat, frame.progress)
        return
      case 'request':
        if (frame.message === this.#id) this.#standing(frame.request)
        return
      case 'problem':
        if (frame.message === undefined && frame.room !== this.#room) return
        this.#output.problem(frame.say)
        this.#finish('refused')
    }
  }

  gone(error: FoobotError): void {
    const { line, exit } = explain(error)
    this.#output.problem(line)
    this.#end(exit)
  }

  /** What answers the line, or belongs to the request that it has joined. */
  #isAnswer({ answers, chat }: Extract<Frame, { type: 'message' }>): boolean {
    if (chat.from !== 'foobot') return false
    if (answers !== undefined && answers === this.#id) return true
    return this.#code !== undefined && chat.footer?.code === this.#code
  }

  #standing(request: RequestView): void {
    this.#code = request.code ?? this.#code
    this.#output.standing(request)
    if (request.state === 'running') return
    const waits = request.state === 'asking' || request.state === 'pending'
    if (!(waits && this.#wait)) this.#finish(request.state)
  }

  #finish(state: RequestView['state']): void {
    this.#output.end(state, this.#code)
    this.#end(exitOf[state])
  }
}
