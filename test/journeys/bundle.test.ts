import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Company, startCompany } from './company.ts'

/** Rules change in one way only, and then at once, while everything runs. */
describe('a change of the company’s folder', () => {
  let company: Company
  beforeAll(async () => {
    company = await startCompany()
  })
  afterAll(() => company?.stop())

  const fionaLooks = () => company.say('fiona', 'devs', 'Foobot git status')

  const bundle = async (...args: readonly string[]): Promise<string> => {
    const { code, stdout, stderr } = await company.foobot('bundle', ...args, '--data', company.data)
    expect(stderr).toBe('')
    expect(code).toBe(0)
    return stdout
  }

  it('does nothing before it is signed and activated, and counts at once after it', async () => {
    expect((await fionaLooks()).code).toBe(4)

    const groups = join(company.data, 'company', 'groups.yaml')
    writeFileSync(groups, readFileSync(groups, 'utf8').replace('Devs: [jhand]', 'Devs: [jhand, fiona]'))
    expect((await fionaLooks()).code).toBe(4)

    expect(await bundle('propose')).toContain('groups\n  + Devs: fiona\n')
    const administrator = join(company.data, 'keys', 'mansel-administrator')
    const unsigned = await company.foobot('bundle', 'activate', '--data', company.data)
    expect(unsigned.code).not.toBe(0)
    expect(unsigned.stderr).toContain('0 of the 1 administrators')
    expect(await bundle('sign', '--yes', '--key', administrator)).toContain('signed by 1 of 1 administrators')
    expect((await fionaLooks()).code).toBe(4)

    expect(await bundle('activate')).toContain('Version 2 is in')
    await expect.poll(async () => (await fionaLooks()).code, { timeout: 15_000, interval: 500 }).toBe(0)
    expect(JSON.parse(await bundle('show', '--json'))).toMatchObject({
      version: 2,
      signed: ['mansel'],
      changes: expect.arrayContaining([{ part: 'groups', label: 'Devs: fiona', after: '' }]),
    })
  })

  it('is refused from a key that is no administrator’s', async () => {
    await bundle('propose')
    const fiona = join(company.data, 'keys', 'fiona')
    const refused = await company.foobot('bundle', 'sign', '--yes', '--key', fiona, '--data', company.data)
    expect(refused.code).not.toBe(0)
    expect(refused.stderr).toMatch(/^foobot: None of the keys at hand is an administrator's \(mansel\)/)
  })
})
