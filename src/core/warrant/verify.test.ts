import { describe, expect, it } from 'vitest'
import type { Company } from '#core/bundle/company.ts'
import { keyRemoveKind } from '#core/bundle/key-change.ts'
import { KeyChanges } from '#core/bundle/key-changes.ts'
import { takeKeyChange } from '#core/bundle/take-key-change.ts'
import { type AttestedConsent, attestedConsentKind } from '#core/consent/consent.ts'
import { keys, services } from '#core/consent/people.fixture.ts'
import { leafHash } from '#core/log/hash.ts'
import { policyOf } from '#core/policy/decide.ts'
import { signedBy } from '#core/signature/signer.fixture.ts'
import type { Envelope } from '#core/statement/fields.ts'
import { statementKind } from '#core/statement/statement.ts'
import { type Case, type Facts, type Order, type Step, WarrantRefusal } from './case.ts'
import { checkConsentsAgain, checkPapers, checkWorld, open, paperSteps, worldSteps } from './verify.ts'
import * as f from './warrant.fixture.ts'
import { warrantKind } from './warrant.ts'

const leaf = (text: string): Uint8Array => leafHash(Buffer.from(text))

/** Other rules of the company, and what follows from them. */
const withCompany = (change: Partial<Company>): Facts => {
  const bundle = { ...f.bundle, company: { ...f.company, ...change } }
  return { ...f.facts, bundle, policy: policyOf(bundle) }
}

/** As if nothing were owed: only the check of each consent by itself can still refuse. */
const owesNothing: Facts = {
  ...f.facts,
  policy: { ...f.facts.policy, decide: () => ({ outcome: 'allow', because: [] }) },
}

const removal = signedBy(
  keyRemoveKind,
  { v: 2, deployment: 'acme', person: 'jhand', key: keys.jhand.key, iat: f.now },
  keys.passkey,
)

const attested = (digest: string, change: Partial<AttestedConsent> = {}): Envelope =>
  signedBy(
    attestedConsentKind,
    {
      v: 2,
      deployment: 'acme',
      statement: digest,
      person: 'jhand',
      as: 'requester',
      iat: f.now,
      method: 'totp',
      account: { platform: 'native', tenant: 'acme', id: 'jhand' },
      linked: 0,
      message: 'm2',
      ...change,
    },
    services.totp,
  )

