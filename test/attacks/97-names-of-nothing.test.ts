import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { findSigners } from '#client/find-signer.ts'
import { makeKeyFile } from '#client/make-key.ts'
import { signEnvelope } from '#client/signer.ts'
import { bundleVersions, toPack } from '#config/bundle-folder.ts'
import { bundleKind, draftBundle } from '#core/bundle/bundle.ts'
import { policyOf } from '#core/policy/decide.ts'
import { bundleOf, commands, companyWith, listed, question } from '#core/policy/small-company.fixture.ts'
import { parseKey } from '#core/signature/key.ts'
import { sealEnvelope } from '#core/statement/envelope.ts'
import { checkPapers, checkWorld } from '#core/warrant/verify.ts'
import * as f from '#core/warrant/warrant.fixture.ts'
import { Claims } from '#runner/claims.ts'
import { HeldBundle } from '#runner/held-bundle.ts'
import { activate } from '../../src/cli/bundle/activate.ts'
import { propose } from '../../src/cli/bundle/propose.ts'
import { signProposal } from '../../src/cli/bundle/sign.ts'
import { testBot } from '../../src/testing.ts'
import { CanaryCompany } from './canary-company.fixture.ts'
import { folder, now } from './company-folder.fixture.ts'

/** A rule that guards something has a slip of the pen in it, so that it guards nothing, and everybody signs it. */

// DEFENCE src/core/policy/decide.ts
// - const faultOf = firstFaults(faulty)
// + const faultOf = firstFaults([])

// DEFENCE src/cli/bundle/propose.ts
// - const softSpots = checkedPolicy(company)
// + const softSpots: string[] = []

// DEFENCE src/cli/bundle/sign.ts
// - const softSpots = checkedPolicy(draft.company)
// + const softSpots: string[] = []

// DEFENCE src/cli/bundle/activate.ts
// - const softSpots = checkedPolicy(company)
// + const softSpots: string[] = []

// DEFENCE src/core/policy/decide.ts
// - if (actions === 'every' || (rule.effect === 'forbid' && !isOfOurs)) return every
// + if (actions === 'every') return every

// DEFENCE src/engine/engine.ts
// - ['saying which rules are faulty', faultyRules(way)],

// DEFENCE src/runner/held-bundle.ts
// - if (text !== undefined) this.#trusting.log.error({ rules }, text)

// DEFENCE src/processes/sign-bundle.ts
// - look(readCompany(files))

const rebuild = (change: object = {}) => ({
  runner: 'delivery',
  tier: 'dangerous',
  manifest: {
    plugin: 'servers',
    command: 'rebuild',
    template: 'rebuild <server:word> to <role:web|db> [<who:person>] [<team:group>]',
    summary: 'Rebuild a server',
    tier: 'dangerous',
    inspects: true,
    exclusive: true,
    cancellable: false,
    timeLimit: 60,
    ...change,
  },
})
const status = rebuild({ plugin: 'git', command: 'status', template: 'status', tier: 'member', inspects: false })

