import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { bundleOf, consentOf, makeBench } from '../contract/engine.harness.ts'
import { alone, lastSaid, openWithCodes } from '../contract/totp.fixture.ts'
import { CanaryCompany } from './canary-company.fixture.ts'
import type { Intruder } from './intruder.fixture.ts'
import { RingingPhone } from './phone.fixture.ts'

/** A second factor that is given for one command must set no other going: not one that another account's holder starts meanwhile. */

// DEFENCE src/engine/auth-me.ts
// - if (meant.length > 1) return which(way, String(args.method), meant)

// DEFENCE src/engine/auth-me.ts
// - if (words.digits !== undefined && words.code === undefined) return which(way, 'totp 123456', meant)

// DEFENCE src/engine/phone.ts
// - if (!wake || !waiting || waiting.stated.stated.digest !== wake.digest || waiting.toSign.as !== wake.as) return nothing
// + if (!wake || !waiting) return nothing

describe('at the doors of a running company', () => {
  let company: CanaryCompany
  let jhand: Intruder
  let thief: Intruder
  let phone: RingingPhone
  beforeAll(async () => {
    company = await CanaryCompany.open({ server: { push: { loopback: true } } })
    jhand = await company.dial('jhand')
    thief = await company.dial('jhand')
    phone = await RingingPhone.of(jhand, company.url)
  })
  afterAll(async () => {
    phone.end()
    await company.end()
  })

  it('where two wait, none is taken, and both are named', async () => {
    const mine = await jhand.say('Foobot upgrade AcmeOps to Pro')
    const theirs = await thief.say('Foobot upgrade Evil to Pro')
    const asked = await jhand.say('Foobot auth me push')
    expect(asked.text).toContain('Several of yours wait')
    expect(phone.rang).toBe(0)
    await jhand.say(`Foobot auth me push ${mine.code}`)
    await expect.poll(() => phone.rang).toBe(1)
    const told = await phone.open()
    if (told.type !== 'statement') throw new Error(told.type)
    const bytes = Buffer.from(told.statement, 'base64')
    expect(await jhand.present(await company.yes(bytes, {}))).toMatchObject({ accepted: true })
    expect((await jhand.ended(mine.id)).state).toBe('done')
    expect(company.sung).toEqual(['upgrade AcmeOps to Pro'])
    expect(thief.answered(theirs.id).state).toBe('pending')
    expect(await phone.open()).toMatchObject({ type: 'over' })
  })
})

describe('what was stated anew meanwhile', () => {
  it('is shown on no phone that was woken for what it was before', async () => {
    const bench = await makeBench()
    await bench.link()
    await bench.way.devices.put({
      person: 'jhand',
      name: 'phone',
      endpoint: 'https://x',
      p256dh: 'p',
      auth: 'a',
      addedAt: 0,
    })
    await bench.say('Foobot upgrade AcmeOps')
    await bench.say('Foobot auth me push')
    const { wake = '' } = bench.woken[0] ?? {}
    const old = bench.way.live.all()[0]?.stated?.statement ?? new Uint8Array()
    await bench.engine.activate(bundleOf(2))
    await bench.link()
    expect(bench.way.live.all()[0]?.stated?.bundle).toBe(2)
    expect(await bench.engine.doors.phone({ ask: 'open', wake })).toMatchObject({ type: 'over' })
    expect(await bench.engine.doors.present(await consentOf('jhand', old, {}))).toMatchObject({ accepted: false })
    expect(bench.way.live.all()[0]?.state).toBe('pending')
    await bench.close()
  })
})

describe('what was cancelled a moment ago, and has another in its place', () => {
  it('takes no one-time code, which names no command by itself', async () => {
    const codes = await openWithCodes()
    const runner = await codes.bench.link()
    const codeNow = () => codes.bench.way.live.all().at(-1)?.stated?.code
    await codes.bench.say('Foobot upgrade AcmeOps')
    const mine = codeNow()
    await codes.bench.say(`Foobot cancel ${mine}`)
    await codes.bench.say('Foobot upgrade Evil')
    const digits = codes.code()
    await codes.bench.say(`auth me totp ${digits}`, alone)
    expect(lastSaid(codes.bench)).toContain('so I have taken it for none')
    await codes.bench.say(`auth me totp ${digits} ${mine}`, alone)
    expect(runner.orders).toEqual([])
    // It is not used up by that: its owner, who has read which one waits, says it for that one.
    await codes.bench.say(`auth me totp ${digits} ${codeNow()}`, alone)
    expect(runner.orders).toHaveLength(1)
    await codes.end()
  })
})
