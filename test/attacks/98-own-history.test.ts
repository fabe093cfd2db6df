import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { activate } from '#cli/bundle/activate.ts'
import { propose } from '#cli/bundle/propose.ts'
import { signProposal } from '#cli/bundle/sign.ts'
import { findSigners } from '#client/find-signer.ts'
import { toPack } from '#config/bundle-folder.ts'
import { logOrigin } from '#core/log/checkpoint.ts'
import { makeNote } from '#core/log/make-note.ts'
import { company as acme } from '#core/warrant/warrant.fixture.ts'
import { Claims } from '#runner/claims.ts'
import { HeldBundle } from '#runner/held-bundle.ts'
import { Server } from '#runner/server.fixture.ts'
import { logKey as log, otherRunnerKey } from '../contract/engine.harness.ts'
import { runFoobot } from '../contract/log-folder.fixture.ts'
import { ActingRunner } from './acting-runner.ts'
import { CanaryCompany } from './canary-company.fixture.ts'
import { ann, bob, folder, now, root, signed } from './company-folder.fixture.ts'

/**
 * Whoever comes new to a log, or comes back to it with an old copy, is shown a history of its own. The administrators have
 * signed where the log stood: a fresh runner begins there, and a server and an auditor refuse a log that does not hold it.
 */

// DEFENCE src/runner/held-bundle.ts
// - this.#begin(bundle)

// DEFENCE src/core/warrant/verify.ts
// - if (begun && head.size < begun.size) refuse('sealed', 'The log is older than the bundle says.', 'behind')

// DEFENCE src/config/company-checks.ts
// - checkLog,

// DEFENCE src/processes/server.ts
// - checkBegun(storage.log, bundle)

// DEFENCE src/cli/log.ts
// - const mustExtend = [kept, owner.begun].flatMap((one) => one ?? [])
// + const mustExtend = kept ? [kept] : []

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined }
const noteAt = (size: number, root = Buffer.alloc(32, 7)): string => makeNote(logOrigin('acme'), size, root, log)
const withCheckpoint = (checkpoint: string) => {
  const files = folder()
  const text = Buffer.from(files.get('company.yaml') ?? [])
    .toString()
    .replace(/^log: .*$/m, `log: { key: "${log.key}", checkpoint: ${JSON.stringify(checkpoint)} }`)
  return signed(files.set('company.yaml', Buffer.from(text)), [ann, bob])
}

describe('a fresh runner', () => {
  let data: string
  let claims: Claims
  beforeEach(async () => {
    data = mkdtempSync(join(tmpdir(), 'foobot-attack-98-'))
    claims = await Claims.open(data, now, () => '0'.repeat(32))
  })
  afterEach(async () => {
    await claims.close()
    rmSync(data, { recursive: true })
  })
  const held = () => new HeldBundle({ deployment: 'acme', root, lowest: 1, folder: data, claims, log: quiet })

  it('begins at the checkpoint that its first bundle names, also after it was started anew', async () => {
    held().take(toPack(withCheckpoint(noteAt(7))), now)
    expect(claims.note).toBe(noteAt(7))
    expect(claims.head.size).toBe(7)
    await claims.close()
    claims = await Claims.open(data, now, () => '0'.repeat(32))
    expect(claims.note).toBe(noteAt(7))
  })

  it('begins there also where it was killed before it had written that down', async () => {
    held().take(toPack(withCheckpoint(noteAt(7))), now)
    await claims.close()
    const file = join(data, 'claims.jsonl')
    const lines = readFileSync(file, 'utf8').split('\n')
    const kept = lines.filter((line) => !line.includes('"checkpoint"'))
    expect(kept.length).toBeLessThan(lines.length)
    writeFileSync(file, kept.join('\n'))
    claims = await Claims.open(data, now, () => '0'.repeat(32))
    expect(claims.note).toBeUndefined()
    held()
    expect(claims.note).toBe(noteAt(7))
  })

  it.each([
    ['by somebody else', () => makeNote(logOrigin('acme'), 7, Buffer.alloc(32, 7), otherRunnerKey)],
    ['for another log', () => makeNote(logOrigin('other'), 7, Buffer.alloc(32, 7), log)],
    ['by nobody', () => noteAt(7).split('\n\n')[0] ?? ''],
  ])('takes no bundle with a checkpoint that is signed %s', (_, note) => {
    expect(() => held().take(toPack(withCheckpoint(note())), now)).toThrow(
      'log.checkpoint: it is not signed by log.key',
    )
    expect(claims.note).toBeUndefined()
  })
})

