import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { beforeAll, expect, it } from 'vitest'
import type { Bundle, Person } from '#core/bundle/company.ts'
import { keyAddKind, keyRemoveKind } from '#core/bundle/key-change.ts'
import type { KeyChanges } from '#core/bundle/key-changes.ts'
import { isSilenced } from '#core/bundle/key-signers.ts'
import { keysHeld } from '#core/bundle/keys-in-force.ts'
import type { Key } from '#core/signature/key.ts'
import type { Envelope } from '#core/statement/fields.ts'
import { Claims } from '#runner/claims.ts'
import { HeldKeys } from '#runner/held-keys.ts'
import { type Bench, bundleOf, company, keyChangeOf, keyOf, makeBench, type Runner } from './engine.harness.ts'

/**
 * A server and a runner keep the same keys: a thief of one of jhand's, jhand, two colleagues and an administrator act in
 * any order, at either door, while server and runner part, meet and start anew.
 */

const own = keyOf('jhand')
const stolen = keyOf('jhand, stolen')
const planted = keyOf('jhand, planted')
const fresh = keyOf('jhand, new')
const colleagues = [keyOf('fiona'), keyOf('dora')]

const bundleWith = (version: number, ...keys: readonly Key[]): Bundle => {
  const jhand: Person = { id: 'jhand', name: 'J', accounts: [], keys, hardware: new Set() }
  const groups = new Map([...company().groups, ['People', new Set(['fiona', 'dora'])]])
  return bundleOf(version, { groups, people: new Map([...company().people, ['jhand', jhand]]) })
}
const bundles = [
  bundleWith(1, own.key, stolen.key),
  bundleWith(2, own.key),
  bundleWith(3, own.key, stolen.key, fresh.key),
]

/** What each signs, once: handing it over again is the same envelope. */
const signed = new Map<string, Envelope>()
beforeAll(async () => {
  const at = Date.now() - 60_000
  const sign = async (
    name: string,
    kind: typeof keyAddKind,
    key: typeof own,
    by: readonly (typeof own)[],
    before = 0,
  ) => signed.set(name, await keyChangeOf(kind, 'jhand', key.key, by, at - before * 1000))
  await sign('the thief removes own', keyRemoveKind, own, [stolen])
  await sign('the thief removes new', keyRemoveKind, fresh, [stolen])
  await sign('the thief removes stolen', keyRemoveKind, stolen, [stolen], 1)
  await sign('the thief signs colleagues’ words', keyRemoveKind, stolen, [stolen])
  await sign('the thief removes what nobody has', keyRemoveKind, keyOf('made up'), [stolen])
  await sign('the thief plants', keyAddKind, planted, [planted, stolen])
  await sign('planted removes own', keyRemoveKind, own, [planted], 1)
  await sign('planted removes new', keyRemoveKind, fresh, [planted], 1)
  await sign('jhand removes stolen', keyRemoveKind, stolen, [own], 2)
  await sign('jhand adds new', keyAddKind, fresh, [fresh, own], 1)
  await sign('colleagues remove stolen', keyRemoveKind, stolen, colleagues)
  await sign('colleagues vouch for new', keyAddKind, fresh, [fresh, ...colleagues])
  await sign('the thief signs what colleagues vouch for', keyAddKind, fresh, [fresh, stolen, ...colleagues])
})

const names = [
  'the thief removes own',
  'the thief removes new',
  'the thief removes stolen',
  'the thief signs colleagues’ words',
  'the thief removes what nobody has',
  'the thief plants',
  'the thief signs what colleagues vouch for',
  'planted removes own',
  'planted removes new',
  'jhand removes stolen',
  'jhand adds new',
  'colleagues remove stolen',
  'colleagues vouch for new',
] as const
const steps = ['a phone', 'next bundle', 'server restarts', 'runner restarts', 'runner goes', 'runner comes'] as const
type Step = (typeof steps)[number] | { readonly name: string; readonly to: 'server' | 'runner' }

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.record({
      name: fc.constantFrom('colleagues remove stolen', 'the thief plants', 'the thief removes own'),
      to: fc.constantFrom('server', 'runner'),
    }),
  },
  { weight: 5, arbitrary: fc.record({ name: fc.constantFrom(...names), to: fc.constantFrom('server', 'runner') }) },
  { weight: 2, arbitrary: fc.constantFrom(...steps) },
)

/** The server with its store, and what a runner keeps in its claims file; between them a link that comes and goes. */
class Keepers {
  #bench: Bench
  #claims: Claims
  #held: HeldKeys
  #linked: Runner | undefined
  #version = 0
  #runnersVersion = 0
  readonly #folder: string

  private constructor(bench: Bench, claims: Claims, folder: string) {
    this.#bench = bench
    this.#claims = claims
    this.#held = new HeldKeys(claims)
    this.#folder = folder
  }

  static async open(): Promise<Keepers> {
    const folder = mkdtempSync(join(tmpdir(), 'foobot-keepers-'))
    return new Keepers(await makeBench(bundles[0]), await openClaims(folder), folder)
  }

