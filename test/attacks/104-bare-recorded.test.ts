import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { logOrigin } from '#core/log/checkpoint.ts'
import { openEntry } from '#core/log/entry.ts'
import { makeNote } from '#core/log/make-note.ts'
import { policyOf } from '#core/policy/decide.ts'
import { sealEnvelope } from '#core/statement/envelope.ts'
import type { Envelope } from '#core/statement/fields.ts'
import { receiptsKind } from '#core/warrant/receipts.ts'
import { bundle, now } from '#core/warrant/warrant.fixture.ts'
import { Claims, digestOfEnvelope } from '#runner/claims.ts'
import { RecordedReceipts } from '#runner/recorded.ts'
import { Server } from '#runner/server.fixture.ts'
import { type FromRunner, fromServer, type Recorded } from '#wire/runner.ts'
import { type LogFolder, now as longAgo, makeLogFolder, runFoobot } from '../contract/log-folder.fixture.ts'

/**
 * A server says that a receipt is recorded, and keeps it back: the runner forgets it, and nobody misses it. A receipt is let
 * go only with the proof that it is a leaf; an order that has none is named by whoever verifies the log.
 */

// DEFENCE src/runner/recorded.ts
// - return verifyInclusion(
// -   leaf,
// -   index,
// -   size,
// -   root,
// -   path.map((hash) => Buffer.from(hash, 'hex')),
// - )
// + return leaf.length > 0

// DEFENCE src/runner/recorded.ts
// - const head = followLog(offered, claims.head, { origin: logOrigin(deployment), key })
// + const head = claimedHead(offered.checkpoint)
// AND src/runner/recorded.ts
// - import { logOrigin } from '#core/log/checkpoint.ts'
// + import { claimedHead } from '#core/log/checkpoint.ts'

// DEFENCE src/runner/recorded.ts
// - this.#handOverAgain(unproven)

// DEFENCE src/runner/recorded.ts
// - const kept = message.receipts.filter(({ digest }) => claims.receiptsOf(digest) !== undefined)
// + const kept = message.receipts

// DEFENCE src/cli/without-end.ts
// - this.#open.set(digest, { index: told.index, code: codeOf(digest), runner, exp, request })

const receiptsOf = (n: number): Envelope => {
  const body = receiptsKind.encode({
    v: 2,
    deployment: 'acme',
    runner: 'delivery',
    store: 'ab'.repeat(16),
    receipts: [
      {
        statement: String(n).padStart(64, '0'),
        warrant: 'c'.repeat(64),
        start: now,
        end: now,
        outcome: 'done',
        outputSha256: '0'.repeat(64),
        outputBytes: 0,
        checkpoint: 1,
      },
    ],
  })
  return sealEnvelope(receiptsKind, body, [{ keyid: '', sig: Buffer.alloc(64) }])
}

