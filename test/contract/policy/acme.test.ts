import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { z } from 'zod'
import { bundleVersions, readBundle } from '#config/bundle-folder.ts'
import { readCompany } from '#config/company.ts'
import type { Company } from '#core/bundle/company.ts'
import { check } from '#core/policy/check.ts'
import { type ToldPolicy, toldPolicyOf } from '#core/policy/told.ts'
import { administratorOf, makeExample } from '#processes/example.ts'
import { signBundle } from '#processes/sign-bundle.ts'

const cases = z.array(
  z.strictObject({
    asks: z.exactOptional(z.string()),
    command: z.string(),
    /** The system's own label. */
    owner: z.exactOptional(z.string()),
    outcome: z.enum(['allow', 'owes', 'deny']),
    /** What is owed, with the group that owes it. */
    owes: z.exactOptional(z.array(z.string())),
    because: z.array(z.string()),
  }),
)

const here = new URL('acme/', import.meta.url)
const files = readdirSync(here).map((name) => ({
  name,
  cases: cases.parse(parse(readFileSync(new URL(name, here), 'utf8'))),
}))

let folder: string
let company: Company
let policy: ToldPolicy

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'foobot-acme-'))
  const data = join(folder, 'data')
  await makeExample(data)
  await signBundle(data, Date.now(), administratorOf(data))
  company = readCompany(readBundle(data, bundleVersions(data).at(-1) ?? 0).files)
  policy = toldPolicyOf({ company })
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('passes its own policy check, with the soft spots that it accepts', () => {
  const { complaints, notes, softSpots, passed } = check(company)
  expect({ complaints, passed }).toEqual({ complaints: [], passed: true })
  // A critical command takes keys that ask for a finger or face, and demo keys are files: nobody has one yet.
  expect(notes.filter((note) => !note.includes('"acl add"'))).toEqual([
    'jhand cannot run "deploy" on what web owns: too few could give approvals of 1 in Devs.',
  ])
  expect(softSpots.map(({ name }) => name)).toContain('one administrator')
})

describe.each(files)('$name', (file) => {
  test.each(file.cases)('$command by $asks: $outcome', ({ asks, command, owner, outcome, owes, because }) => {
    const listed = company.commands.find(({ manifest }) => manifest.command === command)
    expect(listed).toBeDefined()
    if (!listed) return
    const owned = owner === undefined ? {} : { owner }
    const resource = { type: 'Target', id: 'one', ...owned, facts: { branch: 'master', remote: 'origin' } }
    const question = { command, args: {}, resource, room: 'devs', platform: 'native' }
    const decision = policy.decide(asks === undefined ? question : { ...question, requester: asks }, listed)
    expect(decision).toMatchObject({ outcome, because })
    const owed = decision.outcome === 'owes' ? decision.owes : []
    expect(owed.map((one) => (one.kind === 'approval' ? `approval ${one.group}` : one.kind))).toEqual(owes ?? [])
    expect(policy.mayEver(asks).has(command)).toBe(outcome !== 'deny')
  })
})

test('every command is tried by somebody who may', () => {
  const tried = files.flatMap(({ cases }) =>
    cases.filter(({ outcome }) => outcome !== 'deny').map(({ command }) => command),
  )
  expect([...new Set(tried)].sort()).toEqual(company.commands.map(({ manifest }) => manifest.command).sort())
})
