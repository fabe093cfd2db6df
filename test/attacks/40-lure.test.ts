import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { display } from '#core/statement/display.ts'
import { statementKind } from '#core/statement/statement.ts'
import { foobot } from '../contract/cli.fixture.ts'
import { CanaryCompany } from './canary-company.fixture.ts'
import type { Answered, Intruder } from './intruder.fixture.ts'

/** Somebody is asked to please type "foobot approve slick" somewhere else, where nobody sees what that means. */

// DEFENCE src/engine/answer-own.ts
// - .filter((request) => isHere(request) || request.stated?.code === which.toUpperCase())

// DEFENCE src/cli/ask-to-sign.ts
// - if (asked.as === 'approver' && !process.stdin.isTTY) throw new UsageError(needsTerminal)

// DEFENCE src/cli/give-consent.ts
// - if (wrong !== undefined) return refuse(wrong)

let company: CanaryCompany
let jhand: Intruder
let bianca: Intruder
let asked: Answered
beforeAll(async () => {
  company = await CanaryCompany.open()
  jhand = await company.dial('jhand')
  bianca = await company.dial('bianca')
  asked = await jhand.say('Foobot rebuild svr-1827 role=web', 'ops')
  await jhand.present(await company.yes(await jhand.fetch(asked.code), {}))
})
afterAll(() => company.end())

const shown = (): number => bianca.frames.filter(({ type }) => type === 'statement').length
beforeEach(() => expect(company.sung).toEqual([]))

it.each(['devs', 'backend', '@bianca'])('in %s the word of another room points at nothing', async (room) => {
  for (const signs of [false, true]) {
    const { text } = await bianca.say(`Foobot approve ${asked.word}`, room, signs)
    expect(text).toBe(`Nothing waits for your yes here under "${asked.word}".`)
  }
  expect(shown()).toBe(0)
})

it('from a room that is not theirs nobody says anything', async () => {
  expect((await jhand.say(`Foobot approve ${asked.word}`, 'backend')).text).toMatch(/^I do not know that room/)
})

it('in its own room it shows the bytes and runs nothing; a terminal signs only what somebody reads', async () => {
  await bianca.say(`Foobot approve ${asked.word}`, 'ops', true)
  expect(shown()).toBe(1)
  expect(await company.warrants()).toBe(0)
  const truth = display(statementKind.decode(await bianca.fetch(asked.code)))
  const flags = ['--as', 'bianca', '--server', company.url, '--data', company.data]
  const piped = await foobot(['approve', asked.code, ...flags], { input: 'y\n' })
  expect(piped.err.replaceAll(/\s+/g, '')).toContain(truth.replaceAll(/\s+/g, ''))
  expect(piped.err).toContain('An approval is given by who reads it')
  const other = await foobot(['approve', asked.code, ...flags, '--yes', '--expect', 'rebuild svr-1827 role=db'])
  expect([piped.exit, other.exit]).toEqual([2, 4])
  expect(await company.warrants()).toBe(0)
})
