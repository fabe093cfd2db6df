import { afterAll, beforeAll, expect, it } from 'vitest'
import { foobot } from '../contract/cli.fixture.ts'
import { CanaryCompany } from './canary-company.fixture.ts'
import type { Answered, Intruder } from './intruder.fixture.ts'

/** Somebody without a right learns what there is: by help, suggestions, completions, errors, lists and previews. */

// DEFENCE src/engine/answer-own.ts
// - const entries = from.rules.entries.filter(({ command }) => may(command))
// + const { entries } = from.rules

// DEFENCE src/engine/views.ts
// - complete: (person, text) => completions(way.rules.commands, text, way.rules.mayEver(person)),
// + complete: (person, text) => completions(way.rules.commands, text, () => true),

// DEFENCE src/engine/views.ts
// - .flatMap((room) => way.live.inRoom({ platform: 'native', tenant: way.rules.company.deployment, room }))
// + .flatMap(() => way.live.all())

// DEFENCE src/engine/understand.ts
// - const may = maySay(from)
// + const may = () => true

// DEFENCE src/engine/standing.ts
// - const mine = standing.owes.filter((owed) => giversLeft(owing, owed).includes(person))
// + const mine = standing.owes

const hidden = ['note', 'upgrade', 'migrate', 'rebuild', 'grant']

let company: CanaryCompany
let eve: Intruder
let asked: Answered
beforeAll(async () => {
  company = await CanaryCompany.open()
  const jhand = await company.dial('jhand')
  asked = await jhand.say('Foobot rebuild svr-1827 role=secret', 'ops')
  eve = await company.dial('eve')
})
afterAll(() => company.end())

const names = (text: string): readonly string[] => hidden.filter((name) => text.includes(name))

it('help lists open commands only, for who may nothing more', async () => {
  const { text } = await eve.say('Foobot help')
  expect(text).toContain('wave')
  expect(names(text)).toEqual([])
})

it.each(hidden)('help on %s is the same as on what there is not', async (name) => {
  const [real, none] = [await eve.say(`Foobot help ${name}`), await eve.say('Foobot help nonsense')]
  expect(real.text.replaceAll(name, '…')).toBe(none.text.replaceAll('nonsense', '…'))
})

it('nothing hidden completes', async () => {
  for (const text of ['', 'n', 'rebuild', 'rebuild ', 'rebuild svr', 'up', 'grant b'])
    expect(names((await eve.connection.complete('devs', text)).join('\n'))).toEqual([])
})

it('a hidden command is answered as one that there is not, and recorded alike, without its text', async () => {
  const lines = [
    'note x',
    'upgrade AcmeOps to Pro',
    'grant eve admin',
    'rebuild',
    'rebuildd svr-1827 role=web',
    'upgrade AcmeOps to Gold',
  ]
  const before = (await company.events()).length
  const { text, ...none } = await eve.say('Foobot nonsense svr-1827')
  expect(text).toMatch(/^I do not know that command, or it is not yours here\./)
  for (const line of lines) {
    const real = await eve.say(`Foobot ${line}`)
    expect({ line, ...real, id: '' }).toEqual({ line, ...none, text, id: '' })
  }
  const added = (await company.events()).slice(before).map(({ v, deployment, at, ...event }) => event)
  expect(added).toEqual([...lines, 'nonsense'].map(() => ({ what: 'refused', person: 'eve' })))
})

it('what waits in another room is in no list of theirs, and its code, word and id show nothing', async () => {
  expect(await eve.connection.requests()).toEqual([])
  expect(JSON.stringify(await eve.say('Foobot requests'))).not.toContain('secret')
  for (const which of [asked.code, asked.word, asked.code.toLowerCase()]) {
    expect(await eve.declined(which)).toBe(`Nothing waits for your yes under "${which}".`)
    expect((await eve.say(`Foobot approve ${which}`, 'devs', true)).text).toBe(
      `Nothing waits for your yes here under "${which}".`,
    )
    expect((await eve.say(`Foobot deny ${which}`)).text).toBe(`Nothing waits for your yes here under "${which}".`)
    expect((await eve.say(`Foobot cancel ${which}`)).text).toBe(`You have no request ${which} that waits or runs.`)
  }
  eve.connection.join('ops', 100)
  expect((await eve.say('Foobot help', 'ops')).text).toMatch(/^I do not know that room, or it is not yours\./)
  expect(JSON.stringify(eve.frames)).not.toContain('secret')
})

it('the command line shows them no more', async () => {
  const flags = ['--as', 'eve', '--server', company.url, '--data', company.data]
  const { out, err } = await foobot(['requests', ...flags])
  expect(out + err).not.toContain('svr-1827')
})