  async close(): Promise<void> {
    await this.#claims.close()
    await this.#bench.close()
    rmSync(this.#folder, { recursive: true })
  }

  get all(): readonly { readonly name: string; readonly changes: KeyChanges; readonly bundle: Bundle }[] {
    return [
      { name: 'server', changes: this.#bench.way.keyChanges, bundle: bundleAt(this.#version) },
      { name: 'runner', changes: this.#held.changes, bundle: bundleAt(this.#runnersVersion) },
    ]
  }

  async phones(): Promise<number> {
    return (await this.#bench.way.devices.of('jhand')).length
  }

  async do(step: Step): Promise<void> {
    if (typeof step === 'object') {
      const envelope = signed.get(step.name)
      if (!envelope) throw new Error(step.name)
      if (step.to === 'server') await this.#bench.engine.doors.present(envelope)
      else await this.#toRunner(envelope)
    } else await this.#happen(step)
    for (const envelope of this.#linked?.keyChanges.splice(0) ?? []) await this.#toRunner(envelope)
  }

  async #happen(step: (typeof steps)[number]): Promise<void> {
    switch (step) {
      case 'a phone': {
        const phone = { name: 'p', endpoint: 'https://push.example/1', p256dh: 'p'.repeat(87), auth: 'a'.repeat(22) }
        await this.#bench.engine.doors.enrol({ person: 'jhand', key: own.key }, { what: 'add-phone', ...phone })
        return
      }
      case 'next bundle':
        this.#version = Math.min(this.#version + 1, bundles.length - 1)
        await this.#bench.engine.activate(bundleAt(this.#version))
        if (this.#linked) this.#runnersVersion = this.#version
        return
      case 'server restarts':
        this.#linked = undefined
        this.#bench = await this.#bench.restart()
        return
      case 'runner restarts':
        this.#linked = undefined
        await this.#claims.close()
        this.#claims = await openClaims(this.#folder)
        this.#held = new HeldKeys(this.#claims)
        return
      case 'runner goes':
        this.#linked = undefined
        return
      case 'runner comes':
        this.#runnersVersion = this.#version
        this.#linked = await this.#bench.link({ keyChanges: [...this.#held.changes.digests] })
    }
  }

  async #toRunner(envelope: Envelope): Promise<void> {
    const now = Math.floor(Date.now() / 1000)
    await Promise.resolve()
      .then(() => this.#held.take(envelope, bundleAt(this.#runnersVersion), now))
      .catch((error: unknown) => expect(error).toMatchObject({ say: expect.any(String) }))
  }
}

const bundleAt = (version: number): Bundle => {
  const bundle = bundles[version]
  if (!bundle) throw new Error(`no bundle ${version}`)
  return bundle
}
const openClaims = (folder: string): Promise<Claims> =>
  Claims.open(folder, Math.floor(Date.now() / 1000), () => 'ab'.repeat(16))
const heldAt = ({ changes, bundle }: Keepers['all'][number]): Set<Key> =>
  new Set(keysHeld('jhand', bundle, changes, Math.floor(Date.now() / 1000)).map(({ key }) => key))

it('no order brings a removed key back, or lets one that colleagues removed take keys or phones', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 6, maxLength: 24, size: 'max' }), async (story) => {
      const keepers = await Keepers.open()
      try {
        let before = { all: keepers.all, phones: await keepers.phones() }
        for (const one of story) {
          await keepers.do(one)
          const now = { all: keepers.all, phones: await keepers.phones() }
          for (const [index, was] of before.all.entries()) {
            const is = now.all[index]
            if (!is) throw new Error('a keeper is gone')
            const held = heldAt(is)
            if (typeof one === 'object' && one.name === 'colleagues remove stolen' && one.to === is.name)
              if (is.bundle !== bundles[1]) expect(isSilenced(is.changes, 'jhand', stolen.key), is.name).toBe(true)
            for (const key of [own, stolen, planted, fresh].map((signer) => signer.key)) {
              if (was.changes.isRemoved('jhand', key)) expect(is.changes.isRemoved('jhand', key), is.name).toBe(true)
              if (is.changes.isRemoved('jhand', key)) expect(held, is.name).not.toContain(key)
            }
            if (held.has(planted.key)) expect(held, is.name).toContain(stolen.key)
            if (!isSilenced(was.changes, 'jhand', stolen.key)) continue
            expect(isSilenced(is.changes, 'jhand', stolen.key), is.name).toBe(true)
            for (const key of [own.key, fresh.key].filter((key) => heldAt(was).has(key)))
              expect(held, is.name).toContain(key)
            if (is.name === 'server') expect(now.phones).toBeGreaterThanOrEqual(before.phones)
          }
          before = now
        }
        expect(keepers.all[0]?.changes.isRemoved('jhand', keyOf('made up').key)).toBe(false)
      } finally {
        await keepers.close()
      }
    }),
    { numRuns: 80 },
  )
}, 120_000)
