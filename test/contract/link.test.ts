import { afterEach, beforeEach, expect, it } from 'vitest'
import { type Bench, bundleOf, makeBench } from './engine.harness.ts'
import { lastSaid } from './totp.fixture.ts'

/** An account of another platform becomes somebody's, because they say so where their key has let them in. */

let bench: Bench
beforeEach(async () => {
  bench = await makeBench()
  await bench.link()
})
afterEach(() => bench.close())

const elsewhere = {
  account: 'U1',
  conversation: { platform: 'other', tenant: 'T1', room: 'D1', direct: true },
} as const
const offered = async (): Promise<string> => {
  await bench.say('Foobot link', { signs: true })
  return /Foobot link ([0-9A-F]{5}-[0-9A-F]{5})/.exec(lastSaid(bench))?.[1] ?? ''
}

it('shows a code to who has signed in alone, and links the account that says it', async () => {
  const code = await offered()
  expect(bench.replies.at(-1)?.about.only).toEqual({ tenant: 'acme', id: 'jhand' })
  await bench.say('Foobot whoami', elsewhere)
  expect(lastSaid(bench)).toContain('no person of Acme that I know')
  await bench.say(`Foobot link ${code.toLowerCase()}`, elsewhere)
  expect(lastSaid(bench)).toContain('This account speaks for jhand Doe from now on.')
  const told = bench.replies.at(-2)
  expect(told?.to).toMatchObject({ platform: 'native', room: '@jhand' })
  expect(told?.reply.text).toContain('U1 on other (T1) speaks for you from now on. If that was not you')
  await bench.say('Foobot whoami', elsewhere)
  expect(lastSaid(bench)).toContain('You are jhand Doe (jhand)')
})

it('keeps it over a restart, and forgets it with the person', async () => {
  await bench.say(`Foobot link ${await offered()}`, elsewhere)
  bench = await bench.restart()
  await bench.say('Foobot whoami', elsewhere)
  expect(lastSaid(bench)).toContain('You are jhand Doe (jhand)')
  const people = new Map([...bench.way.rules.company.people].filter(([id]) => id !== 'jhand'))
  await bench.engine.activate(bundleOf(2, { people }))
  await bench.say('Foobot whoami', elsewhere)
  expect(lastSaid(bench)).toContain('no person of Acme that I know')
})

it.each([
  ['another code', async () => '00000-00000'],
  [
    'a code of five minutes ago',
    async () => {
      const code = await offered()
      bench.now += 5 * 60_000
      return code
    },
  ],
  [
    'a code before the last',
    async () => {
      const code = await offered()
      await offered()
      return code
    },
  ],
  [
    'a code that was used',
    async () => {
      const code = await offered()
      await bench.say(`Foobot link ${code}`, { ...elsewhere, account: 'U2' })
      return code
    },
  ],
])('links nothing by %s', async (_, make) => {
  const code = await make()
  await bench.say(`Foobot link ${code}`, elsewhere)
  expect(lastSaid(bench)).toBe('That code links nothing: it may be too old. Have a new one shown.')
})

it('shows none to a client that signs nothing, and none to who is nobody', async () => {
  await bench.say('Foobot link')
  expect(lastSaid(bench)).toContain('Say that from a client that signs')
  await bench.say('Foobot link', { ...elsewhere, signs: true })
  expect(lastSaid(bench)).toContain('I do not know you here')
})

it('leaves an account to the person that it has', async () => {
  await bench.say(`Foobot link ${await offered()}`, elsewhere)
  await bench.say('Foobot link', { signs: true, account: 'bianca' })
  const code = /link ([0-9A-F-]{11})/.exec(lastSaid(bench))?.[1]
  for (const account of [elsewhere, { account: 'fiona' }]) {
    await bench.say(`Foobot link ${code}`, account)
    expect(lastSaid(bench)).toContain('This account has its person already')
  }
  await bench.say('Foobot whoami', elsewhere)
  expect(lastSaid(bench)).toContain('(jhand)')
})
