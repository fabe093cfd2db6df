import { isAtLeast } from '#core/tier.ts'
import type { Enrolled, Enrolment } from '#wire/native.ts'
import type { SignedIn } from './doors.ts'
import { heldKeys } from './keys.ts'
import { eventLeaf } from './request/move.ts'
import { tellPerson } from './tell-person.ts'
import type { Way } from './way.ts'

/** Sets up a second factor for somebody who has signed in with a key of theirs; each change is a leaf of the log. */
export const enrol = async (way: Way, signedIn: SignedIn, ask: Enrolment): Promise<Enrolled> => {
  const { person } = signedIn
  switch (ask.what) {
    case 'push-key':
      return { accepted: true, say: 'A subscription is made for this key.', value: way.waker.key }
    case 'add-phone':
      return addPhone(way, person, ask)
    case 'remove-phone':
      if (!(await way.devices.remove(person, ask.name))) return no(`You have no phone that is called ${ask.name}.`)
      await note(way, person, `phone ${ask.name} removed`)
      return yes(`${ask.name} is not woken any more.`)
    case 'new-totp':
      return newTotp(way, signedIn)
    case 'confirm-totp':
      return confirmTotp(way, person, ask.code)
  }
}

const addPhone = async (
  way: Way,
  person: string,
  { name, endpoint, p256dh, auth }: Extract<Enrolment, { what: 'add-phone' }>,
): Promise<Enrolled> => {
  const problem = way.waker.refuses(endpoint)
  if (problem !== undefined) return no(problem)
  const others = await way.devices.of(person)
  if (
    others.some((one) => one.name === name && one.endpoint === endpoint && one.p256dh === p256dh && one.auth === auth)
  )
    return yes(`${name} is known already.`)
  if (!(await way.devices.put({ person, name, endpoint, p256dh, auth, addedAt: way.clock() })))
    return no('You have eight phones already: remove one first, with "foobot phone --remove NAME".')
  await note(way, person, `phone ${name} added`)
  return yes(`${name} is woken from now on.`)
}

const newTotp = async (way: Way, { person, key }: SignedIn): Promise<Enrolled> => {
  const { company } = way.rules
  const { totp } = way.factors
  const most = company.attested.factors.get('totp')
  if (!totp || most === undefined) return no('One-time codes count for nothing in this company.')
  const held = heldKeys(way, person).find((one) => one.key === key)
  if (!held || (held.upTo !== undefined && !isAtLeast(held.upTo, most)))
    return no('One-time codes count for more here than this key of yours: sign in with one that the bundle lists.')
  return { ...yes('Give it to your app, then say its first code.'), value: await totp.enrol(person, company.name) }
}

const confirmTotp = async (way: Way, person: string, code: string): Promise<Enrolled> => {
  const problem = way.factors.totp ? await way.factors.totp.confirm(person, code) : 'There are no one-time codes here.'
  if (problem !== undefined) return no(problem)
  await note(way, person, 'one-time codes set up')
  return yes('Your one-time codes count from now on.')
}

/** Whoever did it, its owner hears of it. */
const note = async (way: Way, person: string, why: string): Promise<void> => {
  await way.group.record({ leaf: eventLeaf(way, 'factor', { person, why }) })
  await tellPerson(
    way,
    person,
    `Your second factor has changed: ${why}. If that was not you, tell an administrator at once.`,
  )
}

const yes = (say: string): Enrolled => ({ accepted: true, say })
const no = (say: string): Enrolled => ({ accepted: false, say })