describe('an order', () => {
  const seen = () => {
    const honest = new Server()
    for (let n = 0; n < 5; n++) honest.order({ id: String(n).padStart(32, '0') })
    return honest
  }
  let runner: ActingRunner
  afterEach(() => runner.end())

  it('in a history of the server’s own is refused by who begins where the bundle says', async () => {
    const { checkpoint } = seen().again(4, 0)
    runner = new ActingRunner({ log: { ...acme.log, checkpoint } })
    await runner.start()
    await runner.claims.accept(checkpoint)
    const own = new Server()
    for (let n = 10; n < 17; n++) own.order({ id: String(n).padStart(32, '0') })
    runner.orders.take(own.again(6, 0))
    runner.orders.take(new Server().order({}).execute)
    expect(runner.said.map((message) => message.type)).toEqual(['checkpoint', 'checkpoint'])
    expect(runner.runs).toBe(0)
  })

  it('under a checkpoint smaller than the bundle’s is refused by who has seen less, too', async () => {
    const later = seen().again(4, 0).checkpoint
    runner = new ActingRunner({ log: { ...acme.log, checkpoint: later } })
    await runner.start()
    runner.orders.take(new Server().order({}).execute)
    expect(runner.said).toMatchObject([{ type: 'checkpoint', fork: false }])
    expect(runner.runs).toBe(0)
  })
})

describe('an old copy of the data', () => {
  let company: CanaryCompany
  let copy: string
  beforeAll(async () => {
    company = await CanaryCompany.open()
    const jhand = await company.dial('jhand')
    await jhand.say('Foobot note one', 'devs')
    await company.warrants()
    await company.stop()
    copy = mkdtempSync(join(tmpdir(), 'foobot-attack-98-'))
    for (const part of ['server/foobot.db', 'log'])
      cpSync(join(company.data, part), join(copy, part), { recursive: true })
    await company.start()
    await (await company.dial('jhand')).say('Foobot note two', 'devs')
    await company.warrants()
    const place = { config: join(company.data, 'company'), data: company.data }
    const seconds = Math.floor(Date.now() / 1000)
    await propose({ ...place, runners: [], days: 30, now: seconds, declaredBy: async () => new Map() })
    await signProposal({
      ...place,
      signers: () => findSigners({ person: 'root', keyFile: company.keyFile('bundle'), data: company.data }),
      codesHere: async () => [],
      print: () => undefined,
      ask: async () => 'yes',
    })
    activate(place, seconds)
    await company.stop()
    for (const part of ['server/foobot.db', 'log']) {
      rmSync(join(company.data, part), { recursive: true })
      cpSync(join(copy, part), join(company.data, part), { recursive: true })
    }
  })
  afterAll(async () => {
    rmSync(copy, { recursive: true })
    await company.end()
  })

  it('starts no server: the bundle says more than its log', async () => {
    await expect(company.start()).rejects.toMatchObject({
      code: 'log-restored-old-copy',
      say: expect.stringContaining('the database does not hold them'),
    })
    expect(company.sung).toEqual(['note one', 'note two'].map((line) => expect.stringContaining(line.slice(5))))
  })

  it('is not verified either', async () => {
    const { out, err, exit } = await runFoobot('log', 'verify', '--data', company.data)
    expect([out, exit]).toEqual(['', 1])
    expect(err).toMatch(/does not extend that checkpoint/)
  })
})
