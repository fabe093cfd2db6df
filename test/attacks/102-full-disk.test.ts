import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { TroubledCompany } from './troubled-company.fixture.ts'

/** A disk that is full for a moment, at the runner, at the server, at a start: nothing is cut, and all is back by itself. */

// DEFENCE src/runner/runner.ts
// - this.#orders.takeNone()

// DEFENCE src/runner/runner.ts
// - await Promise.all([this.#orders.ended(), this.#webhooks.ended()])

// DEFENCE src/runner/runner.ts
// - for (const envelope of unrecorded) if (this.#late.has(envelope)) this.#send({ type: 'receipts', envelope })

// DEFENCE src/processes/start-waiting.ts
// - if (!(error instanceof FoobotError) || error.code !== 'disk-trouble') throw error
// + throw error

// DEFENCE src/engine/group.ts
// - await this.#store.prove()

const company = new TroubledCompany()
beforeAll(async () => {
  await company.open()
  company.start('server')
  company.start('runner')
  await company.well()
})
afterAll(() => company.end())

const done = { code: 0 }
const day = 86_400_000

describe('a disk that is full', () => {
  it('at the runner: what runs comes to its end, what is said meanwhile is run later, once', async () => {
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
    expect(await at.said).toMatchObject({ ...done, stdout: expect.stringContaining('lingered held') })
    await expect.poll(() => company.ends, { timeout: 30_000 }).toEqual([1])
    await company.says(/^runner delivery: it is away/)
    await expect.poll(() => company.saidBy('runner'), { timeout: 30_000 }).toContain('I wait until I can write')
    company.free('runner')
    await company.well()
    expect(await late).toMatchObject(done)
    expect(company.ends).toEqual([1])
    expect(company.marked.filter((name) => name.endsWith('.twice'))).toEqual([])
    expect(await company.say('mark after')).toMatchObject(done)
  })

  it('at the server: what runs comes to its end, and its receipt is recorded once there is room', async () => {
    const at = await company.begin('longer')
    company.fill('server')
    await company.says(/^log: .*cannot be written: the disk is full/)
    at.end()
    await expect.poll(() => company.saidBy('server'), { timeout: 30_000 }).toContain('what a runner said was refused')
    company.free('server')
    await company.well()
    expect(await at.said).toMatchObject({ ...done, stdout: expect.stringContaining('lingered longer') })
    expect(await company.say('mark later')).toMatchObject(done)
  })

  it('at a start of the server: it waits, alive and not ready, and goes on by itself', async () => {
    await company.kill('server')
    company.fill('server')
    company.start('server')
    await company.says(/^start: .*cannot be written: the disk is full/)
    expect((await fetch(`${company.url}/healthz`)).status).toBe(200)
    company.free('server')
    await company.well()
    expect(await company.say('mark started')).toMatchObject(done)
  })

  it('while the clock is a day ahead for two seconds: both are told, and both are over by themselves', async () => {
    const at = await company.begin('both')
    company.fill('server')
    company.setClock(day)
    await company.says(
      /^runner delivery: it says: the machine’s clock jumped 86400 s ahead[\s\S]*^clock: the machine’s clock jumped 86400 s ahead[\s\S]*^log: .*the disk is full/m,
    )
    at.end()
    company.setClock(0)
    company.free('server')
    await company.well()
    expect(await at.said).toMatchObject({ ...done, stdout: expect.stringContaining('lingered both') })
    await company.kill('runner')
    company.start('runner')
    await company.well()
    expect(await company.say('mark last')).toMatchObject(done)
    expect(company.marked.filter((name) => name.endsWith('.twice'))).toEqual([])
  })
})
