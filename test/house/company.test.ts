import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { readCompany } from '../../src/config/company.ts'
import { policyOf } from '../../src/core/policy/decide.ts'
import { tierRule } from '../../src/core/policy/tiers.ts'
import { tiers } from '../../src/core/tier.ts'
import { root } from './sources.ts'

const page = readFileSync(`${root}docs/company.md`, 'utf8')
const blocks = [...page.matchAll(/^## `([^`]+)`\n\n```\w+\n([\s\S]*?)^```$/gm)]
const files = new Map(blocks.map(([, path = '', text = '']) => [path, Buffer.from(text)]))
files.set('pictures/bianca.png', readFileSync(`${root}examples/acme/pictures/bianca.png`))

const push = (branch: string, requester = 'jhand', room = 'devs') => ({
  requester,
  command: 'push',
  args: {},
  resource: { type: 'WorkingCopy', id: 'devs', facts: { branch } },
  room,
  platform: 'native',
})

describe('the company of docs/company.md', () => {
  const company = readCompany(files)

  it('is read without a complaint', () => {
    expect([...company.people.keys()].sort()).toEqual(['bianca', 'jhand', 'mansel'])
    expect(company.root.threshold).toBe(2)
  })

  it('decides as the page says', () => {
    const listed = company.commands[0]
    if (!listed) throw new Error('the page lists a command')
    const policy = policyOf({ company })
    expect(policy.decide(push('main'), listed).outcome).toBe('allow')
    expect(policy.decide(push('release'), listed)).toMatchObject({
      outcome: 'owes',
      owes: [{ kind: 'approval', group: 'Ops' }],
    })
    expect(policy.decide(push('main', 'mansel'), listed).outcome).toBe('deny')
    expect(policy.decide(push('main', 'jhand', 'everyone'), listed).outcome).toBe('deny')
  })

  it('shows the tiers as they are', () => {
    const lives = [...page.matchAll(/^\| `(\w+)` \| (?:anybody|a person)[^|]*\|[^|]*\| (\d+) min \|$/gm)].map(
      ([, tier, life]) => [tier, Number(life)],
    )
    expect(lives).toEqual(tiers.map((tier) => [tier, tierRule(tier, { tiers: new Map() }).life / 60]))
  })
})
