import { afterEach, beforeEach, expect, it } from 'vitest'
import type { Runner } from '../contract/engine.harness.ts'
import { alone, lastSaid, openWithCodes, type WithCodes } from '../contract/totp.fixture.ts'

/** Somebody holds the chat account, and reads, guesses or says again a one-time code. Each code is good for one command, once. */

// DEFENCE src/factors/totp/totp.ts
// - if (step <= inForce.lastStep) {
// + if (step < 0) {

// DEFENCE src/factors/totp/totp.ts
// - if (inForce.wrong >= mostWrong) return { attested: false, why: 'locked', say: locked(seen.person) }

// DEFENCE src/engine/auth-me.ts
// - for (const one of digits) await way.factors.totp?.burn(person, one)

let codes: WithCodes
let runner: Runner
beforeEach(async () => {
  codes = await openWithCodes()
  runner = await codes.bench.link()
})
afterEach(() => codes.end())

const say = (text: string): Promise<void> => codes.bench.say(text, alone)
const request = async (customer: string): Promise<string> => {
  await codes.bench.say(`Foobot upgrade ${customer}`)
  return codes.bench.way.live.all().at(-1)?.stated?.code ?? ''
}

it('a code that was used is used, whatever it is said for next', async () => {
  const first = await request('AcmeOps')
  const code = codes.code()
  await say(`auth me totp ${code} ${first}`)
  expect(runner.orders).toHaveLength(1)
  const second = await request('Evil')
  for (const again of [code, code]) await say(`auth me totp ${again} ${second}`)
  expect(lastSaid(codes.bench)).toContain('used already')
  expect(runner.orders).toHaveLength(1)
})

it('a code that others could read is burnt there, and its owner told', async () => {
  const waiting = await request('AcmeOps')
  const code = codes.code()
  await codes.bench.say(`Foobot auth me totp ${code}`)
  expect(lastSaid(codes.bench)).toContain('Never say a code where others read it: this one is used up')
  await say(`auth me totp ${code} ${waiting}`)
  expect(lastSaid(codes.bench)).toContain('used already')
  const next = codes.next()
  // However it is said: "totp" forgotten, or two at once.
  for (const line of [`auth me ${next}`, `auth me totp 000000 ${next}`]) await codes.bench.say(`Foobot ${line}`)
  await say(`auth me totp ${next} ${waiting}`)
  expect(lastSaid(codes.bench)).toContain('used already')
  expect(runner.orders).toEqual([])
  await say(`auth me totp ${codes.next()} ${waiting}`)
  expect(runner.orders).toHaveLength(1)
})

it('guessing ends at the tenth, in rooms as well, and the right one does not help then', async () => {
  const waiting = await request('AcmeOps')
  const right = codes.code()
  const guesses = Array.from({ length: 12 }, (_, n) => String(n).padStart(6, '0')).filter((guess) => guess !== right)
  for (const guess of guesses.slice(0, 5)) await codes.bench.say(`Foobot auth me totp ${guess}`)
  for (const guess of guesses.slice(5, 10)) await say(`auth me totp ${guess} ${waiting}`)
  expect(lastSaid(codes.bench)).toContain('Ten wrong codes in a row')
  await say(`auth me totp ${right} ${waiting}`)
  await say(`auth me totp ${codes.next()} ${waiting}`)
  expect(lastSaid(codes.bench)).toContain('Ten wrong codes in a row')
  expect(runner.orders).toEqual([])
})
