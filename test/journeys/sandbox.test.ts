import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { dayAt, endOfDay, writtenDay } from 'foobot'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Company, startCompany } from './company.ts'

/** A day so many days ahead, as the company writes it, and when it is over there. */
const inDays = (days: number) => {
  const day = dayAt(new Date(Date.now() + days * 86_400_000), 'America/Denver')
  return { written: writtenDay(day, 'month-first'), over: endOfDay(day, 'America/Denver').toISOString() }
}
const [next, later] = [inDays(30), inDays(60)]

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
    const { code, stdout } = await company.say('steve', 'support', `Foobot extend trial AcmeOps ${next.written}`)
    expect(stdout).toContain(`AcmeOps is all good through ${next.written}`)
    expect(code).toBe(0)
    expect(trialEnds()).toBe(next.over)
  })

  it('are nobody else’s', async () => {
    const { code, stdout } = await company.say('fiona', 'everyone', `Foobot extend trial AcmeOps ${later.written}`)
    expect(code).toBe(4)
    expect(stdout).toContain('it is not yours here')
    expect(trialEnds()).toBe(next.over)
  })

  it('are found where they listen after a restart, with what was done', async () => {
    await company.stop()
    expect(company.printed()).not.toContain('starting it again')
    company = await startCompany({ data })
    const { code, stdout } = await company.say('steve', 'support', `Foobot extend trial AcmeOps ${later.written}`)
    expect(stdout).toContain(`AcmeOps is all good through ${later.written}`)
    expect(code).toBe(0)
    expect(trialEnds()).toBe(later.over)
  })
})
