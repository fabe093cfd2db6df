import { mkdtempSync, readdirSync, readlinkSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type MachineKey, makeMachineKey, readMachineKey } from '#config/machine-key.ts'
import type { Company } from '#core/bundle/company.ts'
import { firstEntry } from '#core/log/log-begins.ts'
import { recoveredKind } from '#core/log/recovered.ts'
import { policyOf } from '#core/policy/decide.ts'
import { fromBase64 } from '#core/statement/base64.ts'
import { sealEnvelope } from '#core/statement/envelope.ts'
import { receiptsKind } from '#core/warrant/receipts.ts'
import { company as acme, bundle, now } from '#core/warrant/warrant.fixture.ts'
import { type FromRunner, fromRunner, type HandIn } from '#wire/runner.ts'
import { Claims } from './claims.ts'
import { HandingIn } from './handing-in.ts'
import { KeptPapers } from './kept-papers.ts'
import { signReceipts } from './receipts.ts'
import { Server } from './server.fixture.ts'

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined }
const base64 = (text: string): string => Buffer.from(text).toString('base64')

describe('handing in', () => {
  let folder: string
  let claims: Claims
  let papers: KeptPapers
  let parts: HandIn[]
  let done: number
  let company: Company
  let machine: MachineKey
  let runner: HandingIn
  let log: Server

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'foobot-handing-in-'))
    makeMachineKey(join(folder, 'runner.key'))
    machine = readMachineKey(join(folder, 'runner.key'))
    claims = await Claims.open(folder, now, () => '0'.repeat(32))
    papers = new KeptPapers(folder, quiet)
    parts = []
    done = 0
    const before = new Server()
    for (let n = 0; n < 4; n++) before.order({ id: String(n).padStart(32, '0') })
    const after = before.again(3, 0).checkpoint
    await claims.accept(after)
    company = { ...acme, log: { number: 2, key: acme.log.key, after } }
    log = new Server(bundle, { entry: firstEntry(company) ?? new Uint8Array(), number: 2 })
    runner = new HandingIn({
      deployment: 'acme',
      folder,
      claims,
      held: { inForce: { bundle: { ...bundle, company }, policy: policyOf(bundle) } },
      papers,
      log: quiet,
      sign: ({ payload }) => signReceipts(machine, fromBase64(payload)),
      settled: () => undefined,
      done: () => {
        done++
      },
      send: (message: FromRunner) => parts.push(fromRunner.parse(message) as HandIn),
    })
  })
  afterEach(async () => {
    await claims.close()
    rmSync(folder, { recursive: true })
  })

  const asked = async (from: number): Promise<HandIn> => {
    await runner.asked({ type: 'hand-in', number: 2, from, consistency: [] })
    const part = parts.at(-1)
    if (!part) throw new Error('nothing was handed in')
    return part
  }
  /** Puts all of a part into the new log, and says so. */
  const take = ({ orders }: HandIn): void => {
    const from = claims.note?.startsWith('acme/log/2') ? claims.head.size : 1
    const added = orders.map((warrant) => {
      const body = recoveredKind.encode({ v: 2, deployment: 'acme', warrant })
      return { digest: recoveredKind.digest(body), index: log.append(recoveredKind.pae(body)) }
    })
    const end = log.again(0, from)
    const leaves = added.map((leaf) => ({ ...leaf, path: log.again(leaf.index, from).path }))
    runner.handedIn({ type: 'handed-in', leaves, checkpoint: end.checkpoint, consistency: end.consistency })
  }

  it('goes part by part, each order that the copy cannot have once, none that it has', async () => {
    papers.keep({ log: 1, order: base64('in the copy'), index: 3 }, now)
    const orders = Array.from({ length: 600 }, (_, n) => base64(`order ${n}`))
    for (const [n, order] of orders.entries()) papers.keep({ log: 1, order, index: 4 + n }, now)
    papers.keep({ log: 2, order: base64('of the new log'), index: 4 }, now)
    const told: string[] = []
    for (let from = 0, more = true; more; ) {
      const part = await asked(from)
      take(part)
      told.push(...part.orders)
      from += part.orders.length
      more = part.more
    }
    expect(parts.map((part) => part.orders.length)).toEqual([256, 256, 88])
    expect(told).toEqual(orders)
    expect(done).toBe(1)
    expect(claims.note).toMatch(/^acme\/log\/2\n601\n/)
  })

  it('begins anew where the link broke', async () => {
    for (let n = 0; n < 300; n++) papers.keep({ log: 1, order: base64(`order ${n}`), index: 4 + n }, now)
    take(await asked(0))
    const again = await asked(0)
    expect(again.orders[0]).toBe(base64('order 0'))
    expect(again.more).toBe(true)
  })

  it('signs receipts with the key that it has now, whatever it had when they were made', async () => {
    const digest = 'a'.repeat(64)
    const times = { start: now, end: now, outputBytes: 0, checkpoint: 4 }
    const receipt = { statement: digest, warrant: digest, outcome: 'done', outputSha256: digest, ...times } as const
    const body = receiptsKind.encode({
      v: 2,
      deployment: 'acme',
      runner: 'delivery',
      store: '0'.repeat(32),
      receipts: [receipt],
    })
    const old = sealEnvelope(receiptsKind, body, [{ keyid: 'the key before', sig: new Uint8Array(64) }])
    await claims.keep(old, [])
    papers.keep({ log: 1, receipts: old }, now)
    const { receipts } = await asked(0)
    expect(receipts).toEqual([signReceipts(machine, body)])
  })

  it('holds no file open for what it was asked and did not finish', async () => {
    const open = () =>
      readdirSync('/proc/self/fd').filter((fd) => {
        try {
          return readlinkSync(`/proc/self/fd/${fd}`).startsWith(folder)
        } catch {
          return false
        }
      }).length
    for (let n = 0; n < 600; n++) papers.keep({ log: 1, order: base64(`order ${n}`), index: 4 + n }, now)
    await asked(0)
    const before = open()
    for (let n = 0; n < 5; n++) await asked(0)
    expect(open()).toBe(before)
  })

  it('says nothing to a log that the bundle in force does not name', async () => {
    await runner.asked({ type: 'hand-in', number: 3, from: 0, consistency: [] })
    expect(parts).toEqual([])
  })

  it('says nothing out of turn', async () => {
    await asked(0)
    await runner.asked({ type: 'hand-in', number: 2, from: 7, consistency: [] })
    expect(parts).toHaveLength(1)
  })
})
