import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Company } from '#core/bundle/company.ts'
import { keys } from '#core/consent/people.fixture.ts'
import { leafHash } from '#core/log/hash.ts'
import type { Envelope } from '#core/statement/fields.ts'
import type { Statement } from '#core/statement/statement.ts'
import {
  biancaSays,
  bundle,
  enough,
  order as forged,
  now,
  ofTier,
  resourceOf,
  sorted,
  yes,
} from '#core/warrant/warrant.fixture.ts'
import { Server } from '#runner/server.fixture.ts'
import type { Execute } from '#wire/runner.ts'
import { ActingRunner } from './acting-runner.ts'

/**
 * A server with all its real keys lies to a runner: it drops, swaps, forges, replays, re-orders, back-dates, hides, keeps
 * for later, and names another owner, text, tier or bundle. Each lie is caught at the step that is there for it.
 */

// DEFENCE src/core/warrant/verify.ts
// - { number: 4, name: 'sealed', check: sealed },

// DEFENCE src/core/warrant/verify.ts
// - { number: 5, name: 'time', check: time },

// DEFENCE src/core/warrant/verify.ts
// - { number: 6, name: 'definition', check: definition },

// DEFENCE src/core/warrant/verify.ts
// - { number: 7, name: 'text', check: text },

// DEFENCE src/core/warrant/verify.ts
// - { number: 8, name: 'consents', check: consents },

// DEFENCE src/core/warrant/verify.ts
// - { number: 9, name: 'resource', check: resource },

// DEFENCE src/core/warrant/verify.ts
// - { number: 10, name: 'may', check: may },

// DEFENCE src/core/warrant/verify.ts
// - { number: 11, name: 'owed', check: owed },

// DEFENCE src/runner/orders.ts
// - const behind = claims.behind(toSeconds(clock()))
// + const behind: number | undefined = undefined

let runner: ActingRunner
let server: Server
beforeEach(async () => {
  runner = new ActingRunner()
  server = new Server()
  await runner.start()
})
afterEach(() => runner.end())

const rebuild = (
  change: Partial<Statement> = {},
  consents: (digest: string) => readonly Envelope[] = enough,
): Execute => server.consented({ ...ofTier.dangerous, ...change }, (digest) => sorted(consents(digest))).execute

it('the truth is carried out', async () => {
  expect((await runner.execute(rebuild()))?.outcome).toBe('done')
  expect(runner.runs).toBe(1)
})

const target = resourceOf('rebuild')
const idOf = (n: number): string => n.toString(16).padStart(32, '0')

const lies: readonly [lie: string, step: string, order: () => Execute][] = [
  ['drops a consent', 'owed', () => rebuild({}, (digest) => [yes(digest)])],
  ['drops the other', 'owed', () => rebuild({}, (digest) => [yes(digest, keys.bianca, biancaSays)])],
  ['drops all', 'owed', () => rebuild({}, () => [])],
  ['drops who asked', 'consents', () => server.consented(anonymous, (digest) => sorted(enough(digest))).execute],
  [
    'swaps the statement under the consents',
    'consents',
    () => rebuild({}, () => sorted(enough(other('rebuild svr-2 role=web')))),
  ],
  [
    'forges a consent',
    'consents',
    () => rebuild({}, (digest) => [yes(digest), yes(digest, keys.stranger, biancaSays)]),
  ],
  [
    're-orders the consents',
    'consents',
    () => server.consented({ ...ofTier.dangerous }, (digest) => sorted(enough(digest)).reverse()).execute,
  ],
  ['back-dates the statement', 'time', () => rebuild({ iat: now - 3601, exp: now - 1 })],
  ['dates it ahead', 'time', () => rebuild({ iat: now + 3600, exp: now + 7200 })],
  ['gives it years', 'time', () => rebuild({ exp: now + 31_536_000 })],
  ['names another owner', 'resource', () => rebuild({ resource: { ...target, owner: 'friends' } })],
  [
    'names no owner',
    'resource',
    () => rebuild({ resource: { type: target.type, id: target.id, facts: target.facts } }),
  ],
  ['names another target than the text', 'resource', () => rebuild({ resource: { ...target, id: 'svr-1' } })],
  ['names other facts', 'resource', () => rebuild({ resource: { ...target, facts: { role: 'web' } } })],
  ['writes the text in another way', 'text', () => rebuild({ text: 'rebuild  svr-1827 role=web' })],
  ['writes a text that is another command', 'shape', () => rebuild({ text: 'upgrade AcmeOps to Pro' })],
  ['names a lower tier', 'definition', () => rebuild({ tier: 'member', exp: now + 300 }, () => [])],
  ['names another definition', 'definition', () => rebuild({ definition: 'a'.repeat(64) })],
  ['names a room that there is not', 'definition', () => rebuild({ via: { ...via, room: 'nowhere' } })],
  [
    'names another requester',
    'may',
    () =>
      rebuild({ requester: 'fiona' }, (digest) => [
        yes(digest, keys.fiona, { person: 'fiona' }),
        yes(digest, keys.bianca, biancaSays),
      ]),
  ],
  ['names an older bundle', 'bundle', () => rebuild({ bundle: 2 })],
  [
    'names a bundle of its own',
    'bundle',
    () => new Server({ version: bundle.version, digest: 'e'.repeat(64) }).consented(ofTier.dangerous, enough).execute,
  ],
  ['addresses what is for a neighbour', 'addressee', () => rebuild({ runner: 'business' })],
  ['addresses what is of another company', 'addressee', () => rebuild({ deployment: 'umbrella' })],
]