/** For each step of the list, warrants that it alone catches. */
const forgeries: readonly { step: string; what: string; order: Order; facts?: Facts }[] = [
  { step: 'addressee', what: 'another deployment', order: f.order({ statement: { deployment: 'other' } }) },
  { step: 'addressee', what: 'a warrant for another runner', order: f.order({ warrant: { runner: 'business' } }) },
  { step: 'bundle', what: 'an older bundle', order: f.order({ statement: { bundle: 2 } }) },
  {
    step: 'bundle',
    what: 'another bundle of the same version',
    order: f.order({ warrant: { bundle: { version: 3, digest: 'c'.repeat(64) } } }),
  },
  {
    step: 'bundle',
    what: 'an expired bundle',
    order: f.order(),
    facts: { ...f.facts, bundle: { ...f.bundle, exp: f.now } },
  },
  {
    step: 'bundle',
    what: 'a sensitive command under a bundle of 90 days ago',
    order: f.order({ statement: f.ofTier.sensitive, consents: (digest) => [f.yes(digest)] }),
    facts: { ...f.facts, bundle: { ...f.bundle, iat: f.now - 90 * 86_400 } },
  },
  { step: 'sealed', what: 'a checkpoint by another key', order: f.order({ signer: f.strangerPair }) },
  { step: 'sealed', what: 'another leaf of the log', order: f.order({ before: [leaf('a')], order: { index: 0 } }) },
  {
    step: 'sealed',
    what: 'a log smaller than the one seen',
    order: f.order(),
    facts: { ...f.facts, last: { size: 2, root: leaf('x') } },
  },
  {
    step: 'sealed',
    what: 'another log of the same size',
    order: f.order(),
    facts: { ...f.facts, last: { size: 1, root: leaf('x') } },
  },
  {
    step: 'sealed',
    what: 'a fork of the log',
    order: f.order({ before: [leaf('a')] }),
    facts: { ...f.facts, last: { size: 1, root: leaf('b') } },
  },
  {
    step: 'sealed',
    what: 'a tier that a witness must sign for',
    order: f.order(),
    facts: {
      ...f.facts,
      bundle: {
        ...f.bundle,
        company: { ...f.company, witnesses: new Map([['w', { key: f.logKey, tiers: ['member' as const] }]]) },
      },
    },
  },
  {
    step: 'time',
    what: 'a statement from the future',
    order: f.order({ statement: { iat: f.now + 31, exp: f.now + 60 } }),
  },
  { step: 'time', what: 'a warrant from the future', order: f.order({ warrant: { iat: f.now + 31 } }) },
  { step: 'time', what: 'an expired statement', order: f.order({ statement: { iat: f.now - 300, exp: f.now } }) },
  { step: 'time', what: 'a life of years', order: f.order({ statement: { exp: f.now + 301 } }) },
  { step: 'definition', what: 'another definition', order: f.order({ statement: { definition: 'e'.repeat(64) } }) },
  {
    step: 'definition',
    what: "a command of another runner's",
    order: f.order(),
    facts: {
      ...f.facts,
      bundle: {
        ...f.bundle,
        company: { ...f.company, commands: f.company.commands.map((c) => ({ ...c, runner: 'business' })) },
      },
    },
  },
  {
    step: 'definition',
    what: 'a manifest that the bundle does not list',
    order: f.order(),
    facts: {
      ...f.facts,
      loaded: (command) => {
        const loaded = f.facts.loaded(command)
        return loaded && { ...loaded, manifest: { ...loaded.manifest, exclusive: true } }
      },
    },
  },
  { step: 'definition', what: 'a lower tier', order: f.order({ statement: { tier: 'open' } }) },
  {
    step: 'text',
    what: 'a text that is not canonical',
    order: f.order({ statement: { text: 'commit -am "bug (5563) fixed"' } }),
  },
  {
    step: 'time',
    what: 'a consent from before the statement',
    order: f.order({
      statement: f.ofTier.sensitive,
      consents: (digest) => [f.yes(digest, keys.jhand, { iat: f.now - 31 })],
    }),
  },
  {
    step: 'time',
    what: 'a consent from the future',
    order: f.order({
      statement: f.ofTier.sensitive,
      consents: (digest) => [f.yes(digest, keys.jhand, { iat: f.now + 31 })],
    }),
  },
  {
    step: 'time',
    what: 'a consent from after the statement',
    order: f.order({
      statement: { ...f.ofTier.sensitive, iat: f.now - 280, exp: f.now + 1 },
      consents: (digest) => [f.yes(digest, keys.jhand, { iat: f.now + 2 })],
    }),
  },
  {
    step: 'consents',
    what: 'a consent to another statement',
    order: f.order({ consents: () => [f.yes('f'.repeat(64))] }),
  },
  {
    step: 'consents',
    what: 'a consent for another deployment',
    order: f.order({ consents: (digest) => [f.yes(digest, keys.jhand, { deployment: 'other' })] }),
  },
  {
    step: 'consents',
    what: 'a consent by a key that nobody lists',
    order: f.order({ consents: (digest) => [f.yes(digest, keys.stranger)] }),
  },
  {
    step: 'consents',
    what: 'a consent by a key of somebody else',
    order: f.order({ consents: (digest) => [f.yes(digest, keys.bianca)] }),
  },
  {
    step: 'consents',
    what: 'a consent with the signature of another',
    order: f.order({
      consents: (digest) => [
        { ...f.yes(digest), signatures: f.yes(digest, keys.jhand, { as: 'approver', group: 'Devs' }).signatures },
      ],
    }),
  },
  {
    step: 'consents',
    what: 'a consent by a key that was removed',
    order: f.order({ consents: (digest) => [f.yes(digest)] }),
    facts: { ...f.facts, keyChanges: takeKeyChange(KeyChanges.none, removal, f.bundle, f.now) },
  },
  {
    step: 'consents',
    what: 'a consent by too weak a key',
    order: f.order({ statement: f.ofTier.critical, consents: (digest) => [f.yes(digest)] }),
    facts: owesNothing,
  },
  {
    step: 'consents',
    what: 'a consent by a key weaker than the bundle asks',
    order: f.order({ consents: (digest) => [f.yes(digest, keys.passkey)] }),
    facts: withCompany({ limits: { tiers: new Map([['member', { key: 'hardware' }]]) } }),
  },
  {
    step: 'consents',
    what: 'an approval by who asked',
    order: f.order({
      consents: (digest) => [f.yes(digest, keys.jhand, { as: 'approver', group: 'Backend' })],
    }),
  },
  {
    step: 'consents',
    what: 'an approval by the agent',
    order: f.order({
      statement: { agent: 'bianca' },
      consents: (digest) => [f.yes(digest, keys.bianca, f.biancaSays)],
    }),
  },
  {
    step: 'consents',
    what: 'an approval for a group that the approver is not in',
    order: f.order({ consents: (digest) => [f.yes(digest, keys.bianca, { ...f.biancaSays, group: 'DBA' })] }),
  },
  {
    step: 'consents',
    what: 'a requester’s consent by somebody else',
    order: f.order({ consents: (digest) => [f.yes(digest, keys.bianca, { person: 'bianca' })] }),
  },
  {
    step: 'consents',
    what: 'one person counted twice, by two keys',
    order: f.order({
      consents: (digest) => f.sorted([f.yes(digest), f.yes(digest, keys.passkey, { iat: f.now - 1 })]),
    }),
  },
  {
    step: 'consents',
    what: 'one person counted twice, for two groups',
    order: f.order({
      consents: (digest) =>
        f.sorted([f.yes(digest, keys.dora, f.doraSays), f.yes(digest, keys.dora, { ...f.doraSays, group: 'DBA' })]),
    }),
  },
  {
    step: 'consents',
    what: 'the same consent twice',
    order: f.order({ consents: (digest) => [f.yes(digest), f.yes(digest)] }),
  },
  {
    step: 'consents',
    what: 'consents in another order',
    order: f.order({
      statement: f.ofTier.dangerous,
      consents: (digest) => f.sorted(f.enough(digest)).reverse(),
    }),
    facts: owesNothing,
  },
  {
    step: 'consents',
    what: 'a passkey on a page that may not sign that high',
    order: f.order({ statement: f.ofTier.dangerous, consents: (digest) => [f.yes(digest, keys.lowPasskey)] }),
    facts: owesNothing,
  },
  {
    step: 'consents',
    what: 'an attested consent that the bundle does not allow',
    order: f.order({ consents: (digest) => [attested(digest)] }),
    facts: withCompany({ attested: { factors: new Map(), words: [] } }),
  },
  {
    step: 'consents',
    what: 'an attested approval of a dangerous command',
    order: f.order({ statement: f.ofTier.dangerous, consents: (digest) => [attested(digest, f.biancaSays)] }),
    facts: {
      ...withCompany({ attested: { factors: new Map([['totp', 'critical']]), words: [] } }),
      policy: owesNothing.policy,
    },
  },
  {
    step: 'resource',
    what: 'a target that changed',
    order: f.order({ statement: { resource: { ...f.resource, facts: { branch: 'other' } } } }),
  },
  {
    step: 'resource',
    what: 'another owner',
    order: f.order({ statement: { resource: { ...f.resource, owner: 'ops' } } }),
  },
  { step: 'may', what: 'somebody without a permit', order: f.order({ statement: { requester: 'fiona' } }) },
  {
    step: 'owed',
    what: 'a sensitive command without its consent',
    order: f.order({ statement: f.ofTier.sensitive }),
  },
  {
    step: 'owed',
    what: 'a dangerous command without its approval',
    order: f.order({ statement: f.ofTier.dangerous, consents: (digest) => [f.yes(digest)] }),
  },
  {
    step: 'owed',
    what: 'an approval of another group than the owner’s',
    order: f.order({
      statement: f.ofTier.dangerous,
      consents: (digest) => f.sorted([f.yes(digest), f.yes(digest, keys.dora, { ...f.doraSays, group: 'DBA' })]),
    }),
  },
  {
    step: 'owed',
    what: 'approvals alone, where the requester has said nothing',
    order: f.order({ statement: f.ofTier.dangerous, consents: (digest) => [f.yes(digest, keys.bianca, f.biancaSays)] }),
  },
  {
    step: 'owed',
    what: 'an attested yes where a signature is owed',
    order: f.order({ statement: f.ofTier.sensitive, consents: (digest) => [attested(digest)] }),
    facts: f.withPolicies('@owes("signature")\nforbid (principal, action == Action::"upgrade", resource);'),
  },
  {
    step: 'owed',
    what: 'one approval where two are owed',
    order: f.order({ statement: f.ofTier.dangerous, consents: (digest) => f.sorted(f.enough(digest)) }),
    facts: f.withPolicies(
      '@owes("approval resource.owner 2")\nforbid (principal, action == Action::"rebuild", resource);',
    ),
  },
  {
    step: 'owed',
    what: 'an approval weaker than policy asks',
    order: f.order({ statement: f.ofTier.dangerous, consents: (digest) => f.sorted(f.enough(digest)) }),
    facts: f.withPolicies(
      '@owes("approval Backend verified")\nforbid (principal, action == Action::"rebuild", resource);',
    ),
  },
]

