import { fork } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { Claims } from '#runner/claims.ts'

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
  it('is followed by one that knows from when on it can be believed', async () => {
    await claimUntilKilled(5)
    rmSync(join(folder, 'claims.jsonl'))
    const before = now()
    const claims = await Claims.open(folder, now(), newId)
    expect(claims.created).toBeGreaterThan(before)
    await claims.close()
  })
})