describe('a runner', () => {
  let folder: string
  let claims: Claims
  let said: FromRunner[]
  let runner: RecordedReceipts
  const kept = receiptsOf(1)
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'recorded-'))
    claims = await Claims.open(folder, now, () => 'ab'.repeat(16))
    said = []
    const log = { info: () => undefined, warn: () => undefined, error: () => undefined }
    runner = new RecordedReceipts({
      deployment: 'acme',
      claims,
      held: { inForce: { bundle, policy: policyOf(bundle) } },
      log,
      settled: () => undefined,
      send: (message) => void said.push(message),
    })
    await claims.keep(kept, ['0'.repeat(63) + 1])
  })
  afterEach(async () => {
    await claims.close()
    rmSync(folder, { recursive: true })
  })

  const lies: readonly [what: string, lie: (server: Server) => Recorded][] = [
    [
      'with the proof of another receipt',
      (server) => {
        const proof = server.recorded(receiptsOf(2))
        return { ...proof, receipts: proof.receipts.map((one) => ({ ...one, digest: digestOfEnvelope(kept) })) }
      },
    ],
    [
      'with another place',
      (server) => {
        server.recorded(receiptsOf(2))
        const proof = server.recorded(kept, 0)
        return { ...proof, receipts: proof.receipts.map((one) => ({ ...one, index: 0 })) }
      },
    ],
    [
      'with a path that leads nowhere',
      (server) => {
        server.recorded(receiptsOf(2))
        const proof = server.recorded(kept, 0)
        return { ...proof, receipts: proof.receipts.map((one) => ({ ...one, path: ['f'.repeat(64)] })) }
      },
    ],
    [
      'under a note that somebody else has signed',
      (server) => ({
        ...server.recorded(kept),
        checkpoint: makeNote(logOrigin('acme'), 1, Buffer.alloc(32), {
          key: bundle.company.log.key,
          sign: () => Buffer.alloc(64),
        }),
      }),
    ],
    ['under no note', (server) => ({ ...server.recorded(kept), checkpoint: '' })],
  ]

  it.each(lies)('is told that its receipt is recorded, %s: it keeps it, and hands it over again', async (_, lie) => {
    runner.take(lie(new Server()))
    expect(claims.unrecorded()).toEqual([kept])
    expect(said.filter(({ type }) => type === 'receipts')).toEqual([{ type: 'receipts', envelope: kept }])
    await claims.close()
    claims = await Claims.open(folder, now, () => 'ab'.repeat(16))
    expect(claims.unrecorded()).toEqual([kept])
  })

  it('is told so in a log that does not extend what it has seen: it says what it has seen, and hands it over once', () => {
    runner.take(new Server().recorded(receiptsOf(9)))
    const other = new Server()
    for (const n of [4, 5, 6]) other.recorded(receiptsOf(n))
    const lie = other.recorded(kept)
    for (let n = 0; n < 3; n++) runner.take(lie)
    expect(claims.unrecorded()).toEqual([kept])
    expect(said.map(({ type }) => type)).toEqual(['checkpoint', 'receipts'])
  })

  it('is told so of several, one of which is not there: it lets go the others, and hands over that one', async () => {
    const second = receiptsOf(2)
    await claims.keep(second, [String(2).padStart(64, '0')])
    const server = new Server()
    server.recorded(kept)
    const proof = server.recorded(second, 0)
    const lie = { digest: digestOfEnvelope(kept), index: 1, path: proof.receipts[0]?.path ?? [] }
    runner.take({ ...proof, receipts: [lie, ...proof.receipts] })
    expect(claims.unrecorded()).toEqual([kept])
    expect(said.filter(({ type }) => type === 'receipts')).toEqual([{ type: 'receipts', envelope: kept }])
  })

  it('is told so of what it never had, and of what it has let go: it says nothing', () => {
    const proof = new Server().recorded(kept)
    runner.take(proof)
    runner.take(proof)
    runner.take({ ...new Server().recorded(receiptsOf(7)), checkpoint: '' })
    expect(said).toEqual([])
  })

  it('reads no bare word of it at all', () => {
    expect(fromServer.safeParse({ type: 'recorded', statements: ['a'.repeat(64)] }).success).toBe(false)
  })

  it('lets go what is proven', () => {
    runner.take(new Server().recorded(kept))
    expect(claims.unrecorded()).toEqual([])
  })
})

describe('who verifies the log', () => {
  let folder: LogFolder
  beforeEach(async () => {
    folder = await makeLogFolder()
    vi.useFakeTimers({ toFake: ['Date'] })
    vi.setSystemTime((longAgo + 1000) * 1000)
  })
  afterEach(async () => {
    vi.useRealTimers()
    await folder.storage.close()
    rmSync(folder.data, { recursive: true })
  })
  const verify = (...more: readonly string[]) => runFoobot('log', 'verify', '--data', folder.data, ...more)

  it('is told of each order that has no receipt and is older than its life', async () => {
    expect((await verify()).out).not.toContain('has no receipt')
    const leaves = folder.storage.log.leaves(0, folder.storage.log.size)
    const warrant = leaves.find(({ bytes }) => openEntry(bytes).kind === 'warrant')
    if (!warrant) throw new Error('there is one')
    // Once more, and nobody tells its end.
    await folder.storage.records.commit([{ leaf: warrant }], folder.note)
    await folder.storage.files.flush()
    const { out, exit } = await verify()
    expect(exit).toBe(0)
    expect(out).toContain(`order ${folder.code} to delivery has no receipt, and expired at`)
    expect(JSON.parse((await verify('--json')).out)).toMatchObject({
      withoutEnd: [{ code: folder.code, runner: 'delivery', index: folder.storage.log.size - 1 }],
    })
  })
})
