import { generateKeyPairSync } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readCompany } from '#config/company.ts'
import { followBundle } from '#core/bundle/bundle.ts'
import type { Company } from '#core/bundle/company.ts'
import { logOrigin } from '#core/log/checkpoint.ts'
import { firstEntry, logBeginsKind } from '#core/log/log-begins.ts'
import { makeNote } from '#core/log/make-note.ts'
import { recoveredKind } from '#core/log/recovered.ts'
import { checkSuccession } from '#core/log/succession.ts'
import { policyOf } from '#core/policy/decide.ts'
import { ed25519Key } from '#core/signature/ed25519.ts'
import { company as acme, bundle, now } from '#core/warrant/warrant.fixture.ts'
import { Claims } from '#runner/claims.ts'
import { HandingIn } from '#runner/handing-in.ts'
import { KeptPapers } from '#runner/kept-papers.ts'
import { Server } from '#runner/server.fixture.ts'
import type { AskHandIn, FromRunner, HandIn } from '#wire/runner.ts'
import { logKey as log } from '../contract/engine.harness.ts'
import { ActingRunner } from './acting-runner.ts'
import { ann, bob, folder, root, signed } from './company-folder.fixture.ts'

/**
 * A rewritten log is made legal as "restored": whoever holds the server and the log's key makes up a copy, and has it go
 * on as the next log. Rules that nobody can bend say which log may follow, and each runner compares it with what it has seen.
 */

// DEFENCE src/core/bundle/next-log.ts
// - if (after.number !== before.number + 1) return `its log is number ${after.number}, and ${before.number} is in force`

// DEFENCE src/core/bundle/next-log.ts
// - return after.after === before.after ? undefined : `it names another end of the log before ${after.number}`
// + return undefined

// DEFENCE src/core/bundle/bundle.ts
// - if (wrong !== undefined) refuse(wrong)

// DEFENCE src/config/company-checks.ts
// - if (after === undefined || originOf(after) !== before)
// + if (after !== undefined && originOf(after) === undefined)

// DEFENCE src/core/log/log-begins.ts
// - return entry ? { size: 1, root: leafHash(entry) } : { size: 0, root: emptyRoot }
// + return entry ? { size: 0, root: emptyRoot } : { size: 0, root: emptyRoot }

// DEFENCE src/runner/log-seen.ts
// - return claimedHead(note).origin === logOf(company).origin ? head : undefined
// + return claimedHead(note).origin === logOf(company).origin ? head : beginningOf(company)

// DEFENCE src/runner/handing-in.ts
// - return verifyConsistency(head.size, head.root, end.size, end.root, consistency.map(fromHex)) ? 'held' : 'refused'
// + return 'held'

// DEFENCE src/runner/handing-in.ts
// - if (note === undefined || claimedHead(note).origin !== before) return 'refused'

// DEFENCE src/runner/handing-in.ts
// - if (typeof head === 'string') return 'the log does not begin as the bundle says'
// + if (typeof head === 'string') return undefined

// DEFENCE src/runner/handing-in.ts
// - return missing > 0 ? 'the log does not hold what I handed in' : undefined
// + return undefined

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined }
const newKey = () =>
  ed25519Key(generateKeyPairSync('ed25519').publicKey.export({ format: 'der', type: 'spki' }).subarray(-32))
const noteOf = (origin: string, size: number): string => makeNote(origin, size, Buffer.alloc(32, 7), log)

