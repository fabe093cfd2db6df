import { FoobotError } from '#core/errors.ts'
import type { Enrolled } from '#wire/native.ts'
import type { Connection } from './connection.ts'
import type { Phone } from './phone.ts'

/** What the example's phones are called. */
const name = 'phone'

/**
 * Has the server wake this phone from now on, for who has signed in.
 * @throws FoobotError `phone-refused` with the server's sentence
 */
export const registerPhone = async (connection: Connection, phone: Phone): Promise<void> => {
  const { value } = accepted(await connection.enrol({ what: 'push-key' }))
  if (value === undefined) throw new FoobotError('phone-refused', 'the server gave no key for pushes')
  const subscription = await phone.subscribe(value)
  accepted(await connection.enrol({ what: 'add-phone', name, ...subscription }))
}

const accepted = (enrolled: Enrolled): Enrolled => {
  if (!enrolled.accepted) throw new FoobotError('phone-refused', enrolled.say, enrolled.say)
  return enrolled
}
