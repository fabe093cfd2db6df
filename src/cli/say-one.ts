import { commandTyped } from '#client/unasked.ts'
import { directRoom } from '#wire/native.ts'
import { connectionOf } from './client-options.ts'
import { SaidLine } from './said-line.ts'
import type { SayOptions } from './say.ts'
import { sayAsJson, sayPlainly } from './say-output.ts'
import { SaySigning } from './say-signing.ts'
import { Held } from './terminal/held.ts'
import { picturesIn } from './terminal/picture/pictures.ts'

/** Milliseconds to go on trying when the line breaks in the middle. */
const keepTrying = 60_000

/** Says one line, prints what is answered; gives the exit code. */
export const sayOne = async (text: string, options: SayOptions): Promise<number> => {
  const room = options.room ?? directRoom(options.as)
  const { stdin: input, stdout, stderr, env } = process
  const held = new Held()
  // What is piped away may be shown on the terminal where it is asked whether to sign.
  const asks = options.sign === true && input.isTTY && stderr.isTTY
  const columns = stdout.isTTY ? (stdout.columns ?? 80) : asks ? (stderr.columns ?? 80) : undefined
  const output = options.json
    ? sayAsJson(stdout, asks && stdout.isTTY ? columns : undefined)
    : sayPlainly(stdout, env, await picturesIn({ input, output: stdout, environment: env }), columns)
  const typed = commandTyped({ room, text }, options.as) ?? ''
  const isFactor = /^auth /i.test(typed)
  const setsGoing = isFactor || /^approve /i.test(typed)
  const line = new SaidLine({ room, wait: options.wait === true, setsGoing, isFactor, output })
  let signing: SaySigning | undefined
  const connection = await connectionOf(options, keepTrying, {
    heard: (frame) => {
      if (frame.type === 'statement') signing?.heard(frame)
      else held.show(JSON.stringify(frame).length, () => line.heard(frame))
    },
    lost: (why, next) =>
      held.show(why.length, () => output.note(`the line broke (${why}): dialling again in ${next / 1000} s`)),
    back: () => undefined,
    gone: (error) => held.show(0, () => line.failed(error)),
  })
  const { deployment } = await connection.open()
  if (options.sign) signing = new SaySigning(connection, { person: options.as, deployment }, line, held, options.expect)
  line.begin(() => signing?.say(room, text) ?? connection.say(room, text, false))
  connection.join(room, 0)
  const exit = await line.ended
  connection.close()
  return exit
}
