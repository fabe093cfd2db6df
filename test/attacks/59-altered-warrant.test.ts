import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { stringify } from 'yaml'
import type { Execute } from '#wire/runner.ts'
import { logsOf } from '../../src/cli/log-folder.ts'
import { gatherProof } from '../../src/cli/log-proof.ts'
import type { ProofFile } from '../../src/cli/proof-file.ts'
import { type AuditorTrust, verifyProof } from '../../src/cli/verify-proof.ts'
import { foobot } from '../contract/cli.fixture.ts'
import { bundleOf } from '../contract/engine.harness.ts'
import { ActingRunner } from './acting-runner.ts'
import { CanaryCompany } from './canary-company.fixture.ts'
import { asBackend, Plant } from './plant.fixture.ts'

/**
 * A warrant that was really given is captured, and one byte of it is made another: each byte in turn, of the order and of
 * everything that proves it. Then it is sent again as it was.
 */

// DEFENCE src/core/warrant/verify.ts
// - if (!verifyInclusion(leaf, order.index, head.size, head.root, order.path)) refuse('sealed', 'It is not in the log.')

// DEFENCE src/core/log/checkpoint.ts
// - if (!verifyEd25519(key, Buffer.from(parsed.text, 'utf8'), own.signature)) {
// + if (false) {

// DEFENCE src/runner/orders.ts
// - if (this.#isKnown(namesOfCase(c))) return
// AND src/runner/claims.ts
// - if (this.#known.has(made.request)) return undefined

/** With the lowest bit of one byte turned. */
const altered = (bytes: Uint8Array, at: number): Buffer => {
  const copy = Buffer.from(bytes)
  copy[at] = (copy[at] ?? 0) ^ 1
  return copy
}

/** A text in which one character is another. */
const misspelt = (text: string, at: number): string =>
  `${text.slice(0, at)}${text[at] === '0' ? '1' : '0'}${text.slice(at + 1)}`

describe('a runner', () => {
  let plant: Plant
  let order: Execute
  let runner: ActingRunner
  beforeAll(async () => {
    plant = await Plant.open()
    await plant.bench.say('Foobot rebuild svr-1827')
    const { id } = plant.waiting()
    await plant.present('jhand')
    await plant.present('bianca', asBackend)
    await plant.ended(id)
    const [captured] = plant.link?.orders ?? []
    if (!captured) throw new Error('nothing was ordered')
    order = { ...captured, consistency: [] }
    // It has seen nothing yet: it is the papers alone that it can go by.
    runner = new ActingRunner({}, bundleOf(1))
    runner.clock = plant.bench.now
    runner.inspect = () => plant.target
    await runner.start(Math.floor(plant.bench.now / 1000) - 100)
  })
  afterAll(async () => {
    await plant.end()
    await runner.end()
  })

  /** Hands in what was altered, and gives all that it did not refuse. */
  const accepted = async (orders: readonly Execute[]): Promise<number> => {
    for (const one of orders) runner.orders.take(one)
    await new Promise((resolve) => setTimeout(resolve, 100))
    expect(runner.receipts.filter(({ outcome }) => outcome !== 'refused')).toEqual([])
    return runner.runs
  }

  it('refuses it with any byte of the warrant altered', async () => {
    const bytes = Buffer.from(order.warrant, 'base64')
    expect(bytes.length).toBeGreaterThan(1000)
    const all = Array.from(bytes, (_, at) => ({ ...order, warrant: altered(bytes, at).toString('base64') }))
    expect(await accepted(all)).toBe(0)
  })

  it('refuses it with any byte of its proof altered', async () => {
    const paths = order.path.flatMap((hash, n) =>
      Array.from(Buffer.from(hash, 'hex'), (_, at) => ({
        ...order,
        path: order.path.with(n, altered(Buffer.from(hash, 'hex'), at).toString('hex')),
      })),
    )
    expect(paths.length).toBeGreaterThan(0)
    const notes = Array.from(order.checkpoint, (_, at) => ({ ...order, checkpoint: misspelt(order.checkpoint, at) }))
    const places = [order.index + 1, order.index - 1, 0, 1_000_000].map((index) => ({ ...order, index }))
    const cut = [order.path.slice(1), order.path.slice(0, -1), [...order.path, ...order.path]].map((path) => ({
      ...order,
      path,
    }))
    expect(await accepted([...paths, ...notes, ...places, ...cut])).toBe(0)
  })

  it('carries it out as it was, once: sent again, at once or after a restart, it is refused', async () => {
    expect((await runner.execute(order))?.outcome).toBe('done')
    for (const restart of [false, true]) {
      if (restart) await runner.start()
      const before = runner.receipts.length
      runner.orders.take(order)
      await expect.poll(() => runner.receipts.length).toBeGreaterThan(before)
      expect(runner.runs).toBe(1)
    }
    expect(plant.runner.runs).toBe(1)
  })
})

