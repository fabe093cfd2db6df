import { afterEach, beforeEach, expect, it } from 'vitest'
import { words } from '#engine/words.ts'
import { asBackend, digestOf, Plant } from './plant.fixture.ts'

/** Much waits at once, and somebody is led to say yes to something else than they mean. */

// DEFENCE src/engine/wait.ts
// - if (word !== undefined) way.resting.set(word, now)

// DEFENCE src/engine/answer-own.ts
// - if (others.length > 0) return plain(severalUnder(which))

// DEFENCE src/engine/engine.ts
// - if (others.length > 0) return { say: severalUnder(which) }

let plant: Plant
beforeEach(async () => {
  plant = await Plant.open()
})
afterEach(() => plant.end())

it('however much waits, each word points at one request, and where none is left the code does', async () => {
  // All words but twelve are what others wait under, or rest.
  for (const word of words.slice(12)) plant.bench.way.resting.set(word, plant.bench.now)
  await Promise.all(Array.from({ length: 18 }, (_, n) => plant.bench.say(`Foobot rebuild svr-${n}`)))
  const waiting = plant.bench.way.live.all()
  expect(waiting).toHaveLength(18)
  const used = waiting.flatMap(({ word }) => word ?? [])
  expect(new Set(used)).toEqual(new Set(words.slice(0, 12)))
  expect(used).toHaveLength(12)
  const without = waiting.filter(({ word }) => word === undefined)
  expect(without).toHaveLength(6)
  for (const { stated } of without) expect(plant.texts.join('\n')).toContain(`'Foobot approve ${stated?.code}'`)
  expect(plant.texts.join('\n')).not.toContain('undefined')
  const [one] = without
  await plant.bench.say(`Foobot approve ${one?.stated?.code}`, { account: 'bianca', signs: true })
  expect(plant.bench.shown.map(({ statement }) => digestOf(statement))).toEqual([one?.stated?.digest])
})

it('words that wait are three letters apart at least, so that no slip of a finger makes one of another', () => {
  // Whatever is two letters apart at most is the same once two letters are left out of each.
  const alike = new Map<string, string[]>()
  for (const word of words) for (const rest of leavingOut(word, 2)) alike.set(rest, [...(alike.get(rest) ?? []), word])
  const pairs = [...alike.values()].flatMap((some) =>
    some.flatMap((one, n) => some.slice(n + 1).map((two) => [one, two])),
  )
  expect(pairs.filter(([one = '', two = '']) => distance(one, two) < 3)).toEqual([])
  expect(words.length).toBeGreaterThanOrEqual(1000)
})

it('one letter off points at nothing: it is asked whether that was meant', async () => {
  await plant.bench.say('Foobot rebuild svr-1')
  await plant.bench.say('Foobot rebuild svr-2')
  const [one, two] = plant.bench.way.live.all()
  for (const near of [one?.word?.slice(1), `${two?.word}s`]) {
    await plant.bench.say(`Foobot approve ${near}`, { account: 'bianca', signs: true })
    expect(plant.last).toMatch(/^(Did you mean|Nothing waits)/)
  }
  expect(plant.bench.shown).toEqual([])
  await plant.bench.say(`Foobot approve ${two?.word}`, { account: 'bianca', signs: true })
  expect(plant.bench.shown.map(({ statement }) => digestOf(statement))).toEqual([two?.stated?.digest])
})

it('of two under one code none is taken, by word of mouth and by the command line', async () => {
  await plant.bench.say('Foobot rebuild svr-1827')
  await plant.bench.say('Foobot rebuild svr-0001')
  const [asked, evil] = plant.bench.way.live.all()
  if (!asked?.stated || !evil?.stated) throw new Error('nothing waits')
  // As if it had been ground until its code was the same.
  plant.bench.way.live.put({ ...evil, stated: { ...evil.stated, code: asked.stated.code } })
  const { code } = asked.stated
  await plant.bench.say(`Foobot approve ${code}`, { account: 'bianca', signs: true })
  expect(plant.last).toContain(`More than one request waits under "${code}", so I take none`)
  expect(plant.bench.shown).toEqual([])
  expect(plant.bench.engine.doors.toSign('bianca', code)).toMatchObject({
    say: expect.stringContaining('so I take none'),
  })
  expect(plant.bench.engine.doors.toSign('bianca', asked.word ?? '')).toMatchObject({
    statement: asked.stated.statement,
  })
})

it('a yes names the digest: it counts for the statement that was shown, and never for its neighbour', async () => {
  await plant.bench.say('Foobot rebuild svr-1827')
  await plant.bench.say('Foobot rebuild svr-0001')
  const [one, two] = plant.bench.way.live.all()
  await plant.present('jhand', {}, one?.stated?.statement)
  await plant.present('bianca', asBackend, two?.stated?.statement)
  expect(plant.runner.runs).toBe(0)
  await plant.present('bianca', asBackend, one?.stated?.statement)
  await expect.poll(() => plant.runner.ran).toEqual([one?.stated?.code])
})

const leavingOut = (word: string, most: number): ReadonlySet<string> =>
  most === 0
    ? new Set([word])
    : new Set([word, ...[...word].flatMap((_, n) => [...leavingOut(word.slice(0, n) + word.slice(n + 1), most - 1)])])

/** Levenshtein's. */
const distance = (a: string, b: string): number => {
  let row = Array.from({ length: b.length + 1 }, (_, n) => n)
  for (const [n, letter] of [...a].entries()) {
    const next = [n + 1]
    for (const [m, other] of [...b].entries())
      next.push(Math.min((next[m] ?? 0) + 1, (row[m + 1] ?? 0) + 1, (row[m] ?? 0) + (letter === other ? 0 : 1)))
    row = next
  }
  return row.at(-1) ?? 0
}
