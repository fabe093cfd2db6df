import { afterEach, beforeEach, expect, it } from 'vitest'
import type { Runner } from '../contract/engine.harness.ts'
import { lastSaid, openWithCodes, type WithCodes } from '../contract/totp.fixture.ts'

/** Somebody has an account become another's, and right after that says yes as them. */

// DEFENCE src/core/consent/check.ts
// - if (attested && attested.iat < attested.linked + linkRest)
// + if (attested && attested.iat < attested.linked)

// DEFENCE src/engine/link.ts
// - if (known !== undefined || way.accounts.of(message)) {
// + if (way.name === '') {
// AND src/storage/sqlite/account-store.ts
// - 'INSERT INTO account (platform, tenant, id, person, linked) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING',
// + 'INSERT OR REPLACE INTO account (platform, tenant, id, person, linked) VALUES (?, ?, ?, ?, ?)',

let codes: WithCodes
let runner: Runner
beforeEach(async () => {
  codes = await openWithCodes()
  runner = await codes.bench.link()
})
afterEach(() => codes.end())

const elsewhere = {
  account: 'U1',
  conversation: { platform: 'other', tenant: 'T1', room: 'D1', direct: true },
} as const
const link = async (person: string): Promise<void> => {
  await codes.bench.say('Foobot link', { account: person, signs: true })
  const code = /link ([0-9A-F-]{11})/.exec(lastSaid(codes.bench))?.[1]
  await codes.bench.say(`link ${code}`, elsewhere)
}

/** What waits, and the code that the app shows for it, said from the fresh account. */
const giveCode = async (): Promise<void> => {
  await codes.bench.say('Foobot upgrade AcmeOps')
  const request = codes.bench.way.live.all().at(-1)?.stated?.code
  await codes.bench.say(`auth me totp ${codes.next()} ${request}`, elsewhere)
}

it('what a fresh account gives as a second factor counts after a day, and not before', async () => {
  await link('jhand')
  await giveCode()
  expect(lastSaid(codes.bench)).toContain('linked less than 24 hours ago')
  expect(runner.orders).toEqual([])
  codes.bench.now += 24 * 3_600_000
  await codes.bench.engine.tick()
  await giveCode()
  expect(runner.orders).toHaveLength(1)
})

it('an account that is somebody’s stays theirs, in the bundle or not, and approves nothing by a word', async () => {
  await link('fiona')
  await link('bianca')
  expect(lastSaid(codes.bench)).toContain('This account has its person already')
  await codes.bench.say('whoami', elsewhere)
  expect(lastSaid(codes.bench)).toContain('(fiona)')
  runner.inspects = () => ({ type: 'Server', id: 'svr-1', owner: 'backend', facts: {} })
  await codes.bench.say('Foobot rebuild svr-1')
  const word = codes.bench.way.live.all().at(-1)?.word
  await codes.bench.say(`approve ${word}`, elsewhere)
  expect(runner.orders).toEqual([])
  expect((await codes.bench.way.accountStore.all()).map(({ person }) => person)).toEqual(['fiona'])
})
