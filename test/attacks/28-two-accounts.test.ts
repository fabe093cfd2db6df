import { afterEach, beforeEach, expect, it } from 'vitest'
import { keys } from '#core/consent/people.fixture.ts'
import { ofTier, sorted, yes } from '#core/warrant/warrant.fixture.ts'
import type { Platform } from '#engine/platform.ts'
import { Server } from '#runner/server.fixture.ts'
import { bundleOf, company } from '../contract/engine.harness.ts'
import { ActingRunner } from './acting-runner.ts'
import { asBackend, Plant } from './plant.fixture.ts'

/** One human with several accounts and several keys asks with one, and approves with another. */

// DEFENCE src/core/policy/givers.ts
// - return [...(company.groups.get(owed.group) ?? [])].filter((id) => id !== requester && able(id, owed.key)).sort()
// + return [...(company.groups.get(owed.group) ?? [])].filter((id) => able(id, owed.key)).sort()

// DEFENCE src/core/consent/check.ts
// - if (person === statement.requester) refuse('Nobody approves their own request.')
// AND src/core/consent/missing.ts
// - const approvals = firstGroupOnly(given.filter(({ as, person }) => as === 'approver' && person !== requester))
// + const approvals = firstGroupOnly(given.filter(({ as }) => as === 'approver'))

const accounts = [
  { platform: 'slack', tenant: 'T1', account: 'U1' },
  { platform: 'irc', tenant: 'acme', account: 'jay' },
  { platform: 'native', tenant: 'acme', account: 'jhand' },
] as const
const pairs = accounts.flatMap((asks) => accounts.map((approves) => ({ asks, approves })))

let plant: Plant
beforeEach(async () => {
  const { people, groups, rooms } = company()
  const jhand = people.get('jhand')
  if (!jhand) throw new Error('no jhand')
  const linked = accounts.slice(0, 2).map(({ platform, tenant, account: id }) => ({ platform, tenant, id }))
  const places = accounts.slice(0, 2).map(({ platform, tenant }) => ({ platform, tenant, id: 'devs' }))
  const change = {
    platforms: new Map(accounts.slice(0, 2).map(({ platform }) => [platform, { identity: 'lasting' as const }])),
    people: new Map([...people, ['jhand', { ...jhand, accounts: linked }]]),
    groups: new Map([...groups, ['Backend', new Set(['jhand', 'bianca'])]]),
    rooms: new Map([...rooms, ['devs', { name: 'devs', groups: ['Devs'], places }]]),
  }
  plant = await Plant.open(bundleOf(1, change))
  const native = plant.bench.way.platforms.get('native')
  if (!native) throw new Error('no platform')
  const platforms = plant.bench.way.platforms as Map<string, Platform>
  for (const { platform } of accounts) platforms.set(platform, { ...native, name: platform })
})
afterEach(() => plant.end())

it.each(pairs)(
  '$asks.platform asks, and $approves.platform approves: it is the same human',
  async ({ asks, approves }) => {
    const at = ({ platform, tenant, account }: (typeof accounts)[number]) => ({
      account,
      conversation: { platform, tenant, room: 'devs' },
    })
    await plant.bench.say('Foobot rebuild svr-1827', at(asks))
    const { stated, word } = plant.waiting()
    for (const which of [word, stated.code]) {
      await plant.bench.say(`Foobot approve ${which}`, at(approves))
      await plant.bench.say(`Foobot approve ${which}`, { ...at(approves), signs: true })
      // Their own yes they may give, wherever they are: as the requester, and for no group.
      expect(plant.last).not.toContain(`foobot approve ${stated.code}`)
    }
    expect(plant.bench.shown.filter(({ as }) => as === 'approver')).toEqual([])
    await plant.present('jhand')
    await plant.bench.say(`Foobot approve ${word}`, { ...at(approves), signs: true })
    expect(plant.last).toMatch(/^Nothing waits for your yes here/)
    expect(plant.bench.shown.filter(({ as }) => as === 'approver')).toEqual([])
    expect(await plant.present('jhand', asBackend)).toEqual({
      accepted: false,
      say: 'Nobody approves their own request.',
    })
    expect(plant.runner.runs).toBe(0)
    expect(await plant.stateOf(plant.waiting().id)).toBe('pending')
  },
)

it('a second key of the same human is no second human, for a runner that a server lied to', async () => {
  const runner = new ActingRunner()
  const server = new Server()
  await runner.start()
  for (const [n, second] of [keys.passkey, keys.token, keys.jhand].entries()) {
    const { execute } = server.consented({ ...ofTier.dangerous, id: String(n).repeat(32) }, (digest) =>
      sorted([yes(digest), yes(digest, second, asBackend)]),
    )
    expect(await runner.execute(execute)).toMatchObject({
      outcome: 'refused',
      refusal: { step: 'consents', say: 'Nobody approves their own request.' },
    })
  }
  expect(runner.runs).toBe(0)
  await runner.end()
})