/** Each kind of name, with one misspelt: a rule, what is told of it, and what is probably meant. */
const slips: readonly [kind: string, rule: string, name: string, meant?: string][] = [
  ['a command', 'forbid (principal, action == Action::"rebiuld", resource);', 'Action::"rebiuld"', 'Action::"rebuild"'],
  [
    'a command among others',
    'forbid (principal, action in [Action::"rebuild", Action::"statsu"], resource);',
    'Action::"statsu"',
    'Action::"status"',
  ],
  [
    'a command in a condition',
    'forbid (principal, action, resource) when { action == Action::"Rebuild" };',
    'Action::"Rebuild"',
    'Action::"rebuild"',
  ],
  [
    'what is a command',
    'forbid (principal, action, resource) when { action == Acton::"rebuild" };',
    'the type Acton',
    'the type Action',
  ],
  ['a group', 'forbid (principal in Group::"Opps", action, resource);', 'Group::"Opps"', 'Group::"Ops"'],
  [
    'a group in a condition',
    'forbid (principal, action, resource) unless { principal in [Group::"Ops", Group::"Backnd"] };',
    'Group::"Backnd"',
    'Group::"Backend"',
  ],
  [
    'a group that approves',
    '@owes("approval Bakcend 2") forbid (principal, action == Action::"rebuild", resource);',
    'Group::"Bakcend"',
    'Group::"Backend"',
  ],
  ['a person', 'forbid (principal == Person::"bbo", action, resource);', 'Person::"bbo"', 'Person::"bob"'],
  [
    'a person in a condition',
    'forbid (principal, action, resource) when { principal == Person::"evee" };',
    'Person::"evee"',
    'Person::"eve"',
  ],
  [
    'what is a group',
    'forbid (principal, action, resource) when { principal in Gruop::"Ops" || context.room == "ops" };',
    'the type Gruop',
    'the type Group',
  ],
  ['what is a person', 'forbid (principal is Persom, action, resource);', 'the type Persom', 'the type Person'],
  [
    'a room',
    'forbid (principal, action, resource) when { context.room == "opss" };',
    'the room "opss"',
    'the room "ops"',
  ],
  [
    'a room in a list',
    'forbid (principal, action, resource) unless { ["ops", "everyone"].contains(context.room) };',
    'the room "everyone"',
  ],
  ['rooms', 'forbid (principal, action, resource) when { context.room like "incident-*" };', 'the room "incident-*"'],
  [
    'a platform',
    'forbid (principal, action, resource) when { context.platform == "slakc" };',
    'the platform "slakc"',
    'the platform "slack"',
  ],
  [
    'an attribute of the context',
    'forbid (principal, action, resource) when { context has rom && context.rom == "ops" };',
    'context.rom',
    'context.room',
  ],
  [
    'an attribute of a person',
    'forbid (principal, action, resource) when { principal has department || context.room == "ops" };',
    'principal.department',
  ],
  [
    'an attribute of the target',
    'forbid (principal, action, resource) when { resource has ownr || context.room == "ops" };',
    'resource.ownr',
    'resource.owner',
  ],
  [
    'an argument',
    'forbid (principal, action, resource) when { context.args has roel && context.args.roel == "db" };',
    'the argument context.args.roel',
    'the argument context.args.role',
  ],
  [
    'a value of an argument',
    'forbid (principal, action == Action::"rebuild", resource) when { context.args.role == "dbs" };',
    'the value "dbs" of context.args.role',
    'the value "db" of context.args.role',
  ],
  [
    'a person who is an argument',
    'forbid (principal, action == Action::"rebuild", resource) when { context.args has who && context.args.who == "evee" };',
    'the value "evee" of context.args.who',
    'the value "eve" of context.args.who',
  ],
  [
    'a group that is an argument',
    'forbid (principal, action == Action::"rebuild", resource) when { context.args has team && context.args.team == "Opps" };',
    'the value "Opps" of context.args.team',
    'the value "Ops" of context.args.team',
  ],
  [
    'a room, through a record',
    'forbid (principal, action, resource) when { {a: context.room}.a == "opss" };',
    'the room "opss"',
    'the room "ops"',
  ],
  [
    'a room, in a record',
    'forbid (principal, action, resource) when { {a: context.room} == {a: "opss"} };',
    'the room "opss"',
    'the room "ops"',
  ],
  [
    'a room, in one branch',
    'forbid (principal, action, resource) when { (if resource has owner then context.room else "none") == "opss" };',
    'the room "opss"',
    'the room "ops"',
  ],
  [
    'a room, as a pattern for one branch',
    'forbid (principal, action, resource) when { (if resource has owner then context.room else "none") like "opss*" };',
    'the room "opss*"',
  ],
  [
    'a room, in the whole context',
    'forbid (principal, action == Action::"status", resource) when { context == {room: "opss", platform: "native", args: {}} };',
    'the room "opss"',
    'the room "ops"',
  ],
  [
    'an argument, through a record',
    'forbid (principal, action == Action::"rebuild", resource) when { {a: context.args}.a has roel };',
    'the argument context.args.roel',
    'the argument context.args.role',
  ],
  [
    'an argument, in a record',
    'forbid (principal, action == Action::"rebuild", resource) when { context.args == {server: "a", roel: "db"} };',
    'the argument context.args.roel',
    'the argument context.args.role',
  ],
  [
    'an argument, in a branch of a branch',
    'forbid (principal, action == Action::"rebuild", resource) when { (if context.args has who then (if context.args has team then context.args.who else "x") else "y") == "evee" };',
    'the value "evee" of context.args.who',
    'the value "eve" of context.args.who',
  ],
  [
    'what a person is',
    'forbid (principal == Group::"Ops", action == Action::"rebuild", resource);',
    'the type Group for who asks',
  ],
  [
    'what a person is, in a condition',
    'forbid (principal, action, resource) when { [Group::"Ops", Group::"Backend"].contains(principal) };',
    'the type Group for who asks',
  ],
  [
    'what a person is in',
    'forbid (principal in Action::"rebuild", action == Action::"rebuild", resource);',
    'the type Action for what a person is in',
  ],
  [
    'an owner',
    'forbid (principal, action == Action::"rebuild", resource) when { resource has owner && resource.owner == Group::"Ops" };',
    'Group::"Ops" as an owner',
  ],
  [
    'the system of a command',
    'forbid (principal, action == Action::"status", resource == System::"gti");',
    'System::"gti"',
    'System::"git"',
  ],
  [
    'what the system of a command is',
    'forbid (principal, action == Action::"status", resource is Sytsem);',
    'the type Sytsem of a target',
    'the type System of a target',
  ],
  [
    'a fact where there is none',
    'forbid (principal, action == Action::"status", resource) when { resource.facts has branch && resource.facts.branch == "main" };',
    'the fact resource.facts.branch',
  ],
]

