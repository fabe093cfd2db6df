import { afterEach, beforeEach, expect, it } from 'vitest'
import { keyAddKind, keyRemoveKind } from '#core/bundle/key-change.ts'
import { keyChangeOf, keyOf, type Runner } from '../contract/engine.harness.ts'
import { alone, lastSaid, openWithCodes, type WithCodes } from '../contract/totp.fixture.ts'

/**
 * A thief signs in with a stolen key, and sets up what needs none: a phone, one-time codes, an account of their own. Then
 * the key is removed, and they go on with those.
 */

// DEFENCE src/engine/change-keys.ts
// - const forgotten = await forgetSetUp(way, person)
// + const forgotten = false

// DEFENCE src/engine/forget-set-up.ts
// - for (const { name } of phones) await way.devices.remove(person, name)

// DEFENCE src/engine/forget-set-up.ts
// - way.wakes.forgetPerson(person)

// DEFENCE src/engine/forget-set-up.ts
// - const codes = (await way.factors.totp?.forget(person)) ?? false
// + const codes = false

// DEFENCE src/engine/forget-set-up.ts
// - way.accounts.forget(person)

let codes: WithCodes
let runner: Runner
beforeEach(async () => {
  codes = await openWithCodes()
  runner = await codes.bench.link()
  await change(keyAddKind, [stolen, keyOf('jhand')])
})
afterEach(() => codes.end())

const theirs = { account: 'U666', conversation: { platform: 'other', tenant: 'T1', room: 'D1', direct: true } } as const
/** A second key of jhand's; the first stays with its owner, and so the way to say yes. */
const stolen = keyOf('jhand’s laptop')
const change = async (kind: typeof keyAddKind, by: readonly (typeof stolen)[]): Promise<void> => {
  const envelope = await keyChangeOf(kind, 'jhand', stolen.key, by, codes.bench.now)
  expect(await codes.bench.engine.doors.present(envelope)).toMatchObject({ accepted: true })
}
const removeStolen = () => change(keyRemoveKind, [keyOf('jhand')])

it('a phone rings no more, and where it rings it tells and stops nothing', async () => {
  const { bench } = codes
  const { doors } = bench.engine
  const endpoint = 'https://push.example/1'
  await doors.enrol(
    { person: 'jhand', key: stolen.key },
    {
      what: 'add-phone',
      name: 'mine',
      endpoint,
      p256dh: 'p'.repeat(87),
      auth: 'a'.repeat(22),
    },
  )
  await bench.say('Foobot upgrade AcmeOps')
  await bench.say('Foobot auth me push')
  const { wake = '' } = bench.woken[0] ?? {}
  expect(await doors.phone({ ask: 'open', wake })).toMatchObject({ type: 'statement' })
  await removeStolen()
  for (const ask of ['open', 'no'] as const) expect(await doors.phone({ ask, wake })).toMatchObject({ type: 'over' })
  expect(bench.way.live.all().map(({ state }) => state)).toEqual(['pending'])
  await bench.say('Foobot auth me push')
  expect(lastSaid(bench)).toContain('I know no phone of yours')
  expect(bench.woken).toHaveLength(1)
})

it('codes are no yes', async () => {
  await removeStolen()
  await codes.bench.say('Foobot upgrade AcmeOps')
  const code = codes.bench.way.live.all().at(-1)?.stated?.code
  await codes.bench.say(`auth me totp ${codes.next()} ${code}`, alone)
  expect(lastSaid(codes.bench)).toContain('You have no one-time codes yet')
  expect(runner.orders).toEqual([])
})

it('an account is nobody’s', async () => {
  await codes.bench.say('Foobot link', { account: 'jhand', signs: true })
  const code = /link ([0-9A-F-]{11})/.exec(lastSaid(codes.bench))?.[1]
  await codes.bench.say(`link ${code}`, theirs)
  await codes.bench.say('whoami', theirs)
  expect(lastSaid(codes.bench)).toContain('(jhand)')
  await removeStolen()
  await codes.bench.say('whoami', theirs)
  expect(lastSaid(codes.bench)).not.toContain('jhand')
  expect(await codes.bench.way.accountStore.all()).toEqual([])
})
