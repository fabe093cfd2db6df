import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { keys } from '#core/consent/people.fixture.ts'
import { sshSigner } from '#core/signature/signer.fixture.ts'
import { biancaSays, enough, ofTier, resourceOf, sorted, yes } from '#core/warrant/warrant.fixture.ts'
import { Server } from '#runner/server.fixture.ts'
import { ActingRunner } from './acting-runner.ts'
import { added, removed } from './key-changes.fixture.ts'

/** Somebody left, or a key was stolen: it was removed, and the warrant still carries its yes. */

// DEFENCE src/core/bundle/keys-in-force.ts
// - !changes.isRemoved(person, key) &&

// DEFENCE src/runner/orders.ts
// - if (keys.changes !== facts.keyChanges) checkConsentsAgain(c, keys.changes)

// DEFENCE src/runner/claims.ts
// - else if ('keyChange' in read) this.#keyChanges.push(read.keyChange)
// + else if ('keyChange' in read) read.keyChange.by.length

let runner: ActingRunner
beforeEach(async () => {
  runner = new ActingRunner()
  await runner.start()
})
afterEach(() => runner.end())

const rebuild = () => new Server().consented(ofTier.dangerous, (digest) => sorted(enough(digest))).execute
const upgradeBy = (signer: typeof keys.stranger) =>
  new Server().consented(ofTier.sensitive, (digest) => [yes(digest, signer)]).execute
const refused = { outcome: 'refused', refusal: { step: 'consents' } }

it('without a removal it would have run', async () => {
  expect((await runner.execute(rebuild()))?.outcome).toBe('done')
  expect(runner.runs).toBe(1)
})

describe('the approver’s key is removed between yes and run', () => {
  const removal = removed(keys.bianca, [keys.biancaPasskey], { person: 'bianca' })

  it('and the server sends that', async () => {
    expect(await runner.hear(removal)).toBeUndefined()
    expect(await runner.execute(rebuild())).toMatchObject(refused)
    expect(runner.runs).toBe(0)
  })

  it('and the server keeps that back, but somebody hands it over', async () => {
    expect(await runner.accept(removal)).toMatchObject({
      accepted: true,
      say: expect.stringContaining('bianca has lost'),
    })
    expect(await runner.execute(rebuild())).toMatchObject(refused)
    expect(runner.runs).toBe(0)
  })

  it('and the runner was started anew since', async () => {
    await runner.accept(removal)
    await runner.start()
    expect(await runner.execute(rebuild())).toMatchObject(refused)
    expect(runner.runs).toBe(0)
  })

  it('and it arrives while the target is looked at', async () => {
    runner.inspect = async (command) => {
      await runner.hear(removal)
      return resourceOf(command)
    }
    expect(await runner.execute(rebuild())).toMatchObject(refused)
    expect(runner.runs).toBe(0)
  })

  it('and her other key still counts', async () => {
    await runner.accept(removal)
    const { execute } = new Server().consented(ofTier.dangerous, (digest) =>
      sorted([yes(digest), yes(digest, keys.biancaPasskey, biancaSays)]),
    )
    expect((await runner.execute(execute))?.outcome).toBe('done')
  })
})

it('a key that the stolen one added is gone with it, whichever comes first', async () => {
  const thief = sshSigner()
  const [addition, removal] = [added(thief, [keys.jhand]), removed(keys.jhand, [keys.passkey])]
  expect(await runner.hear(addition)).toBeUndefined()
  expect(await runner.hear(removal)).toBeUndefined()
  expect(await runner.execute(upgradeBy(thief))).toMatchObject(refused)
  const other = new ActingRunner()
  await other.start()
  expect(await other.hear(removal)).toBeUndefined()
  expect(await other.hear(addition)).toContain('a key of jhand must sign it')
  expect(await other.execute(upgradeBy(thief))).toMatchObject(refused)
  await other.end()
  expect(runner.runs + other.runs).toBe(0)
})

it('the thief removes the owner’s keys first, and still loses the stolen one', async () => {
  expect(await runner.hear(removed(keys.passkey, [keys.jhand]))).toBeUndefined()
  expect(await runner.accept(removed(keys.jhand, [keys.passkey]))).toMatchObject({ accepted: true })
  expect(await runner.execute(upgradeBy(keys.jhand))).toMatchObject(refused)
  expect(runner.runs).toBe(0)
})

it('nobody else’s key can be removed by one person', async () => {
  for (const by of [[keys.jhand], [keys.stranger], [keys.fiona]]) {
    const refusal = await runner.accept(removed(keys.bianca, by, { person: 'bianca' }))
    expect(refusal).toMatchObject({ accepted: false })
  }
  expect((await runner.execute(rebuild()))?.outcome).toBe('done')
})