let home = ''
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'foobot-attack-97-'))
})
afterEach(() => rmSync(home, { recursive: true }))

/** A company's folder with one administrator, and these rules. */
const write = (...rules: readonly string[]) => {
  const key = parseKey(makeKeyFile(join(home, 'ann'), 'ann'))
  const root = { threshold: 1, administrators: [{ person: 'ann', key }] }
  const files = folder(
    {
      'commands.json': JSON.stringify([rebuild(), status]),
      'plugins.json': JSON.stringify([
        { plugin: 'git', code: ['a'.repeat(64)] },
        { plugin: 'servers', code: ['b'.repeat(64)] },
      ]),
      'policy/ops.cedar': rules.join('\n'),
    },
    root,
  )
  const place = { config: join(home, 'company'), data: join(home, 'data') }
  const server = `deployment: acme\nroot:\n  threshold: 1\n  administrators: [{ person: ann, key: ${key} }]\n`
  for (const [path, bytes] of [...files].map(([path, bytes]) => [join('company', path), bytes] as const)) {
    mkdirSync(dirname(join(home, path)), { recursive: true })
    writeFileSync(join(home, path), bytes)
  }
  mkdirSync(join(place.data, 'server'), { recursive: true })
  writeFileSync(join(place.data, 'server/server.yaml'), server)
  return { place, files, root }
}
type Written = ReturnType<typeof write>

const proposes = ({ place }: Written) =>
  propose({ ...place, runners: [], days: 30, now, declaredBy: async () => new Map() })

const signers = (data: string) => findSigners({ person: 'ann', keyFile: join(home, 'ann'), data })

const signs = async ({ place }: Written): Promise<string> => {
  const printed: string[] = []
  await signProposal({
    ...place,
    signers: () => signers(place.data),
    codesHere: async () => [],
    print: (...lines) => printed.push(...lines),
    ask: async () => 'yes',
  })
  return printed.join('\n')
}

/** What other tools than ours would have made of it, without a look at the rules. */
const otherTools = async ({ place, files }: Written, isSigned: boolean) => {
  const body = draftBundle(files, { deployment: 'acme', version: 1, iat: now, exp: now + 86_400 })
  const [signer] = await signers(place.data)
  const envelope = isSigned ? await signEnvelope(signer, bundleKind, body) : sealEnvelope(bundleKind, body, [])
  writeFileSync(join(place.config, 'bundle.json'), JSON.stringify(envelope))
  return { envelope, files }
}

