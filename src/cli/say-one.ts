import { commandTyped } from '#client/unasked.ts'
import { directRoom } from '#wire/native.ts'
import { connectionOf } from './client-options.ts'
import { SaidLine } from './said-line.ts'
import type { SayOptions } from './say.ts'
import { sayAsJson, sayPlainly } from './say-output.ts'
import { SaySigning } from './say-signing.ts'
import { complain } from './tell.ts'
import { picturesIn } from './terminal/picture/pictures.ts'

/** Milliseconds to go on trying when the line breaks in the middle. */
const keepTrying = 60_000

/** Says one line, prints what is answered; gives the exit code. */
export const sayOne = async (text: string, options: SayOptions): Promise<number> => {
  const room = options.room ?? directRoom(options.as)
  const { stdin: input, stdout, env } = process
  const output = options.json
    ? sayAsJson(stdout)
    : sayPlainly(stdout, env, await picturesIn({ input, output: stdout, environment: env }))
  const typed = commandTyped({ room, text }, options.as) ?? ''
  const isFactor = /^auth /i.test(typed)
  const setsGoing = isFactor || /^approve /i.test(typed)
  const line = new SaidLine({ room, wait: options.wait === true, setsGoing, isFactor, output })
  let signing: SaySigning | undefined
  const connection = await connectionOf(options, keepTrying, {
    heard: (frame) => (frame.type === 'statement' ? signing?.heard(frame) : line.heard(frame)),
    lost: (why, next) => complain(`the line broke (${why}): dialling again in ${next / 1000} s`),
    back: () => undefined,
    gone: (error) => line.failed(error),
  })
  const { deployment } = await connection.open()
  if (options.sign) signing = new SaySigning(connection, { person: options.as, deployment }, line, options.expect)
  line.begin(() => signing?.say(room, text) ?? connection.say(room, text, false))
  connection.join(room, 0)
  const exit = await line.ended
  connection.close()
  return exit
}
