import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { soon, TroubledCompany } from './troubled-company.fixture.ts'

/** The server's disk is full for a moment, while it runs and when it starts: it says so, waits, and goes on by itself. */

// DEFENCE src/processes/start-waiting.ts
// - if (!(error instanceof FoobotError) || error.code !== 'disk-trouble') throw error
// + throw error

// DEFENCE src/engine/group.ts
// - await this.#store.prove()

// DEFENCE src/runner/runner.ts
// - for (const envelope of unrecorded) if (this.#late.has(envelope)) this.#send({ type: 'receipts', envelope })

let company: TroubledCompany
beforeAll(async () => {
  company = await TroubledCompany.open()
})
afterAll(() => company?.end())
afterEach(() => {
  company.free('server')
  company.setClock(0)
})

const done = { code: 0 }
const day = 86_400_000

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

it('at the server: what runs comes to its end, and its receipt is recorded once there is room', async () => {
  const at = await company.begin('longer')
  company.fill('server')
  await company.says(/^log: .*cannot be written: the disk is full/)
  at.end()
  await expect.poll(() => company.saidBy('server'), { timeout: 30_000 }).toContain('something is wrong with a runner')
  company.free('server')
  await company.well()
  expect(await soon(at.said)).toMatchObject({ ...done, stdout: expect.stringContaining('lingered longer') })
  expect(await company.say('mark later')).toMatchObject(done)
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
  expect(await soon(at.said)).toMatchObject({ ...done, stdout: expect.stringContaining('lingered both') })
  await company.kill('runner')
  company.start('runner')
  await company.well()
  expect(await company.say('mark last')).toMatchObject(done)
  expect(company.marked.filter((name) => name.endsWith('.twice'))).toEqual([])
})