describe('a bundle', () => {
  const next = newKey()
  const withLog = (entry: object, more: { readonly version?: number; readonly previous?: string } = {}) => {
    const text = Buffer.from(folder().get('company.yaml') ?? []).toString()
    const files = folder().set('company.yaml', Buffer.from(text.replace(/^log: .*$/m, `log: ${JSON.stringify(entry)}`)))
    return signed(files, [ann, bob], more)
  }
  const first = withLog({ key: log.key })
  const trust = { deployment: 'acme', root, lowest: 1, now: 1_800_000_000 }
  const held = followBundle(first, readCompany, trust)
  const after = noteOf(logOrigin('acme'), 40)
  const follow = (entry: object, before = held) => {
    const offer = withLog(entry, { version: before.version + 1, previous: before.digest })
    return followBundle(offer, readCompany, { ...trust, held: before })
  }
  const second = follow({ number: 2, key: next, after })

  it('may name the next log, after what the one before has signed', () => {
    expect(second.company.log).toEqual({ number: 2, key: next, after })
    expect(() => checkSuccession(held.company, second.company)).not.toThrow()
  })

  it.each<readonly [string, () => unknown, string]>([
    [
      'leaves one out',
      () => follow({ number: 3, key: next, after: noteOf('acme/log/2', 4) }),
      'its log is number 3, and 1 is',
    ],
    ['goes back', () => follow({ key: log.key }, second), 'its log is number 1, and 2 is in force'],
    ['keeps the key', () => follow({ number: 2, key: log.key, after }), 'log 2 has the key of log 1'],
    [
      'moves the end of the log before',
      () => follow({ number: 2, key: next, after: noteOf(logOrigin('acme'), 30) }, second),
      'it names another end of the log before 2',
    ],
    ['names no end', () => follow({ number: 2, key: next }), 'log 2 needs the last note of acme/log'],
    [
      'names the end of another log',
      () => follow({ number: 2, key: next, after: noteOf('other/log', 40) }),
      'needs the last note',
    ],
    ['calls the first log restored', () => follow({ key: log.key, after }), 'the first log follows none'],
  ])('that %s is refused by whoever holds the one before', (_, take, why) => {
    expect(take).toThrow(expect.objectContaining({ say: expect.stringContaining(why) }))
  })

  it('whose end nobody has signed is refused by whoever proposes, signs or activates it', () => {
    const stranger = { ...second.company, log: { ...second.company.log, after: strange(after) } }
    expect(() => checkSuccession(held.company, stranger)).toThrow(
      expect.objectContaining({ say: expect.stringContaining('is not signed by log 1') }),
    )
  })
})

/** The same with another signature. */
const strange = (note: string): string => note.replace(/.{8}\n$/, 'AAAAAAA=\n')

/** What honest servers and liars hand a runner that has seen five leaves of log 1. */
const seenFive = (): Server => {
  const server = new Server()
  for (let n = 0; n < 5; n++) server.order({ id: String(n).padStart(32, '0') })
  return server
}

const rewritten = (): Server => {
  const server = new Server()
  for (let n = 0; n < 7; n++) server.order({ id: String(90 + n).padStart(32, '0') })
  return server
}

/** The fixture's company once it goes on after a note. */
const goesOn = (after: string): Company => ({ ...acme, log: { number: 2, key: acme.log.key, after } })
const beginOf = (company: Company) => ({ entry: firstEntry(company) ?? new Uint8Array(), number: 2 })

describe('an order of a log that goes on', () => {
  let runner: ActingRunner
  afterEach(() => runner.end())

  it('runs nothing at a runner that has seen the one before, until that is proven', async () => {
    const company = goesOn(rewritten().again(6, 0).checkpoint)
    runner = new ActingRunner(company)
    await runner.start()
    await runner.claims.accept(seenFive().again(4, 0).checkpoint)
    runner.orders.take(new Server(bundle, beginOf(company)).order({}, 1).execute)
    await expect.poll(() => runner.receipts.length).toBe(1)
    expect(runner.receipts).toMatchObject([{ outcome: 'refused', refusal: { step: 'sealed' } }])
    expect(runner.runs).toBe(0)
  })

  it('runs nothing where the log does not begin with what the administrators signed', async () => {
    const company = goesOn(seenFive().again(4, 0).checkpoint)
    runner = new ActingRunner(company)
    await runner.start()
    const other = goesOn(rewritten().again(6, 0).checkpoint)
    runner.orders.take(new Server(bundle, beginOf(other)).order({}, 1).execute)
    runner.orders.take(new Server(bundle, { ...beginOf(company), entry: new Uint8Array(3) }).order({}, 0).execute)
    expect(runner.said.map(({ type }) => type)).toEqual(['checkpoint', 'checkpoint'])
    expect(runner.runs).toBe(0)
  })

  it('runs where it does', async () => {
    const company = goesOn(seenFive().again(4, 0).checkpoint)
    runner = new ActingRunner(company)
    await runner.start()
    runner.orders.take(new Server(bundle, beginOf(company)).order({}, 1).execute)
    await expect.poll(() => runner.runs).toBe(1)
  })
})

