import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { policyOf } from '#core/policy/decide.ts'
import type { Requirement } from '#core/policy/decision.ts'
import { lint } from '#core/policy/lint.ts'
import { bundleOf, commandOf, companyWith, question } from '#core/policy/small-company.fixture.ts'

const value = z.union([z.string(), z.number(), z.boolean(), z.array(z.string())])

const asks = z.strictObject({
  requester: z.exactOptional(z.string()),
  args: z.exactOptional(z.record(z.string(), value)),
  room: z.exactOptional(z.string()),
  platform: z.exactOptional(z.string()),
  resource: z.exactOptional(
    z.strictObject({ type: z.string(), id: z.string(), facts: z.record(z.string(), value).default({}) }),
  ),
})

const file = z.strictObject({
  policies: z.string(),
  asks,
  cases: z
    .array(
      z.strictObject({
        command: z.string(),
        asks: asks.default({}),
        /** Each label is a case of its own; `none` is no label. */
        owners: z.array(z.string()).min(1),
        outcome: z.enum(['allow', 'owes', 'deny']),
        owes: z.exactOptional(z.array(z.string())),
        why: z.exactOptional(z.string()),
        because: z.exactOptional(z.array(z.string())),
      }),
    )
    .min(1),
})

const here = new URL('.', import.meta.url)
const names = readdirSync(here).filter((name) => name.endsWith('.yaml'))
const files = names.map((name) => ({ name, ...file.parse(parse(readFileSync(new URL(name, here), 'utf8'))) }))

const inWords = (owed: Requirement): string => {
  switch (owed.kind) {
    case 'reason':
      return `reason (${owed.because})`
    case 'approval':
      return `${owed.count} of ${owed.group} ${owed.key} (${owed.because})`
    default:
      return `${owed.kind} ${owed.key} (${owed.because})`
  }
}

describe.each(files)('$name', ({ policies, asks: common, cases }) => {
  const company = companyWith(policies)
  const policy = policyOf(bundleOf(company))

  test('its policies are such that a bundle may hold them', () => {
    expect(lint(company).filter(({ weight }) => weight === 'refused')).toEqual([])
  })

  const each = cases.flatMap((one) => one.owners.map((owner) => ({ ...one, owner })))
  test.each(each)('$command by $asks.requester, owner $owner: $outcome', (one) => {
    const said = { ...common, ...one.asks }
    const { requester: _nobody, ...asked } = question(one.command, said)
    const target = said.resource ?? { type: 'Server', id: 'svr-1827', facts: {} }
    const decision = policy.decide(
      {
        ...asked,
        ...(said.requester !== undefined && { requester: said.requester }),
        resource: { ...target, ...(one.owner !== 'none' && { owner: one.owner }) },
      },
      commandOf(company, one.command),
    )
    expect({
      outcome: decision.outcome,
      ...(one.owes && { owes: decision.outcome === 'owes' ? decision.owes.map(inWords) : [] }),
      ...(one.why !== undefined && { why: decision.outcome === 'deny' ? decision.why : '' }),
      ...(one.because && { because: decision.because }),
    }).toEqual({
      outcome: one.outcome,
      ...(one.owes && { owes: one.owes }),
      ...(one.why !== undefined && { why: one.why }),
      ...(one.because && { because: one.because }),
    })
  })
})

test('every resource type is tried with every owner and with none', () => {
  const labels = ['none', 'unlisted', ...companyWith('').owners.keys()]
  const tried = files.flatMap(({ asks: common, cases }) =>
    cases.flatMap((one) =>
      one.owners.map((owner) => `${one.asks.resource?.type ?? common.resource?.type ?? 'Server'} ${owner}`),
    ),
  )
  const types = new Set(tried.map((one) => one.split(' ')[0]))
  const expected = [...types].flatMap((type) => labels.map((label) => `${type} ${label}`))
  expect([...new Set(tried)].sort()).toEqual(expected.sort())
})
