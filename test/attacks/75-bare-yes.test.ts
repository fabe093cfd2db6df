import { afterAll, beforeAll, expect, it } from 'vitest'
import { CanaryCompany } from './canary-company.fixture.ts'
import type { Answered, Intruder } from './intruder.fixture.ts'

/** Something waits, and somebody who may approve it says something that sounds like yes. */

// DEFENCE src/core/text/address.ts
// - if (!isName(text, start, name) || !isBoundary(text, end)) return direct ? text : undefined
// + if (!isName(text, start, name) || !isBoundary(text, end)) return text

// DEFENCE src/engine/standing.ts
// - way.live.named(which).filter(({ state }) => state === 'pending' || state === 'running')
// + way.live.all().filter(({ state }) => which !== '' && (state === 'pending' || state === 'running'))

let company: CanaryCompany
let jhand: Intruder
let bianca: Intruder
let asked: Answered
beforeAll(async () => {
  company = await CanaryCompany.open()
  jhand = await company.dial('jhand')
  bianca = await company.dial('bianca')
  asked = await jhand.say('Foobot rebuild svr-1827 role=web')
  await jhand.present(await company.yes(await jhand.fetch(asked.code), {}))
})
afterAll(() => company.end())

const words = [
  'yes',
  'y',
  'ok',
  'sure',
  'approve',
  'approve yes',
  'approve it',
  'LGTM',
  '+1',
  '👍',
  'go ahead',
  'confirm',
]

it.each([
  ['devs', ['', 'Foobot ']],
  ['@bianca', ['']],
] as const)('none of it is a yes in %s', async (room, names) => {
  for (const text of words.flatMap((word) => names.map((name) => `${name}${word}`))) {
    const { state, text: answer } = await bianca.say(text, room, true)
    expect([text, ['done', 'refused'].includes(state)]).toEqual([text, true])
    expect(answer).not.toMatch(/sign|approved|executing/i)
  }
  expect(bianca.frames.filter(({ type }) => type === 'statement')).toEqual([])
  expect(jhand.answered(asked.id).state).toBe('pending')
  expect(await company.warrants()).toBe(0)
})

it('the bare word without "approve" is none, nor is its command without Foobot’s name', async () => {
  for (const text of [
    asked.word,
    `approve ${asked.word}`,
    `Foobot ${asked.word}`,
    `@foobotic approve ${asked.word}`,
    `> Foobot approve ${asked.word}`,
  ]) {
    await bianca.say(text, 'devs', true)
  }
  expect(bianca.frames.filter(({ type }) => type === 'statement')).toEqual([])
  expect(await company.warrants()).toBe(0)
})

it('the requester’s own yes in the same room is none either', async () => {
  for (const text of ['yes', 'Foobot yes', `Foobot approve ${asked.word}`, 'Foobot auth me']) await jhand.say(text)
  expect(await company.warrants()).toBe(0)
  expect(company.sung).toEqual([])
})

it('said as a command by a client that signs it shows the bytes, and still runs nothing by itself', async () => {
  await bianca.say(`Foobot approve ${asked.word}`, 'devs', true)
  expect(bianca.frames.filter(({ type }) => type === 'statement')).toHaveLength(1)
  expect(await company.warrants()).toBe(0)
})
