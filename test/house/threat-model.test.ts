import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { partiesOf } from '../../src/core/policy/parties.ts'
import { companyWith } from '../../src/core/policy/small-company.fixture.ts'
import { root } from './sources.ts'

const page = readFileSync(`${root}docs/threat-model.md`, 'utf8')
const table = /## One party taken over[\s\S]*?(?=\n## )/.exec(page)?.[0] ?? ''
const rows = [...table.matchAll(/^\| (?!party|---)(.*) \|$/gm)].map(([, row = '']) => row.split(' | '))

describe('docs/threat-model.md', () => {
  it('says of each party what it can, cannot, why, and which test shows it', () => {
    expect(rows.length).toBeGreaterThan(10)
    expect(rows.filter((row) => row.length !== 5 || row.some((cell) => cell.trim() === ''))).toEqual([])
  })

  it('names tests that are there, at least one a row', () => {
    const tests = rows.map(([party = '', , , , shown = '']) => ({
      party,
      files: [...shown.matchAll(/`([^`]+)`/g)].map(([, file = '']) => file),
    }))
    expect(tests.filter(({ files }) => files.length === 0)).toEqual([])
    const gone = tests.flatMap(({ files }) =>
      files.filter((file) => !/\.test\.ts$/.test(file) || !existsSync(root + file)),
    )
    expect(gone).toEqual([])
  })

  it('has a row for each party that the check of a company knows', () => {
    const desks = new Map([
      ['https://desk.acme.example', { tier: 'dangerous' as const, files: new Map<string, string>() }],
    ])
    const parties = partiesOf(companyWith('', { desks })).map(({ name }) =>
      name.replace(/^the desk .*/, 'a desk').replace(/^the runner .*/, 'a runner'),
    )
    const named = rows.map(([party = '']) => party.replaceAll('`', ''))
    expect(parties.filter((party) => !named.some((name) => name.startsWith(party)))).toEqual([])
  })
})
