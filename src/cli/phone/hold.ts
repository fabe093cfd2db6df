import type { Connection } from '#client/connection.ts'
import { Phone, type PhoneOutcome, type PhoneSheet } from '#client/phone.ts'
import { registerPhone } from '#client/register-phone.ts'
import { connectionOf } from '../client-options.ts'
import { exits, UsageError } from '../failure.ts'
import type { PhoneOptions } from '../phone.ts'
import { openQuestions, type Questions } from '../question.ts'
import { hasColour, type Line, paintWith } from '../terminal/paint.ts'

const unheard = { heard: () => undefined, lost: () => undefined, back: () => undefined, gone: () => undefined }

/** Waits for pushes, one after the other, until its owner puts it away. */
export const holdPhone = async (options: PhoneOptions): Promise<number> => {
  if (!process.stdin.isTTY) throw new UsageError('A phone is answered by who holds it: run this in a terminal.')
  const phone = Phone.of(options.as, options.data)
  await signedIn(options, (connection) => registerPhone(connection, phone))
  console.log(`This is the phone of ${options.as}. It shows what you are asked. Ctrl-C puts it away.`)
  for (;;) {
    const sheet = await phone.screen()
    if (sheet) await deal(phone, sheet)
  }
}

export const removePhone = (options: PhoneOptions, name: string): Promise<number> =>
  signedIn(options, async (connection) => {
    const { accepted, say } = await connection.enrol({ what: 'remove-phone', name })
    if (accepted) console.log(say)
    else console.error(`foobot: ${say}`)
    return accepted ? exits.done : exits.refused
  })

const signedIn = async <T>(options: PhoneOptions, work: (connection: Connection) => Promise<T>): Promise<T> => {
  const connection = await connectionOf(options, 0, unheard)
  try {
    await connection.open()
    return await work(connection)
  } finally {
    connection.close()
  }
}

/** Shows one sheet until it is over. */
const deal = async (phone: Phone, sheet: PhoneSheet): Promise<void> => {
  const paint = paintWith(hasColour(process.stdout, process.env))
  for (const line of linesOf(sheet)) console.log(paint(line))
  const questions = openQuestions(process.stdin, process.stdout)
  try {
    for (;;) {
      const outcome = await answered(phone, sheet, questions)
      if (!outcome) continue
      console.log(outcome.say)
      if (outcome.over) return
    }
  } finally {
    questions.close()
  }
}

const answered = async (
  phone: Phone,
  { wake, asks, as }: PhoneSheet,
  questions: Questions,
): Promise<PhoneOutcome | undefined> => {
  const no = as === 'requester' ? '"no" if this was not you' : '"no" to deny it'
  const what = asks === 'number' ? 'The number that stands in the room' : 'The word that stands in the room'
  const said = await questions.ask(`${what}, or ${no}:`)
  if (said === '') return undefined
  return /^no$/i.test(said) ? phone.refuse(wake) : phone.answer(wake, said)
}

const linesOf = ({ as, group = '', lines, life, code }: PhoneSheet): Line[] => [
  [],
  [{ text: as === 'requester' ? 'Is this your own command?' : `To approve for ${group}:`, style: 'bold' }],
  ...lines.map(({ name, value }): Line => [{ text: `${name}: ${value}` }]),
  [{ text: `${life} Code ${code}.`, style: 'dim' }],
]
