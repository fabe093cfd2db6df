import type { Way } from './way.ts'

/**
 * Forgets what somebody set up by a key of theirs: phones, one-time codes, linked accounts. Where a key is lost, whoever
 * held it may have set up their own, which must not outlive it.
 * @returns whether there was anything
 */
export const forgetSetUp = async (way: Way, person: string): Promise<boolean> => {
  const phones = await way.devices.of(person)
  for (const { name } of phones) await way.devices.remove(person, name)
  way.wakes.forgetPerson(person)
  const codes = (await way.factors.totp?.forget(person)) ?? false
  const accounts = await way.accountStore.forget(person)
  way.accounts.forget(person)
  return phones.length > 0 || codes || accounts
}
