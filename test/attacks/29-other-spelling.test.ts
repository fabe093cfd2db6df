import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readCompany } from '#config/company.ts'
import { keys } from '#core/consent/people.fixture.ts'
import { ofTier, sorted, yes } from '#core/warrant/warrant.fixture.ts'
import { Server } from '#runner/server.fixture.ts'
import { ActingRunner } from './acting-runner.ts'
import { ann, folder } from './company-folder.fixture.ts'
import { asBackend, Plant } from './plant.fixture.ts'

/** The requester under another spelling of their own name, which some comparison somewhere takes for somebody else. */

// DEFENCE src/core/consent/check.ts
// - const inForce = keysInForce(consent.person, bundle, keyChanges, now)
// + const inForce = keysInForce(consent.person.trim().toLowerCase().normalize('NFKC'), bundle, keyChanges, now)
// AND src/core/consent/check.ts
// - if (named === undefined || !bundle.company.groups.get(named)?.has(person))
// + if (named === undefined || !bundle.company.groups.get(named)?.has(person.trim().toLowerCase().normalize('NFKC')))

// DEFENCE src/config/company-checks.ts
// - checkKeys,

// DEFENCE src/config/company-checks.ts
// - checkAccounts,

const spellings = ['JHAND', 'Jhand', 'jhand ', ' jhand', 'ｊhand', 'jhаnd', 'jhand\u200b', 'jhand@acme', 'native:jhand']

describe('an approval by', () => {
  let plant: Plant
  beforeAll(async () => {
    plant = await Plant.open()
    await plant.bench.say('Foobot rebuild svr-1827')
    await plant.present('jhand')
  })
  afterAll(() => plant.end())

  it.each(spellings)('%j is nobody’s, at the server', async (person) => {
    const { accepted } = await plant.present(person, asBackend, undefined, 'jhand')
    expect(accepted).toBe(false)
    expect(plant.runner.runs).toBe(0)
    expect(plant.waiting().state).toBe('pending')
  })

  it.each(spellings)('%j is nobody’s, at a runner', async (person) => {
    const runner = new ActingRunner()
    await runner.start()
    const { execute } = new Server().consented(ofTier.dangerous, (digest) =>
      sorted([yes(digest), yes(digest, keys.jhand, { ...asBackend, person })]),
    )
    expect(await runner.execute(execute)).toMatchObject({ outcome: 'refused' })
    expect(runner.runs).toBe(0)
    await runner.end()
  })

  it.each(spellings)('the account %j is nobody’s', async (account) => {
    const said = plant.texts.length
    await plant.bench.say(`Foobot approve ${plant.waiting().stated.code}`, { account, signs: true })
    expect(plant.bench.shown).toEqual([])
    expect(plant.texts.slice(said).join()).toMatch(/^I do not know that command/)
  })
})

describe('a bundle in which one human is two', () => {
  it.each([
    ['by another case', { 'people/Bob.yaml': 'name: Bob\n' }],
    ['by a letter that looks alike', { 'people/b\u043eb.yaml': 'name: Bob\n' }],
    ['by a space', { 'people/bob .yaml': 'name: Bob\n' }],
    [
      'by one key',
      { 'people/bob.yaml': `name: Bob\nkeys: [${ann.key}]\n`, 'people/eve.yaml': `name: Eve\nkeys: [${ann.key}]\n` },
    ],
    [
      'by one account',
      {
        'people/bob.yaml': 'name: Bob\naccounts: [{ platform: slack, tenant: T1, id: U1 }]\n',
      },
    ],
  ])('%s is refused', (_, changes) => {
    expect(() => readCompany(folder())).not.toThrow()
    expect(() => readCompany(folder(changes))).toThrow()
  })
})