describe('a runner that is asked what it has seen', () => {
  let data: string
  let claims: Claims
  let said: FromRunner[]
  beforeEach(async () => {
    data = mkdtempSync(join(tmpdir(), 'foobot-attack-118-'))
    claims = await Claims.open(data, now, () => '0'.repeat(32))
    said = []
  })
  afterEach(async () => {
    await claims.close()
    rmSync(data, { recursive: true })
  })

  const handingIn = (company: Company): HandingIn =>
    new HandingIn({
      deployment: 'acme',
      folder: data,
      claims,
      held: { inForce: { bundle: { ...bundle, company }, policy: policyOf(bundle) } },
      papers: new KeptPapers(data, quiet),
      log: quiet,
      sign: (receipts) => receipts,
      settled: () => undefined,
      done: () => undefined,
      send: (message) => void said.push(message),
    })
  const ask = (consistency: string[] = []): AskHandIn => ({ type: 'hand-in', number: 2, from: 0, consistency })
  const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

  it('takes nothing from a log whose copy does not hold that, whatever proof it is shown', async () => {
    const mine = seenFive()
    await claims.accept(mine.again(4, 0).checkpoint)
    const liar = rewritten()
    const company = goesOn(liar.again(6, 0).checkpoint)
    const runner = handingIn(company)
    const honestProof = (() => {
      for (let n = 5; n < 7; n++) mine.order({ id: String(n).padStart(32, '0') })
      return mine.again(6, 5).consistency
    })()
    for (const proof of [[], honestProof, liar.again(6, 5).consistency]) await runner.asked(ask(proof))
    expect(said).toEqual(Array(3).fill({ type: 'checkpoint', checkpoint: claims.note, fork: true }))
    const next = new Server(bundle, beginOf(company))
    const { checkpoint } = next.order({}, 1).execute
    runner.handedIn({ type: 'handed-in', leaves: [], checkpoint, consistency: [] })
    expect(claims.head.size).toBe(5)
  })

  it('goes on with a copy that holds it, once the new log begins as the bundle says', async () => {
    const server = seenFive()
    await claims.accept(server.again(4, 0).checkpoint)
    for (let n = 5; n < 7; n++) server.order({ id: String(n).padStart(32, '0') })
    const company = goesOn(server.again(6, 0).checkpoint)
    const runner = handingIn(company)
    await runner.asked(ask(server.again(6, 5).consistency))
    expect(said).toMatchObject([{ type: 'hand-in', from: 0, more: false }])
    const other = new Server(bundle, { number: 2, entry: logBeginsKind.pae(new Uint8Array(2)) })
    runner.handedIn({ type: 'handed-in', leaves: [], ...proofOf(other) })
    expect(claims.head.size).toBe(5)
    await runner.asked(ask(server.again(6, 5).consistency))
    runner.handedIn({ type: 'handed-in', leaves: [], ...proofOf(new Server(bundle, beginOf(company))) })
    expect(claims.note).toMatch(/^acme\/log\/2\n2\n/)
  })

  it('that has seen more goes on only where its checkpoint is in the new log for all to see', async () => {
    const server = seenFive()
    const after = server.again(4, 0).checkpoint
    for (let n = 5; n < 7; n++) server.order({ id: String(n).padStart(32, '0') })
    const mine = server.again(6, 0).checkpoint
    await claims.accept(mine)
    const company = goesOn(after)
    const runner = handingIn(company)
    await runner.asked(ask())
    expect((said[0] as HandIn).checkpoint).toBe(mine)
    runner.handedIn({ type: 'handed-in', leaves: [], ...proofOf(new Server(bundle, beginOf(company))) })
    expect(claims.note).toBe(mine)
    await runner.asked(ask())
    const next = new Server(bundle, beginOf(company))
    const body = recoveredKind.encode({ v: 2, deployment: 'acme', checkpoint: mine })
    const index = next.append(recoveredKind.pae(body))
    const { path, checkpoint, consistency } = next.again(index, 1)
    const leaf = { digest: recoveredKind.digest(body), index, path: path.map(String) }
    runner.handedIn({ type: 'handed-in', leaves: [leaf], checkpoint, consistency })
    expect(claims.note).toBe(checkpoint)
    expect(hex(claims.head.root)).toHaveLength(64)
  })

  it('takes nothing from a log that leaves out one that it has not seen', async () => {
    await claims.accept(seenFive().again(4, 0).checkpoint)
    const after = noteOf(logOrigin('acme', 2), 2)
    const company = { ...acme, log: { number: 3, key: acme.log.key, after } }
    await handingIn(company).asked({ ...ask(), number: 3 })
    expect(said).toEqual([{ type: 'checkpoint', checkpoint: claims.note, fork: true }])
  })
})

/** A proof of a log's end after one more leaf, from its first leaf on. */
const proofOf = (server: Server) => {
  const { checkpoint, consistency } = server.order({ id: 'f'.repeat(32) }, 1).execute
  return { checkpoint, consistency }
}