const run = async (order: Order, facts: Facts, without?: string): Promise<Case> => {
  const others = (steps: readonly Step[]) => steps.filter(({ name }) => name !== without)
  const c = checkPapers(order, facts, others(paperSteps))
  await checkWorld(c, others(worldSteps))
  return c
}

/** Steps 10 and 11 ask one question: who is not permitted owes nothing yet, so each can be left out alone. */
describe('the list of the runner', () => {
  it('lets a right warrant pass', async () => {
    const passed = await run(f.order(), f.facts)
    expect(passed.args).toEqual({ message: 'bug (5563) fixed' })
    expect(passed.head?.size).toBe(1)
  })

  it('lets one pass that extends the last log', async () => {
    const first = f.order()
    const head = checkPapers(first, f.facts).head
    const leaves = [leafHash(warrantKind.pae(first.warrant)), leaf('b')]
    const { consistencyProof } = await import('#core/log/proofs.ts')
    const second = f.order({ before: leaves, statement: { id: '1'.repeat(32) } })
    const all = [...leaves, leafHash(warrantKind.pae(second.warrant))]
    if (!head) throw new Error('no head')
    const order = { ...second, consistency: consistencyProof(1, 3, f.readerOf(all)) }
    expect((await run(order, { ...f.facts, last: head })).head?.size).toBe(3)
  })

  it.each(forgeries)('$step refuses $what', async ({ step, order, facts = f.facts }) => {
    await expect(run(order, facts)).rejects.toMatchObject({ name: 'WarrantRefusal', step })
  })

  it.each(forgeries)('nothing but $step catches $what', async ({ step, order, facts = f.facts }) => {
    await expect(run(order, facts, step)).resolves.toBeDefined()
  })

  it('lets one pass that owes much and lacks nothing', async () => {
    const order = f.order({ statement: f.ofTier.dangerous, consents: (digest) => f.sorted(f.enough(digest)) })
    expect((await run(order, f.facts)).given).toHaveLength(2)
    const critical = f.order({
      statement: f.ofTier.critical,
      consents: (digest) => f.sorted([f.yes(digest, keys.passkey), f.yes(digest, keys.biancaPasskey, f.biancaSays)]),
    })
    expect((await run(critical, f.facts)).given?.map(({ strength }) => strength)).toEqual(['verified', 'verified'])
    const attestedOne = f.order({ statement: f.ofTier.sensitive, consents: (digest) => [attested(digest)] })
    expect((await run(attestedOne, f.facts)).given?.[0]?.strength).toBe('attested')
  })

  it('says what is missing', async () => {
    const order = f.order({ statement: f.ofTier.critical })
    await expect(run(order, f.facts)).rejects.toMatchObject({
      say: 'Missing: the requester’s signature, 1 approval from Backend.',
    })
  })

  it('refuses a consent that is of no kind: shape', () => {
    const consents = [{ payloadType: 'x', payload: 'AAAA', signatures: [{ keyid: 'x', sig: 'AAAA' }] }]
    expect(() => checkPapers(f.order({ warrant: { consents } }), f.facts)).toThrow(
      expect.objectContaining({ step: 'shape' }),
    )
  })

  it('looks at the consents again where keys have changed', async () => {
    const order = f.order({ statement: f.ofTier.sensitive, consents: (digest) => [f.yes(digest)] })
    const passed = await run(order, f.facts)
    expect(() => checkConsentsAgain(passed, KeyChanges.none)).not.toThrow()
    const removed = takeKeyChange(KeyChanges.none, removal, f.bundle, f.now)
    expect(() => checkConsentsAgain(passed, removed)).toThrow(expect.objectContaining({ step: 'consents' }))
  })

  it('names every step in a forgery', () => {
    const caught = new Set(forgeries.map(({ step }) => step))
    expect([...paperSteps, ...worldSteps].map(({ name }) => name).filter((name) => !caught.has(name))).toEqual([])
  })

  it('refuses what is not of the profile: shape', () => {
    const order = f.order()
    const text = Buffer.from(order.warrant).toString('utf8')
    const loose = Buffer.from(text.replace('{"v":2', '{"x":1,"v":2'))
    const forged = f.sealedOrder(loose, {})
    expect(() => checkPapers(forged, f.facts)).toThrow(expect.objectContaining({ step: 'shape' }))
    // Read without the profile, it passes all the rest.
    const lenient = (o: Order, facts: Facts): Case => {
      const { x: _, ...warrant } = JSON.parse(Buffer.from(o.warrant).toString('utf8'))
      return {
        ...open({ ...o, warrant: warrantKind.encode(warrant) }, facts),
        order: o,
        leaf: leafHash(warrantKind.pae(o.warrant)),
      }
    }
    expect(checkPapers(forged, f.facts, paperSteps, lenient).statement.command).toBe('commit')
  })

  it('refuses a statement of another kind', () => {
    const order = f.order({
      warrant: {
        statement: Buffer.from(
          warrantKind.encode({
            v: 2,
            deployment: 'acme',
            runner: 'delivery',
            bundle: { version: 3, digest: f.bundle.digest },
            statement: 'AAAA',
            consents: [],
            iat: f.now,
          }),
        ).toString('base64'),
      },
    })
    expect(() => checkPapers(order, f.facts)).toThrow(expect.objectContaining({ step: 'shape' }))
  })

  it('refuses whatever throws in a step', async () => {
    const broken: Facts = { ...f.facts, inspect: () => Promise.reject(new Error('gone')) }
    await expect(run(f.order(), broken)).rejects.toMatchObject({ step: 'resource' })
    await expect(run(f.order(), broken)).rejects.toBeInstanceOf(WarrantRefusal)
  })

  it('gives the proven checkpoint with a later refusal', () => {
    try {
      checkPapers(f.order({ statement: { tier: 'open' } }), f.facts)
      expect.unreachable()
    } catch (error) {
      expect(error).toMatchObject({ step: 'definition', head: { size: 1 } })
    }
  })

  it('refuses each byte of a warrant changed after it was sealed', () => {
    const right = f.order()
    for (let i = 0; i < right.warrant.length; i += 7) {
      const warrant = Uint8Array.from(right.warrant)
      warrant[i] = (warrant[i] ?? 0) ^ 1
      expect(() => checkPapers({ ...right, warrant }, f.facts)).toThrow(WarrantRefusal)
    }
  })

  it('decides by the policy of its own bundle', async () => {
    const policies = new Map([
      ['policy/none.cedar#1', 'permit (principal in Group::"Nobody", action == Action::"commit", resource);'],
    ])
    const bundle = { ...f.bundle, company: { ...f.company, policies } }
    const facts = { ...f.facts, bundle, policy: policyOf(bundle) }
    await expect(run(f.order(), facts)).rejects.toMatchObject({ step: 'may' })
  })

  it('takes the digest of the bytes that were sent', async () => {
    const passed = await run(f.order(), f.facts)
    expect(passed.digest).toBe(statementKind.digest(Buffer.from(passed.warrant.statement, 'base64')))
  })
})