const via = { platform: 'native', tenant: 'acme', account: 'jhand', room: 'devs', message: 'm1' }
const anonymous = (() => {
  const { requester: _, ...rest } = { requester: undefined, ...ofTier.dangerous }
  return { ...rest, requester: 'nobody' }
})()
const other = (text: string): string => new Server().consented({ ...ofTier.dangerous, text }, () => []).digest

describe('a server that', () => {
  it.each(lies)('%s is refused at step %s', async (_, step, lie) => {
    const receipt = await runner.execute(lie())
    expect({ outcome: receipt?.outcome, step: receipt?.refusal?.step }).toEqual({ outcome: 'refused', step })
    expect(runner.runs).toBe(0)
  })

  it('hides a warrant from the log has nothing to show for it', async () => {
    const { warrant, index, path, checkpoint } = forged({ before: [leafHash(Buffer.from('a'))], order: { index: 0 } })
    const hex = (hash: Uint8Array): string => Buffer.from(hash).toString('hex')
    runner.orders.take({
      type: 'execute',
      warrant: Buffer.from(warrant).toString('base64'),
      index,
      path: path.map(hex),
      checkpoint,
      consistency: [],
    })
    await expect.poll(() => runner.receipts.at(-1)?.refusal?.step).toBe('sealed')
    expect(runner.runs).toBe(0)
  })

  it('forks the log, or shows an older one, is found out, and nothing of it runs', async () => {
    await runner.execute(rebuild({ id: idOf(1) }), rebuild({ id: idOf(2) }))
    await expect.poll(() => runner.runs).toBe(2)
    const fork = new Server()
    for (const n of [3, 4, 5])
      runner.orders.take(
        fork.consented({ ...ofTier.dangerous, id: idOf(n) }, (digest) => sorted(enough(digest))).execute,
      )
    const told = (): readonly unknown[] => runner.said.filter(({ type }) => type === 'checkpoint')
    await expect.poll(told).toHaveLength(3)
    expect(told()).toContainEqual(expect.objectContaining({ fork: true }))
    expect(runner.runs).toBe(2)
  })

  it('replays what was done runs it no second time, whatever stands beside it', async () => {
    const done = rebuild()
    await runner.execute(done)
    rebuild({ id: idOf(9) })
    for (const again of [done, server.again(0, 1), server.again(0, 2)]) runner.orders.take(again)
    await expect.poll(() => runner.receipts.length).toBe(4)
    expect(runner.runs).toBe(1)
  })

  it('keeps a warrant for later, and sets the runner’s clock back for it, has none run', async () => {
    const kept = rebuild({ id: idOf(1) })
    runner.clock += 3_601_000
    expect(await runner.execute(kept)).toMatchObject({ refusal: { step: 'time' } })
    runner.clock -= 3_601_000
    expect(await runner.execute(server.again(0, 0))).toMatchObject({
      refusal: { step: 'time', say: expect.stringContaining('My clock went back') },
    })
    expect(runner.runs).toBe(0)
  })

  it.each<[string, Partial<Company>]>([
    ['forgets the owner of a label', { owners: new Map() }],
    ['forgets a group', { groups: new Map([['Devs', new Set(['jhand'])]]) }],
  ])('%s in its own bundle changes nothing in the runner’s', async (_, change) => {
    const strict = new ActingRunner(change)
    await strict.start()
    expect((await strict.execute(rebuild()))?.outcome).toBe('refused')
    expect(strict.runs).toBe(0)
    await strict.end()
  })
})
