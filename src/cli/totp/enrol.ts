import { type ClientOptions, connectionOf } from '../client-options.ts'
import { exits, UsageError } from '../failure.ts'
import { openQuestions } from '../question.ts'

const unheard = { heard: () => undefined, lost: () => undefined, back: () => undefined, gone: () => undefined }

/** Shows a new secret once, and has its first code confirm it; gives the exit code. */
export const enrolTotp = async (options: ClientOptions): Promise<number> => {
  const connection = await connectionOf(options, 0, unheard)
  const questions = openQuestions(process.stdin, process.stderr)
  try {
    await connection.open()
    const { accepted, say, value = '' } = await connection.enrol({ what: 'new-totp' })
    if (!accepted) return refused(say)
    const secret = new URL(value).searchParams.get('secret') ?? ''
    console.log(`${value}\n\nGive that to your app, or type its key: ${spaced(secret)}\nIt is shown this once.`)
    const code = (await questions.ask('The six digits that it shows now:')).replaceAll(' ', '')
    if (!/^\d{6}$/.test(code)) throw new UsageError('Those are not six digits. Nothing was set up: begin again.')
    const confirmed = await connection.enrol({ what: 'confirm-totp', code })
    if (!confirmed.accepted) return refused(confirmed.say)
    console.log(confirmed.say)
    return exits.done
  } finally {
    questions.close()
    connection.close()
  }
}

const spaced = (secret: string): string => (secret.match(/.{1,4}/g) ?? []).join(' ')

const refused = (say: string): number => {
  console.error(`foobot: ${say}`)
  return exits.refused
}
