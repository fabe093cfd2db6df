import { type ClientOptions, connectionOf } from '../client-options.ts'
import { conclude, refuse, refusedBy, UsageError } from '../failure.ts'
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
    if (!accepted) return refusedBy(say)
    const secret = forApp.exec(value)?.[1]
    if (secret === undefined) return refuse('The server sent no key for an app. Nothing was set up.')
    print(line`${value}`, '', line`Give that to your app, or type its key: ${spaced(secret)}`, 'It is shown this once.')
    const code = (await questions.ask('The six digits that it shows now:')).replaceAll(' ', '')
    if (!/^\d{6}$/.test(code)) throw new UsageError('Those are not six digits. Nothing was set up: begin again.')
    return conclude(await connection.enrol({ what: 'confirm-totp', code }))
  } finally {
    questions.close()
    connection.close()
  }
}

/** What apps read: nothing in it has the look of a sentence. */
const forApp =
  /^otpauth:\/\/totp\/[\w.%:@~!'()*-]{1,1024}\?(?:[a-z]+=[\w.%~!'()*-]{0,1024}&)*secret=([A-Z2-7]{16,128})(?:&[a-z]+=[\w.%~!'()*-]{0,1024})*$/

const spaced = (secret: string): string => (secret.match(/.{1,4}/g) ?? []).join(' ')