describe('foobot verify', () => {
  let company: CanaryCompany
  let proof: ProofFile
  let trust: AuditorTrust
  let file: string
  let root: string
  beforeAll(async () => {
    company = await CanaryCompany.open()
    const jhand = await company.dial('jhand')
    const asked = await jhand.say('Foobot rebuild svr-1827 role=web')
    const bytes = await jhand.fetch(asked.code)
    await jhand.present(await company.yes(bytes, {}))
    await jhand.present(await company.yes(bytes, { person: 'bianca', as: 'approver', group: 'Backend' }))
    await jhand.ended(asked.id)
    await company.warrants()
    file = join(company.data, 'proof.json')
    root = join(company.data, 'root.yaml')
    trust = { deployment: 'canary', root: company.root, lowest: 1 }
    writeFileSync(root, stringify(trust))
    proof = gatherProof(company.data, logsOf(company.data, undefined), asked.code)
    writeFileSync(file, JSON.stringify(proof))
  })
  afterAll(() => company.end())

  const isRefused = (changed: ProofFile): Promise<boolean> =>
    verifyProof(changed, trust).then(
      () => false,
      () => true,
    )

  it('accepts it as it was', async () => {
    expect((await verifyProof(proof, trust)).receipt?.outcome).toBe('done')
    expect((await foobot(['verify', file, '--root', root])).exit).toBe(0)
  })

  it('refuses it with any byte of the warrant altered, and bytes of the checkpoint or the receipt', async () => {
    const { payload } = proof.warrant
    const bytes = Buffer.from(payload, 'base64')
    const { receipts, checkpoint } = proof
    if (!receipts) throw new Error('no receipt')
    const receipt = Buffer.from(receipts.envelope.payload, 'base64')
    const some = <T>(length: number, make: (at: number) => T): T[] =>
      Array.from({ length: Math.ceil(length / 61) }, (_, n) => make(n * 61))
    const all: ProofFile[] = [
      ...Array.from(bytes, (_, at) => ({
        ...proof,
        warrant: { ...proof.warrant, payload: altered(bytes, at).toString('base64') },
      })),
      ...some(checkpoint.length, (at) => ({ ...proof, checkpoint: misspelt(checkpoint, at) })),
      ...some(receipt.length, (at) => ({
        ...proof,
        receipts: {
          ...receipts,
          envelope: { ...receipts.envelope, payload: altered(receipt, at).toString('base64') },
        },
      })),
    ]
    const accepted: number[] = []
    for (const [n, one] of all.entries()) if (!(await isRefused(one))) accepted.push(n)
    expect(accepted).toEqual([])
    expect(all.length).toBeGreaterThan(1000)
  })

  it('says so in one line and with its exit code', async () => {
    const bytes = Buffer.from(proof.warrant.payload, 'base64')
    writeFileSync(
      file,
      JSON.stringify({ ...proof, warrant: { ...proof.warrant, payload: altered(bytes, 400).toString('base64') } }),
    )
    const { exit, out, err } = await foobot(['verify', file, '--root', root])
    expect([exit !== 0, out]).toEqual([true, ''])
    expect(err).toMatch(/^foobot: .*\n$/)
  })
})
