import { type Clock, toSeconds } from '#core/clock.ts'
import { FoobotError } from '#core/errors.ts'
import { parseKey } from '#core/signature/key.ts'
import { checkLogin } from '#core/signature/login.ts'
import type { FromRunner } from '#wire/runner.ts'

export type SignInFacts = {
  readonly deployment: string
  /** By what addresses this server may have been dialled here. */
  readonly origins: readonly string[]
  readonly nonce: string
  readonly clock: Clock
  /** The runner's key in the bundle in force. */
  readonly keyOf: (runner: string) => string | undefined
}

/**
 * Which runner this is: by its key alone, never by what it says of itself.
 * @throws FoobotError `login-refused`, `signature-refused`, `payload-malformed`
 */
export const runnerOf = (message: FromRunner, facts: SignInFacts): string => {
  if (message.type !== 'login') throw new FoobotError('login-refused', `${message.type} before login`)
  const login = checkLogin(message.envelope, {
    deployment: facts.deployment,
    servers: facts.origins,
    door: 'runner',
    nonce: facts.nonce,
    now: toSeconds(facts.clock()),
    keysOf: ({ runner }) => {
      const key = runner === undefined ? undefined : facts.keyOf(runner)
      return key === undefined ? [] : [parseKey(key)]
    },
  })
  if (login.runner === undefined) throw new FoobotError('login-refused', 'a person at the door of runners')
  return login.runner
}
