import { fork } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { now as fixtureNow } from '#core/warrant/warrant.fixture.ts'
import { Claims } from '#runner/claims.ts'
import { Server } from '#runner/server.fixture.ts'
import { ActingRunner } from './acting-runner.ts'

// DEFENCE src/runner/orders.ts
// - this.#checkAge(c)

const now = (): number => Math.floor(Date.now() / 1000)
const newId = (): string => 'ab'.repeat(16)

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'claims-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

/** A process that claims in a loop, killed once it has told of so many claims. */
const claimUntilKilled = async (kills: number): Promise<readonly string[]> => {
  const told: string[] = []
  const child = fork(new URL('claiming-child.ts', import.meta.url), [folder], { stdio: 'ignore' })
  await new Promise<void>((resolve) => {
    child.on('message', (request) => {
      told.push(String(request))
      if (told.length === kills) child.kill('SIGKILL')
    })
    child.on('exit', () => resolve())
  })
  return told
}

describe('a runner killed while it claims', () => {
  it('has lost no claim that was durable, and claims none a second time', async () => {
    const durable = new Set<string>()
    for (let round = 0; round < 8; round++) {
      const told = await claimUntilKilled(20 + round * 7)
      expect(told.length).toBeGreaterThanOrEqual(20 + round * 7)
      expect(told.filter((request) => durable.has(request))).toEqual([])
      for (const request of told) durable.add(request)
    }
    const claims = await Claims.open(folder, now(), newId)
    expect([...durable].filter((request) => !claims.find(request))).toEqual([])
    await claims.close()
  })
})

describe('a claims file that was lost', () => {
  it('is followed by one that refuses every statement older than itself', async () => {
    const runner = new ActingRunner()
    await runner.start()
    const server = new Server()
    const { execute } = server.order({})
    await runner.execute(...Array.from({ length: 100 }, () => execute))
    rmSync(join(runner.folder, 'claims.jsonl'))
    await runner.start(fixtureNow)
    expect(await runner.execute(server.again(0, 0))).toMatchObject({ outcome: 'refused', refusal: { step: 'claim' } })
    expect(runner.runs).toBe(1)
    await runner.end()
  })
})
