import { afterAll, beforeAll, expect, it } from 'vitest'
import { soon, TroubledCompany } from './troubled-company.fixture.ts'

/** A runner's disk is full for a moment: what runs comes to its end, nothing is lost or run twice, and it is back by itself. */

// DEFENCE src/runner/runner.ts
// - this.#orders.takeNone()

// DEFENCE src/runner/runner.ts
// - await Promise.all([this.#orders.ended(), this.#webhooks.ended()])

let company: TroubledCompany
beforeAll(async () => {
  company = await TroubledCompany.open()
})
afterAll(() => company?.end())

const done = { code: 0 }

it('what runs comes to its end, what is said meanwhile is run later, once', async () => {
  const at = await company.begin('held')
  company.fill('runner')
  await company.says(/^runner delivery: it says: .*cannot be written: the disk is full/)
  // Until a write fails, it goes on.
  for (let n = 0; !/I take no order more/.test(company.saidBy('runner')); n++) {
    expect(n).toBeLessThan(50)
    await company.say(`mark early${n}`)
  }
  const late = company.say('mark late')
  await expect.poll(() => company.requests(), { timeout: 30_000 }).toContain('mark late')
  await company.says(/^runner delivery: it says: .*claims\.jsonl cannot be written: the disk is full/)
  expect(company.ends).toEqual([])
  at.end()
  expect(await soon(at.said)).toMatchObject({ ...done, stdout: expect.stringContaining('lingered held') })
  await expect.poll(() => company.ends, { timeout: 30_000 }).toEqual([1])
  await company.says(/^runner delivery: it is away/)
  await expect.poll(() => company.saidBy('runner'), { timeout: 30_000 }).toContain('I wait until I can write')
  company.free('runner')
  await company.well()
  expect(await soon(late)).toMatchObject(done)
  expect(company.ends).toEqual([1])
  expect(company.marked.filter((name) => name.endsWith('.twice'))).toEqual([])
  expect(await company.say('mark after')).toMatchObject(done)
})
