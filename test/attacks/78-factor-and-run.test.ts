import { afterAll, beforeAll, expect, it } from 'vitest'
import { consentKind } from '#core/consent/consent.ts'
import { signedBy, sshSigner } from '#core/signature/signer.fixture.ts'
import { statementKind } from '#core/statement/statement.ts'
import { CanaryCompany } from './canary-company.fixture.ts'
import type { Intruder } from './intruder.fixture.ts'
import { asBackend, Plant } from './plant.fixture.ts'

/** The second factor succeeds and the command never runs, or it fails and the command runs all the same. */

// DEFENCE src/engine/present.ts
// - await goOn(way, stated, added)

// DEFENCE src/engine/take-up.ts
// - if (complete) await goOn(way, complete, request)

// DEFENCE src/engine/collect.ts
// - if (owes.length > 0) return { outcome: 'owing', owes, approvers: approversOf(counting) }
// AND src/core/warrant/verify.ts
// - { number: 11, name: 'owed', check: owed },

let company: CanaryCompany
let jhand: Intruder
beforeAll(async () => {
  company = await CanaryCompany.open()
  jhand = await company.dial('jhand')
})
afterAll(() => company.end())

it('success is followed by exactly one execution, and the answer is in the room', async () => {
  const { id, code, text } = await jhand.say('Foobot upgrade AcmeOps to Pro')
  expect(text).toBe('Sorry, jhand, this command requires two-factor authentication.')
  const yes = await company.yes(await jhand.fetch(code), {})
  const answers = await Promise.all([jhand.present(yes), jhand.present(yes), jhand.present(yes)])
  expect(answers.filter(({ accepted }) => accepted).length).toBeGreaterThan(0)
  const ended = await jhand.ended(id)
  expect(ended.state).toBe('done')
  expect(ended.text).toContain('Two-factor auth successful!')
  expect(ended.text).toContain('Upgraded.')
  expect(company.sung).toEqual(['upgrade AcmeOps to Pro'])
})

it('failure, or success for another command, is followed by none', async () => {
  const before = company.sung.length
  const [one, two] = [await jhand.say('Foobot upgrade One to Pro'), await jhand.say('Foobot upgrade Two to Pro')]
  const digest = statementKind.digest(await jhand.fetch(one.code))
  const value = { v: 2, deployment: 'canary', statement: digest, person: 'jhand', as: 'requester' } as const
  const iat = Math.floor(Date.now() / 1000)
  expect(await jhand.present(signedBy(consentKind, { ...value, iat }, sshSigner()))).toMatchObject({ accepted: false })
  expect(company.sung).toHaveLength(before)
  await jhand.present(await company.yes(await jhand.fetch(two.code), {}))
  await jhand.ended(two.id)
  expect(company.sung.slice(before)).toEqual(['upgrade Two to Pro'])
  expect(jhand.answered(one.id).state).toBe('pending')
})

it('expiry is followed by none, though the yes was in time', async () => {
  const plant = await Plant.open()
  await plant.bench.say('Foobot upgrade AcmeOps')
  const { id } = plant.waiting()
  const yes = await plant.yes('jhand')
  plant.advance(301_000)
  expect(await plant.bench.engine.doors.present(yes)).toMatchObject({ accepted: false })
  await plant.bench.engine.tick()
  expect(await plant.stateOf(id)).toBe('expired')
  expect(plant.runner.runs).toBe(0)
  await plant.end()
})

it('a server that ends between the last yes and its order goes on when it is back', async () => {
  const plant = await Plant.open()
  await plant.bench.say('Foobot rebuild svr-1827')
  const { id } = plant.waiting()
  await plant.present('jhand')
  const { records } = plant.bench.way
  const commit = records.commit.bind(records)
  let writes = 0
  records.commit = (...what) => {
    writes += 1
    return writes === 1 ? commit(...what) : Promise.reject(new Error('the server was killed'))
  }
  await plant.present('bianca', asBackend).catch(() => undefined)
  expect(plant.runner.runs).toBe(0)
  await plant.restartServer()
  expect(await plant.ended(id)).toBe('done')
  expect(plant.runner.runs).toBe(1)
  await plant.end()
})
