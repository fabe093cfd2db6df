import { request } from 'node:http'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readKeyFile } from '#client/key-file.ts'
import type { Signer } from '#client/signer.ts'
import { type Consent, consentKind } from '#core/consent/consent.ts'
import { keyid } from '#core/signature/key.ts'
import { sealEnvelope } from '#core/statement/envelope.ts'
import type { Envelope } from '#core/statement/fields.ts'
import { statementKind } from '#core/statement/statement.ts'
import { enough, ofTier, sorted } from '#core/warrant/warrant.fixture.ts'
import { Server } from '#runner/server.fixture.ts'
import { foobot } from '../contract/cli.fixture.ts'
import { ActingRunner } from './acting-runner.ts'
import { CanaryCompany } from './canary-company.fixture.ts'
import { type Intruder, post } from './intruder.fixture.ts'

/** Keys of machines, and of an administrator, say yes; and the operator's own door is asked to. All ways are one way. */

// DEFENCE src/core/consent/check.ts
// - const inForce = keysInForce(consent.person, bundle, keyChanges, now)
// + const machines = [company.root.administrators, [...company.runners.values()], [company.log]].flat()
// + const inForce = [...keysInForce(consent.person, bundle, keyChanges, now), ...machines]

// DEFENCE src/core/consent/check.ts
// - if (person === statement.agent) refuse('An agent never approves.')

let company: CanaryCompany
let jhand: Intruder
let statement: Uint8Array
let code: string
beforeAll(async () => {
  company = await CanaryCompany.open()
  jhand = await company.dial('jhand')
  code = (await jhand.say('Foobot rebuild svr-1827 role=web')).code
  statement = await jhand.fetch(code)
  await jhand.present(await company.yes(statement, {}))
})
afterAll(() => company.end())

const bySigner = (signer: Signer) => (change: Partial<Consent>) => company.yes(statement, change, signer)
const byMachine =
  (path: string) =>
  (change: Partial<Consent>): Promise<Envelope> => {
    const { key, sign: signs } = company.machineKey(path)
    const body = consentKind.encode({
      v: 2,
      deployment: 'canary',
      statement: statementKind.digest(statement),
      person: 'bianca',
      as: 'approver',
      iat: Math.floor(Date.now() / 1000),
      ...change,
    })
    return Promise.resolve(sealEnvelope(consentKind, body, [{ keyid: keyid(key), sig: signs(consentKind.pae(body)) }]))
  }

const approvers: readonly [string, () => (change: Partial<Consent>) => Promise<Envelope>][] = [
  ['the log’s key', () => byMachine('server/log.key')],
  ['a runner’s key', () => byMachine('runners/tested/runner.key')],
  ['the administrator’s key for bundles', () => bySigner(signerOf(company.keyFile('bundle')))],
]
const names = ['bianca', 'root', 'tested', 'server', 'canary', 'foobot', 'bundle']

describe.each(approvers)('%s', (_, signing) => {
  it.each([
    ['people', (envelope: Envelope) => jhand.present(envelope)],
    ['HTTP', (envelope: Envelope) => post(company.url, envelope)],
  ])('approves nothing under any name, at the door of %s', async (_door, hand) => {
    for (const person of names) {
      for (const group of ['Backend', undefined]) {
        const answer = await hand(await signing()({ person, as: 'approver', ...(group !== undefined && { group }) }))
        expect([person, answer.accepted]).toEqual([person, false])
      }
    }
    expect(company.sung).toEqual([])
    expect(await company.warrants()).toBe(0)
  })
})

it('the command line signs with no such key either', async () => {
  const flags = ['--server', company.url, '--data', company.data, '--key', company.keyFile('bundle')]
  const ran = await foobot(['approve', code, '--as', 'bianca', ...flags], { input: 'y\n' })
  expect(ran.exit).toBeGreaterThan(0)
  expect(ran.err).toMatch(/^foobot: /)
  expect(company.sung).toEqual([])
})

it('the operator’s door knows no order that approves, says or signs', async () => {
  const socketPath = join(company.data, 'server', 'control.sock')
  const order = (body: object): Promise<number> =>
    new Promise((resolve, reject) => {
      const asking = request({ socketPath, method: 'POST', path: '/' }, (answer) => {
        answer.resume().on('end', () => resolve(answer.statusCode ?? 0))
      })
      asking.on('error', reject).end(JSON.stringify(body))
    })
  for (const name of ['approve', 'sign', 'say', 'execute', 'present', 'activate'])
    expect(await order({ order: name, which: code, code, person: 'bianca', text: 'approve' })).toBe(400)
  expect(company.sung).toEqual([])
})

it('what was refused stands in the log', async () => {
  expect((await company.events()).filter(({ what }) => what === 'consent-refused').length).toBeGreaterThan(0)
})

it('an agent that asked approves nothing, though it has a human’s key', async () => {
  const runner = new ActingRunner()
  await runner.start()
  const { execute } = new Server().consented({ ...ofTier.dangerous, agent: 'bianca' }, (digest) =>
    sorted(enough(digest)),
  )
  expect(await runner.execute(execute)).toMatchObject({
    outcome: 'refused',
    refusal: { step: 'consents', say: 'An agent never approves.' },
  })
  expect(runner.runs).toBe(0)
  await runner.end()
})

it('a human of the group approves with their own key, and it runs once', async () => {
  await jhand.present(await company.yes(statement, { person: 'bianca', as: 'approver', group: 'Backend' }))
  await expect.poll(() => company.sung).toEqual(['rebuild svr-1827 role=web'])
})

const signerOf = (file: string): Signer => {
  const { signer } = readKeyFile(file)
  if (!signer) throw new Error(`no key in ${file}`)
  return signer
}
