import { afterAll, beforeAll, expect, it } from 'vitest'
import { metricsOf } from '../operator.fixture.ts'
import { CanaryCompany } from './canary-company.fixture.ts'
import type { Intruder } from './intruder.fixture.ts'
import { RingingPhone } from './phone.fixture.ts'

/**
 * Somebody holds a chat account and has its owner's phone ring until its owner gives in; or has others' phones ring. Who
 * may not run a command has nobody's ring.
 */

// DEFENCE src/engine/wakes.ts
// - return recent.length < mostInWindow || oldest === undefined ? undefined : oldest + window
// + return undefined

// DEFENCE src/engine/wake-own.ts
// - if (asked) {
// + if (asked && way.name === '') {

// DEFENCE src/engine/wake-approvers.ts
// - if (owes.some(({ kind }) => kind !== 'approval')) return

let company: CanaryCompany
let jhand: Intruder
let eve: Intruder
const phones = new Map<string, RingingPhone>()
const rang = (person: string): number => phones.get(person)?.rang ?? 0

beforeAll(async () => {
  company = await CanaryCompany.open({ server: { push: { loopback: true } } })
  jhand = await company.dial('jhand')
  eve = await company.dial('eve')
  for (const person of ['jhand', 'eve', 'bianca', 'dora']) {
    const owner = person === 'jhand' ? jhand : person === 'eve' ? eve : await company.dial(person)
    phones.set(person, await RingingPhone.of(owner, company.url))
  }
})
afterAll(async () => {
  for (const phone of phones.values()) phone.end()
  await company.end()
})

it('nobody’s phone rings for what a stranger wants, however often', async () => {
  for (let n = 0; n < 25; n++) {
    for (const line of [
      `upgrade Acme${n} to Pro`,
      `rebuild svr-${n} role=web`,
      'auth me push',
      'auth me push 7F3A-92C1',
    ])
      await eve.say(`Foobot ${line}`)
  }
  expect([...phones.values()].map((phone) => phone.rang)).toEqual([0, 0, 0, 0])
})

it('no approver’s phone rings before who asked has said yes with more than the account', async () => {
  const { state, code } = await jhand.say('Foobot rebuild svr-1827 role=web')
  expect(state).toBe('pending')
  // Longer than the server's regular look, which wakes who is to be woken.
  await new Promise((resolve) => setTimeout(resolve, 1500))
  expect([rang('bianca'), rang('dora')]).toEqual([0, 0])
  await jhand.say(`Foobot cancel ${code}`)
})

it('its owner’s phone asks about one command at a time, and three times in ten minutes', async () => {
  const first = await jhand.say('Foobot upgrade Acme1 to Pro')
  const second = await jhand.say('Foobot upgrade Acme2 to Pro')
  for (const { code } of [first, second, first, second]) await jhand.say(`Foobot auth me push ${code}`)
  await expect.poll(() => rang('jhand')).toBe(1)
  const told = []
  for (let n = 0; n < 10; n++) {
    for (let wrong = 0; wrong < 3; wrong++) await phones.get('jhand')?.answer('1')
    told.push((await jhand.say(`Foobot auth me push ${second.code}`)).text)
  }
  await expect.poll(() => rang('jhand')).toBe(3)
  expect(told.at(-1)).toContain('three times in ten minutes, so I let it rest')
  expect(company.sung).toEqual([])
  expect(await company.warrants()).toBe(0)
})

it('“that was not me” ends the request, and is an alarm in the log', async () => {
  const mansel = await company.dial('mansel')
  const phone = await RingingPhone.of(mansel, company.url)
  phones.set('mansel', phone)
  const thief = await company.dial('mansel')
  const { id } = await thief.say('Foobot upgrade Evil to Pro')
  await thief.say('Foobot auth me push')
  await expect.poll(() => phone.rang).toBe(1)
  expect(await phone.no()).toMatchObject({ type: 'over', say: expect.stringContaining('Cancelled') })
  expect((await thief.ended(id)).state).toBe('cancelled')
  const alarms = (await company.events()).filter(({ what }) => what === 'alarm')
  expect(alarms.map(({ why }) => why)).toEqual(['mansel says that they did not ask for "upgrade Evil to Pro"'])
  expect(company.sung).toEqual([])
})

it('how often phones rang is counted', async () => {
  const metrics = await metricsOf(company.data)
  expect(metrics).toMatch(/^foobot_second_factors_total\{method="push",outcome="sent"\} 4$/m)
  expect(metrics).toMatch(/^foobot_second_factors_total\{method="push",outcome="held"\} \d+$/m)
  expect(metrics).toMatch(/^foobot_second_factors_total\{method="push",outcome="no"\} 1$/m)
})
