import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { keys } from '#core/consent/people.fixture.ts'
import { sshSigner, type TestSigner } from '#core/signature/signer.fixture.ts'
import type { Envelope } from '#core/statement/fields.ts'
import { now, ofTier, sorted, yes } from '#core/warrant/warrant.fixture.ts'
import { Server } from '#runner/server.fixture.ts'
import { ActingRunner } from './acting-runner.ts'
import { added, removed } from './key-changes.fixture.ts'

/** The thief of a key that two colleagues removed goes past the server, or has it lie: the runner looks for itself. */

// DEFENCE src/core/bundle/take-key-change.ts
// - const heard = new Map([...may].filter(([key, person]) => mayRemove(company, changes, { person, key })))
// + const heard = may

// DEFENCE src/core/bundle/take-key-change.ts
// - if (kind !== keyAddKind && changes.isRemoved(value.person, value.key) && !silences(changes, value, by)) return changes
// + if (kind !== keyAddKind && changes.isRemoved(value.person, value.key)) return changes

// DEFENCE src/core/bundle/take-key-change.ts
// - if (same && !mayBeBettered(changes, same, envelope, company)) return changes
// + if (same) return changes

// DEFENCE src/core/bundle/take-key-change.ts
// - if (owner === undefined && !changes.isRemoved(person, key) && unknownAs(changes, company, person, by) >= mostUnknown)
// - refuseChange(`${person} has removed ${mostUnknown} keys that nobody has: ask an administrator`)

// DEFENCE src/core/bundle/take-key-change.ts
// - .filter(({ key, by }) => isByColleagues(person, by) === sort && ownerOfKey(company, changes, key) === undefined)
// + .filter(({ key }) => sort !== undefined && ownerOfKey(company, changes, key) === undefined)

// DEFENCE src/core/bundle/key-changes.ts
// - this.all = all.filter((change) => this.byDigest.get(change.digest) === change)
// + this.all = [...new Map(all.toReversed().map((change) => [change.digest, change])).values()].toReversed()

const stolen = keys.jhand
const own = keys.passkey
const colleagues = [keys.fiona, keys.dora]

let runner: ActingRunner
let server: Server
let count: number
beforeEach(async () => {
  runner = new ActingRunner()
  server = new Server()
  count = 0
  await runner.start()
})
afterEach(() => runner.end())

/** Whether a command runs on this key's yes. */
const runsBy = async (signer: TestSigner): Promise<boolean> => {
  count += 1
  const id = count.toString(16).padStart(32, '0')
  const { execute } = server.consented({ ...ofTier.sensitive, id }, (digest) => sorted([yes(digest, signer)]))
  return (await runner.execute(execute))?.outcome === 'done'
}
const kept = () => runner.claims.keyChanges.length
const silent = 'the key that signed it may remove none'

const doors: readonly [string, (envelope: Envelope) => Promise<string | undefined>][] = [
  ['over the link', (envelope) => runner.hear(envelope)],
  [
    'by a file',
    async (envelope) => {
      const answer = await runner.accept(envelope)
      return answer?.accepted ? undefined : (answer?.say ?? 'it was not answered')
    },
  ],
]

describe.each(doors)('%s', (_name, hand) => {
  it('a removal by the stolen key is refused, and so is one by a key that it had added', async () => {
    const planted = sshSigner()
    expect(await hand(added(planted, [stolen]))).toBeUndefined()
    expect(await hand(removed(stolen, colleagues))).toBeUndefined()
    for (const again of [false, true]) {
      if (again) await runner.start()
      for (const thief of [stolen, planted]) expect(await hand(removed(own, [thief]))).toContain(silent)
      expect(await runsBy(own)).toBe(true)
    }
    expect(await runsBy(stolen)).toBe(false)
    expect(await runsBy(planted)).toBe(false)
    expect(kept()).toBe(2)
  })

  it.each([
    ['signed the same words', now],
    ['signed words of their own', now - 1],
  ])('though the thief was first, and %s', async (_name, iat) => {
    expect(await hand(removed(stolen, [stolen], { iat }))).toBeUndefined()
    expect(await hand(removed(stolen, colleagues))).toBeUndefined()
    await runner.start()
    expect(await hand(removed(own, [stolen]))).toContain(silent)
    expect(await runsBy(own)).toBe(true)
  })

  it('what it removed before stays removed', async () => {
    expect(await hand(removed(keys.lowPasskey, [stolen]))).toBeUndefined()
    expect(await hand(removed(stolen, colleagues))).toBeUndefined()
    expect(await hand(removed(keys.lowPasskey, [stolen]))).toBeUndefined()
    expect(await runsBy(keys.lowPasskey)).toBe(false)
    expect(await runsBy(own)).toBe(true)
  })

  it('made-up keys fill nothing, and what colleagues remove still goes before it comes', async () => {
    const answers: (string | undefined)[] = []
    for (let n = 0; n < 40; n++) answers.push(await hand(removed(sshSigner(), [stolen])))
    expect(answers.filter((answer) => answer === undefined)).toHaveLength(16)
    expect(kept()).toBe(16)
    expect(answers.at(-1)).toContain('has removed 16 keys that nobody has')
    const withheld = sshSigner()
    expect(await hand(removed(withheld, colleagues))).toBeUndefined()
    expect(await hand(added(withheld, [own]))).toContain('was removed')
    expect(await runsBy(withheld)).toBe(false)
    expect(await runsBy(own)).toBe(true)
  })
})
