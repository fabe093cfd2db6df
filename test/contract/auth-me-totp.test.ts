import { URI } from 'otpauth'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { attestedConsentKind } from '#core/consent/consent.ts'
import { readEnvelope } from '#core/statement/envelope.ts'
import { keyOf, type Runner, statementOf, until } from './engine.harness.ts'
import { alone, lastSaid, openWithCodes, type WithCodes } from './totp.fixture.ts'

describe('a second factor by one-time code', () => {
  let codes: WithCodes
  let runner: Runner
  beforeEach(async () => {
    codes = await openWithCodes()
    runner = await codes.bench.link()
  })
  afterEach(() => codes.end())

  const say = (text: string): Promise<void> => codes.bench.say(text, alone)
  const last = (): string => lastSaid(codes.bench)
  const requestCodes = (): string[] => codes.bench.way.live.all().flatMap(({ stated }) => stated?.code ?? [])

  it('is said to Foobot alone, names the command, and sets it going with an attested consent', async () => {
    await codes.bench.say('Foobot upgrade AcmeOps')
    const [code] = requestCodes()
    await say('auth me totp')
    expect(last()).toBe(
      `Say the six digits to me alone: auth me totp 123456 ${code}. They will be your yes to: upgrade AcmeOps`,
    )
    await say(`auth me totp ${codes.code()} ${code}`)
    expect(last()).toBe('Taken as your yes to: upgrade AcmeOps')
    expect(codes.bench.replies.map(({ reply }) => reply.text)).toContain('Two-factor auth successful!')
    await until(() => runner.orders.length === 1, 'the order')
    const { warrant } = statementOf(runner.orders[0] as never)
    const [consent] = warrant.consents.map((envelope) => readEnvelope(attestedConsentKind, envelope).value)
    expect(consent).toMatchObject({
      method: 'totp',
      person: 'jhand',
      as: 'requester',
      account: { platform: 'native', tenant: 'acme', id: 'jhand' },
      linked: 0,
    })
  })

  it('takes the digits and the request in either order, each once', async () => {
    await codes.bench.say('Foobot upgrade AcmeOps')
    await codes.bench.say('Foobot upgrade EpicGames')
    const [first, second] = requestCodes()
    await say(`auth me totp ${second} ${codes.code()}`)
    expect(last()).toBe('Taken as your yes to: upgrade EpicGames')
    await say(`auth me totp ${codes.next()} ${first}`)
    expect(last()).toBe('Taken as your yes to: upgrade AcmeOps')
    await say('auth me totp 123456 654321')
    expect(last()).toContain('auth me push 7F3A-92C1')
  })

  it('is not asked for, and not used up, where it could not count', async () => {
    runner.inspects = () => ({ type: 'Server', id: 'svr-1', owner: 'backend', facts: {} })
    await codes.bench.say('Foobot rebuild svr-1')
    await say(`auth me totp ${codes.code()} ${requestCodes()[0]}`)
    expect(last()).toContain('A one-time code does not count for dangerous commands')
    await codes.bench.say('Foobot migrate main')
    const [, signature] = requestCodes()
    await say(`auth me totp ${codes.code()} ${signature}`)
    expect(last()).toContain('this command takes your signature')
    await codes.bench.say('Foobot upgrade AcmeOps')
    const [, , sensitive] = requestCodes()
    await say(`auth me totp ${codes.code()} ${sensitive}`)
    expect(last()).toBe('Taken as your yes to: upgrade AcmeOps')
  })

  it('is listed with what it counts for', async () => {
    await say('auth me')
    expect(last()).toContain('totp: set up; counts up to sensitive commands')
  })

  it('is enrolled in two steps by who has signed in, and each change is told in the log', async () => {
    const { doors } = codes.bench.engine
    const bianca = { person: 'bianca', key: keyOf('bianca').key }
    const made = await doors.enrol(bianca, { what: 'new-totp' })
    expect(made).toMatchObject({ accepted: true, value: expect.stringMatching(/^otpauth:\/\/totp\/Acme:bianca\?/) })
    expect(codes.totp.isReadyFor('bianca')).toBe(false)
    expect(await doors.enrol(bianca, { what: 'confirm-totp', code: '000000' })).toMatchObject({ accepted: false })
    const code = URI.parse(made.value ?? '').generate({ timestamp: codes.bench.now })
    expect(await doors.enrol(bianca, { what: 'confirm-totp', code })).toMatchObject({ accepted: true })
    expect(codes.totp.isReadyFor('bianca')).toBe(true)
    const told = codes.bench.replies.at(-1)
    expect(told?.to.room).toBe('@bianca')
    expect(told?.reply.text).toContain('Your second factor has changed: one-time codes set up. If that was not you')
  })
})
