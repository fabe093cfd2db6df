import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Company, startCompany } from './company.ts'

/** Support's conversation of the slides, against the real processes: server, runners and the stand-ins of their systems. */
describe('the systems of the example company', () => {
  const folder = mkdtempSync(join(tmpdir(), 'foobot-sandbox-'))
  const data = join(folder, 'data')
  let company: Company
  beforeAll(async () => {
    company = await startCompany({ data })
  })
  afterAll(async () => {
    await company?.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  const trialEnds = (): unknown => {
    const database = new DatabaseSync(join(data, 'sandbox', 'billing', 'billing.sqlite'), {
      readOnly: true,
      timeout: 5000,
    })
    const row = database.prepare('SELECT trial_ends_at FROM subscriptions WHERE trial_ends_at IS NOT NULL').get()
    database.close()
    return row?.trial_ends_at
  }

  it('are acted on in the room', async () => {
    const { code, stdout } = await company.say('steve', 'support', 'Foobot extend trial AcmeOps 05/31/35')
    expect(stdout).toContain('AcmeOps is all good through 05/31/35')
    expect(code).toBe(0)
    expect(trialEnds()).toBe('2035-06-01T06:00:00.000Z')
  })

  it('are nobody else’s', async () => {
    const { code, stdout } = await company.say('fiona', 'everyone', 'Foobot extend trial AcmeOps 06/30/35')
    expect(code).toBe(4)
    expect(stdout).toContain('it is not yours here')
    expect(trialEnds()).toBe('2035-06-01T06:00:00.000Z')
  })

  it('are found where they listen after a restart, with what was done', async () => {
    await company.stop()
    expect(company.printed()).not.toContain('starting it again')
    company = await startCompany({ data })
    const { code, stdout } = await company.say('steve', 'support', 'Foobot extend trial AcmeOps 06/30/35')
    expect(stdout).toContain('AcmeOps is all good through 06/30/35')
    expect(code).toBe(0)
    expect(trialEnds()).toBe('2035-07-01T06:00:00.000Z')
  })
})
