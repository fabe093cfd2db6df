import { randomBytes } from 'node:crypto'
import { setTimeout as after } from 'node:timers/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Part, TroubledCompany } from '../attacks/troubled-company.fixture.ts'
import { run } from './company.ts'
import { isRight, numbers, Talk } from './talk.fixture.ts'

/**
 * Whatever can befall server and runner, befalls them in turn while commands go on: killed, stopped for some seconds, a
 * full disk, a clock that jumps or stands still, and several at once. Nothing is lost or run twice, and all is back by itself.
 */
const rounds = Number(process.env.FOOBOT_CHAOS ?? 8)
const seed = Number(process.env.FOOBOT_SEED ?? randomBytes(4).readUInt32LE())
/** Milliseconds that a trouble lasts. */
const lasts = 2500
const day = 86_400_000

let company: TroubledCompany
beforeAll(async () => {
  company = await TroubledCompany.open()
})
afterAll(() => company?.end())

/** Each begins a trouble, and gives what ends it. */
const troubles: readonly ((part: Part) => () => void)[] = [
  (part) => {
    company.signal(part, 'SIGKILL')
    return () => undefined
  },
  (part) => {
    company.signal(part, 'SIGSTOP')
    return () => company.signal(part, 'SIGCONT')
  },
  (part) => {
    company.fill(part)
    return () => company.free(part)
  },
  (part) => {
    company.setClock(part === 'server' ? day : -day)
    return () => company.setClock(0)
  },
  (part) => {
    company.stopClock(part === 'server' ? 0 : 40_000)
    return () => company.setClock(0)
  },
]

it(`is over by itself, and nothing is lost or run twice, over ${rounds} rounds (seed ${seed})`, {
  timeout: 120_000 + rounds * 45_000,
}, async () => {
  const talk = await Talk.begin(company.url, company.data)
  const random = numbers(seed)
  const pick = <T>(all: readonly T[]): T => all[Math.floor(random() * all.length)] as T
  for (let round = 0; round < rounds; round++) {
    await after(300 + random() * 700)
    // Every trouble once, then any two at once.
    const first = troubles[round % troubles.length] ?? pick(troubles)
    const others = round < troubles.length ? [] : [pick(troubles)]
    const ends = [first, ...others].map((begin) => begin(pick(['server', 'runner'])))
    await after(lasts)
    for (const end of ends) end()
    await company.well()
  }
  await talk.end(60_000)

  const lines = [...talk.lines.values()]
  const files = new Set(company.marked)
  expect([...files].filter((name) => name.endsWith('.twice'))).toEqual([])
  expect(lines.filter((line) => !isRight(line, files))).toEqual([])
  expect(lines.filter(({ states }) => states.at(-1) === 'done').length).toBeGreaterThan(rounds)

  expect(await company.say('mark after')).toMatchObject({ code: 0 })
  await company.kill('server')
  const [file, args] = company.within(process.execPath, ['bin/foobot', 'log', 'verify', '--data', company.data])
  expect(await run(file, args)).toMatchObject({ code: 0 })
})