const permit = 'permit (principal, action, resource);'

it('rules whose names all exist are proposed, signed and activated, and what is soft is shown', async () => {
  const written = write(
    permit,
    'forbid (principal in Group::"Ops", action == Action::"rebuild", resource is Server) when { context.args.role == "db" && context.room like "o*" };',
    'forbid (principal, action, resource) when { resource has owner && resource.owner == Group::"Backend" };',
    '@owes("approval Ops 2") forbid (principal == Person::"bob", action, resource) when { context.platform == "slack" };',
  )
  const soft = /one administrator \(not accepted in company\.yaml\): One administrator alone can sign a bundle/
  expect((await proposes(written)).join('\n')).toMatch(soft)
  expect(await signs(written)).toMatch(soft)
  expect(activate(written.place, now).join('\n')).toMatch(soft)
  expect(bundleVersions(written.place.data)).toEqual([1])
})

describe.each(slips)('%s is misspelt', (_, rule, name, meant) => {
  const told = {
    code: 'policy-refused',
    say: expect.stringMatching(/^policy\/ops\.cedar#2: It names /),
  }
  const sentence = `policy/ops.cedar#2: It names ${name}`

  it('nobody proposes it, and it is told what is probably meant', async () => {
    const proposing = proposes(write(permit, rule))
    await expect(proposing).rejects.toMatchObject(told)
    await expect(proposing).rejects.toThrow(sentence)
    await expect(proposing).rejects.toThrow(meant === undefined ? sentence : `did you mean ${meant}?`)
  })

  it('nobody signs it', async () => {
    const written = write(permit, rule)
    await otherTools(written, false)
    await expect(signs(written)).rejects.toMatchObject(told)
  })

  it('nobody activates it', async () => {
    const written = write(permit, rule)
    await otherTools(written, true)
    expect(() => activate(written.place, now)).toThrow(sentence)
    expect(bundleVersions(written.place.data)).toEqual([])
  })

  it('a runner that is handed it says so, and refuses what the rule could match', async () => {
    const written = write(permit, rule)
    const offer = await otherTools(written, true)
    const claims = await Claims.open(join(home, 'runner'), now, () => '0'.repeat(32))
    const errors: string[] = []
    const log = { info: () => undefined, warn: () => undefined, error: (_: object, text: string) => errors.push(text) }
    const trust = { deployment: 'acme', root: written.root, lowest: 1, folder: join(home, 'runner') }
    const held = new HeldBundle({ ...trust, claims, log })
    held.take(toPack(offer), now)
    await claims.close()
    expect(errors).toEqual([expect.stringMatching(/^A rule of bundle 1 names something that does not exist \(policy/)])
    const policy = held.inForce?.policy
    const guarded = /Action::"status"|gti|Sytsem|branch/.test(rule) ? status : rebuild()
    const { command } = guarded.manifest
    const asked = {
      ...question(command, { requester: 'ann', room: 'ops', platform: 'native' }),
      args: { role: 'db', server: 'a' },
    }
    const decision = policy?.decide(asked, guarded as never)
    expect(decision).toMatchObject({
      outcome: 'deny',
      why: expect.stringContaining(sentence),
      say: expect.stringContaining('Ask an administrator'),
    })
  })
})

it('neither `npm start` nor a test of a plugin signs such a rule', async () => {
  const starting = testBot({
    plugin: join(import.meta.dirname, 'plugins/beacon'),
    config: { canary: join(home, 'canary'), secret: { file: join(home, 'ann') } },
    people: { jhand: ['Devs'] },
    policy: `${permit} forbid (principal in Group::"Dvs", action, resource);`,
  })
  await expect(starting).rejects.toMatchObject({
    code: 'policy-refused',
    say: expect.stringContaining('It names Group::"Dvs", which does not exist: did you mean Group::"Devs"?'),
  })
})

describe('a rule for a command that does not exist', () => {
  const deciding = (rule: string) => {
    const company = companyWith(`${permit} ${rule}`, { commands: [...commands, listed('pull', 'member')] })
    const policy = policyOf(bundleOf(company))
    const outcomeOf = (listed: (typeof company.commands)[number]) =>
      policy.decide(question(listed.manifest.command), listed).outcome === 'deny' ? [listed.manifest.command] : []
    return company.commands.flatMap(outcomeOf)
  }
  const every = [...commands.map(({ manifest }) => manifest.command), 'pull']

  it('could mean any of them, so all are denied', () => {
    expect(deciding('forbid (principal, action == Action::"pussh", resource);')).toEqual(every)
    expect(deciding('forbid (principal, action in [Action::"pull", Action::"pussh"], resource);')).toEqual(every)
    expect(deciding('@owes("signature") forbid (principal, action == Action::"deploy all", resource);')).toEqual(every)
  })

  it('of another kind of action matches none, and is denied alike', () => {
    expect(deciding('forbid (principal, action == Ours::Action::"push", resource);')).toEqual(every)
  })

  it('takes nothing away where it only permits', () => {
    expect(deciding('permit (principal, action == Action::"pussh", resource);')).toEqual([])
    expect(deciding('permit (principal, action in [Action::"pussh", Action::"pull"], resource);')).toEqual(['pull'])
  })
})

describe('at the running system, under a bundle that was signed with other tools', () => {
  let company: CanaryCompany
  beforeAll(async () => {
    company = await CanaryCompany.open({
      policy: [
        'permit (principal in Group::"Devs", action in [Action::"note", Action::"pay"], resource);',
        'forbid (principal in Group::"Dvs", action == Action::"note", resource);',
      ],
      rooms: { security: { groups: ['Devs'] } },
    })
  })
  afterAll(() => company.end())

  it('what the rule could match is refused with a sentence, and all else goes on', async () => {
    const jhand = await company.dial('jhand')
    expect(await jhand.say('Foobot note it')).toMatchObject({
      state: 'refused',
      text: 'Nobody may say "note" at present: a rule about it names something that does not exist. Ask an administrator to run "foobot policy check".',
    })
    expect((await jhand.say('Foobot pay 10')).state).toBe('done')
    expect(company.sung).toEqual(['pay 10'])
    const eve = await company.dial('eve')
    expect((await eve.say('Foobot note it')).text).not.toContain('policy')
  })

  it('an alarm stands in the log, once, and the room of security is told', async () => {
    const sentence =
      /^A rule of bundle 1 names something that does not exist \(policy\/canary\.cedar#2\)\. Commands that it could match are refused/
    await expect.poll(async () => (await company.events()).filter(({ what }) => what === 'alarm').length).toBe(1)
    await new Promise((resolve) => setTimeout(resolve, 2500))
    const alarms = (await company.events()).filter(({ what }) => what === 'alarm')
    expect(alarms).toEqual([expect.objectContaining({ why: expect.stringMatching(sentence) })])
    const jhand = await company.dial('jhand')
    jhand.connection.join('security', 10)
    const told = (): readonly string[] =>
      jhand.frames.flatMap((frame) =>
        frame.type === 'joined' && frame.room === 'security' ? frame.history.map(({ text }) => text) : [],
      )
    await expect.poll(told).toEqual([expect.stringMatching(sentence)])
  })
})

it('a runner to which the server lies refuses an order that such a rule could match', async () => {
  const rule = 'forbid (principal in Group::"Contractrs", action == Action::"push", resource);'
  const push = f.order({ statement: { command: 'push', text: 'push' } })
  const commit = f.order()
  const facts = f.withPolicies(rule)
  await expect(checkWorld(checkPapers(commit, facts))).resolves.toBeUndefined()
  await expect(checkWorld(checkPapers(push, f.facts))).resolves.toBeUndefined()
  await expect(checkWorld(checkPapers(push, facts))).rejects.toMatchObject({
    step: 'may',
    message: expect.stringContaining('Group::"Contractrs"'),
  })
})
