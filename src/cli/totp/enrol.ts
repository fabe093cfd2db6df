import { type ClientOptions, connectionOf } from '../client-options.ts'
import { conclude, refuse, UsageError } from '../failure.ts'
import { openQuestions } from '../question.ts'
import { print } from '../tell.ts'
import { line } from '../terminal/clean.ts'

/** Shows a new secret once, and has its first code confirm it; gives the exit code. */
export const enrolTotp = async (options: ClientOptions): Promise<number> => {
  const connection = await connectionOf(options)
  const questions = openQuestions(process.stdin, process.stderr)
  try {
    await connection.open()
    const { accepted, say, value = '' } = await connection.enrol({ what: 'new-totp' })
    if (!accepted) return refuse(say)
    const secret = new URL(value).searchParams.get('secret') ?? ''
    print(line`${value}`, '', line`Give that to your app, or type its key: ${spaced(secret)}`, 'It is shown this once.')
    const code = (await questions.ask('The six digits that it shows now:')).replaceAll(' ', '')
    if (!/^\d{6}$/.test(code)) throw new UsageError('Those are not six digits. Nothing was set up: begin again.')
    return conclude(await connection.enrol({ what: 'confirm-totp', code }))
  } finally {
    questions.close()
    connection.close()
  }
}

const spaced = (secret: string): string => (secret.match(/.{1,4}/g) ?? []).join(' ')
