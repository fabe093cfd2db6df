import { setTimeout as after } from 'node:timers/promises'
import type { Connection } from '#client/connection.ts'
import { Phone, type PhoneSheet } from '#client/phone.ts'
import { registerPhone } from '#client/register-phone.ts'
import { connectionOf } from '../client-options.ts'
import { conclude, exits, UsageError } from '../failure.ts'
import { passOn } from '../pass-on.ts'
import type { PhoneOptions } from '../phone.ts'
import { openQuestions, type Questions } from '../question.ts'
import { hang } from '../terminal/hang.ts'
import { hasColour, type Line, paintWith, type Style } from '../terminal/paint.ts'
import { plain } from '../terminal/sheet.ts'

/** Waits for pushes, one after the other, until its owner puts it away. */
export const holdPhone = async (options: PhoneOptions): Promise<number> => {
  if (!process.stdin.isTTY) throw new UsageError('A phone is answered by who holds it: run this in a terminal.')
  const phone = Phone.of(options.as, options.data)
  await signedIn(options, (connection) => registerPhone(connection, phone))
  console.log(`This is the phone of ${options.as}. It shows what you are asked. Ctrl-C puts it away.`)
  process.once('SIGINT', () => process.exit(exits.done))
  try {
    for (;;) {
      const sheet = await phone.screen()
      if (sheet) await deal(phone, sheet)
    }
  } catch (error) {
    // At a question, Ctrl-C closes it.
    if (error instanceof UsageError) return exits.done
    throw error
  }
}

export const removePhone = (options: PhoneOptions, name: string): Promise<number> =>
  signedIn(options, async (connection) => {
    return conclude(await connection.enrol({ what: 'remove-phone', name }))
  })

const signedIn = async <T>(options: PhoneOptions, work: (connection: Connection) => Promise<T>): Promise<T> => {
  const connection = await connectionOf(options)
  try {
    await connection.open()
    return await work(connection)
  } finally {
    connection.close()
  }
}

/** Milliseconds between two looks whether a sheet is over: it may be answered elsewhere. */
const glance = 2_000

/** Shows one sheet until it is over. */
const deal = async (phone: Phone, sheet: PhoneSheet): Promise<void> => {
  const paint = paintWith(hasColour(process.stdout, process.env))
  for (const line of linesOf(sheet)) console.log(paint(line))
  const questions = openQuestions(process.stdin, process.stdout)
  const dealt = new AbortController()
  try {
    await Promise.race([answeredHere(phone, sheet, questions), overElsewhere(phone, sheet, dealt.signal)])
  } finally {
    dealt.abort()
    questions.close()
  }
}

const answeredHere = async (phone: Phone, sheet: PhoneSheet, questions: Questions): Promise<void> => {
  const { wake, asks, as } = sheet
  const no = as === 'requester' ? '"no" if this was not you' : '"no" to deny it'
  const what = asks === 'number' ? 'The number that stands in the room' : 'The word that stands in the room'
  for (;;) {
    const said = await questions.askByHand(() => `${what}, or ${no}:`)
    if (said === '') continue
    const { say, over } = await (/^no$/i.test(said) ? phone.refuse(wake) : phone.answer(wake, said))
    passOn(say)
    if (over) return
  }
}

/** What is over must not stand in the way of what comes next. */
const overElsewhere = async (phone: Phone, { wake }: PhoneSheet, dealt: AbortSignal): Promise<void> => {
  while (!dealt.aborted) {
    await after(glance, undefined, { signal: dealt }).catch(() => undefined)
    if (dealt.aborted || (await phone.screenNow())?.wake === wake) continue
    console.log('\nThat is over: there is nothing to answer any more.')
    return
  }
}

const linesOf = ({ as, group = '', lines, life, code }: PhoneSheet): Line[] => {
  const columns = process.stdout.columns ?? 80
  const our = (text: string, style?: Style): Line[] =>
    hang(text, columns).map((row) => [{ text: row, ...(style && { style }) }])
  const ofStatement = lines.map(({ name, value }) => `${name}: ${value}`)
  return [
    [],
    ...our(as === 'requester' ? 'Is this your own command?' : theirs(lines, group), 'bold'),
    ...ofStatement.flatMap((line) => our(line)),
    ...our(life, 'dim'),
    [],
    ...our(ofStatement[0] ?? '', 'bold'),
    ...our(`code: ${code}`, 'bold'),
  ]
}

const theirs = (lines: PhoneSheet['lines'], group: string): string =>
  `A command of ${lines.find(({ name }) => name === 'requester')?.value ?? 'nobody known'}, to approve for ${plain(group)}:`
