import { afterAll, beforeAll, expect, it } from 'vitest'
import { words } from '#engine/words.ts'
import { CanaryCompany } from './canary-company.fixture.ts'
import type { Intruder } from './intruder.fixture.ts'

/** Somebody tries all words there are, until one points at something. */

// DEFENCE src/engine/standing.ts
// - const mine = standing.owes.filter((owed) => giversLeft(owing, owed).includes(person))
// + const mine = standing.owes.filter(({ kind }) => kind === 'approval')

// DEFENCE src/platforms/native/people.ts
// - if (wait === 0 || !connection.isOpen()) break
// + break

let company: CanaryCompany
let eve: Intruder
let bianca: Intruder
let word: string
beforeAll(async () => {
  company = await CanaryCompany.open()
  const jhand = await company.dial('jhand')
  const asked = await jhand.say('Foobot rebuild svr-1827 role=web')
  word = asked.word
  await jhand.present(await company.yes(await jhand.fetch(asked.code), {}))
  eve = await company.dial('eve')
  bianca = await company.dial('bianca')
})
afterAll(() => company.end())

it('a stranger’s thousand guesses are answered alike and slowly, the right one too, and approve nothing', async () => {
  const guesses = ['*', '%', '.*', 'slick*', word, ...words.filter((one) => one !== word).slice(0, 995)]
  const ids = guesses.map((one) => eve.connection.say('devs', `Foobot approve ${one}`, true))
  const begun = Date.now()
  await eve.until(() => ids.filter((id) => eve.answered(id).text !== '').length >= 45)
  const all = ids.map((id, n) => eve.answered(id).text.replace(`"${guesses[n]}"`, '…'))
  const answered = all.filter((text) => text !== '')
  const most = 40 + ((Date.now() - begun) / 1000) * 20 + 5
  expect(answered.length).toBeLessThan(most)
  expect([...new Set(answered)]).toEqual(['Nothing waits for your yes here under ….'])
  expect(all[guesses.indexOf(word)]).not.toBe('')
  expect(eve.frames.filter(({ type }) => type === 'statement')).toEqual([])
  expect(company.sung).toEqual([])
  expect(await company.warrants()).toBe(0)
})

it('the right word is a pointer: whoever may approve is shown where to sign, and nothing runs by it', async () => {
  const said = await bianca.say(`Foobot approve ${word}`)
  expect(said.text).toMatch(/^bianca, please look and sign: foobot approve [0-9A-F]{4}-[0-9A-F]{4}$/)
  expect(company.sung).toEqual([])
  expect(await company.warrants()).toBe(0)
})
