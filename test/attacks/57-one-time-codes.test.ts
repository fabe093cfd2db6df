import { URI } from 'otpauth'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { statementKind } from '#core/statement/statement.ts'
import type { Runner } from '../contract/engine.harness.ts'
import { alone, lastSaid, openWithCodes, type WithCodes } from '../contract/totp.fixture.ts'

/** A good code of somebody else, or a good attestation in other hands, is nobody's yes here. */

// DEFENCE src/factors/totp/totp.ts
// - const known = this.#secrets.of(seen.person)
// + const known = this.#secrets.of('bianca')

// DEFENCE src/engine/present.ts
// - const { value, digest } = readEnvelope(consentKind, envelope)
// + const { value, digest } = readConsent(envelope)

let codes: WithCodes
let runner: Runner
beforeEach(async () => {
  codes = await openWithCodes()
  runner = await codes.bench.link()
})
afterEach(() => codes.end())

it('a colleague’s good code is none of who asked, and who asked is no colleague', async () => {
  const app = URI.parse(await codes.totp.enrol('bianca', 'Acme'))
  const theirs = (): string => app.generate({ timestamp: codes.bench.now })
  expect(await codes.totp.confirm('bianca', theirs())).toBeUndefined()
  codes.next()
  await codes.bench.say('Foobot upgrade AcmeOps')
  const code = codes.bench.way.live.all()[0]?.stated?.code
  await codes.bench.say(`auth me totp ${theirs()} ${code}`, alone)
  expect(lastSaid(codes.bench)).toContain('not the code that your app shows')
  const room = { ...alone.conversation, room: '@bianca' }
  await codes.bench.say(`auth me totp ${theirs()} ${code}`, { ...alone, account: 'bianca', conversation: room })
  expect(lastSaid(codes.bench)).toContain('Nothing of yours waits')
  expect(runner.orders).toEqual([])
})

it('what the service has attested comes by no door, and for the one statement alone', async () => {
  await codes.bench.say('Foobot upgrade AcmeOps')
  const [request] = codes.bench.way.live.all()
  const statement = request?.stated?.statement ?? new Uint8Array()
  const seen = {
    deployment: 'acme',
    statement: statementKind.digest(statement),
    person: 'jhand',
    as: 'requester',
    account: { platform: 'native', tenant: 'acme', id: 'jhand' },
    linked: 0,
    message: 'm',
  } as const
  const attestation = await codes.totp.attest(seen, codes.code())
  if (!attestation.attested) throw new Error(attestation.say)
  expect(await codes.bench.engine.doors.present(attestation.envelope)).toMatchObject({ accepted: false })
  expect(runner.orders).toEqual([])
})
