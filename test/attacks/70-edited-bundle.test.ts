import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { newestBundle, toPack, writeBundle } from '#config/bundle-folder.ts'
import { readCompany } from '#config/company.ts'
import { acceptBundle } from '#core/bundle/bundle.ts'
import { listCommands } from '#core/bundle/list-commands.ts'
import { Claims } from '#runner/claims.ts'
import { HeldBundle } from '#runner/held-bundle.ts'
import { ann, annAgain, bob, eve, folder, listing, now, root, rootOf, signed, trust } from './company-folder.fixture.ts'

let data = ''
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'foobot-attack-70-'))
})
afterEach(() => rmSync(data, { recursive: true }))

const nothing = { info: () => undefined, warn: () => undefined, error: () => undefined }

/** A runner's own record of the bundle, in a folder of its own. */
const withRunner = async <T>(use: (held: HeldBundle) => T | Promise<T>): Promise<T> => {
  const claims = await Claims.open(join(data, 'runner'), now, () => '0'.repeat(32))
  const held = new HeldBundle({
    deployment: 'acme',
    root,
    lowest: 1,
    folder: join(data, 'runner'),
    claims,
    log: nothing,
  })
  try {
    return await use(held)
  } finally {
    await claims.close()
  }
}

const first = signed(folder(), [ann, bob])
const allOps = folder({ 'groups.yaml': 'Ops: [ann, eve]\nBackend: [bob, eve]\n' })
const second = signed(folder({ 'people/eve.yaml': 'name: Eva\n' }), [ann, bob], { version: 2, previous: first.digest })

describe('a file that is edited on disk', () => {
  it.each([...folder().keys()])('is not believed: %s', (path) => {
    const file = join(writeBundle(data, first), path)
    writeFileSync(file, `${readFileSync(file, 'utf8')}\n`)
    expect(() => newestBundle(data, trust)).toThrow(`${path} is not as it was signed`)
  })

  it('is not believed where it is new', () => {
    const file = join(writeBundle(data, first), 'policy/more.cedar')
    writeFileSync(file, 'permit (principal, action, resource);')
    expect(() => newestBundle(data, trust)).toThrow('policy/more.cedar is not among those that were signed')
  })

  it('is not believed where it is gone: a policy that forbade', () => {
    rmSync(join(writeBundle(data, first), 'policy/ops.cedar'))
    expect(() => newestBundle(data, trust)).toThrow('policy/ops.cedar is missing')
  })

  it('does not help with an envelope of the attacker’s own', () => {
    writeBundle(data, signed(allOps, [eve]))
    expect(() => newestBundle(data, trust)).toThrow('0 of the 2 administrators')
  })
})

describe('a bundle that is handed to a runner', () => {
  const offers = [
    ['one signature', signed(allOps, [ann])],
    ['one administrator’s two keys', signed(allOps, [ann, annAgain])],
    ['one signature, and a stranger’s', signed(allOps, [ann, eve])],
    ['a root of the attacker’s own', signed(folder({}, rootOf(1, ['eve', eve])), [eve])],
    ['a name of another company', signed(folder(), [ann, bob], { deployment: 'evil' })],
  ] as const

  it.each(offers)('with %s is refused by a fresh one', async (_, offer) => {
    await withRunner((held) => {
      expect(() => held.take(toPack(offer), now)).toThrow(/administrators|deployment/)
      expect(held.inForce).toBeUndefined()
    })
  })

  it('is refused where it is older than the one held, also after a restart', async () => {
    await withRunner((held) => {
      held.take(toPack(first), now)
      held.take(toPack(second), now)
      expect(() => held.take(toPack(first), now)).toThrow('version 1')
      expect(held.inForce?.bundle.version).toBe(2)
    })
    await withRunner((held) => {
      expect(held.inForce?.bundle.version).toBe(2)
      expect(() => held.take(toPack(first), now)).toThrow('version 1')
      expect(held.inForce?.bundle.version).toBe(2)
    })
  })

  it('is refused where the copy held is deleted to make it forget', async () => {
    await withRunner((held) => {
      held.take(toPack(first), now)
      held.take(toPack(second), now)
    })
    rmSync(join(data, 'runner', 'bundle'), { recursive: true })
    await withRunner((held) => {
      expect(() => held.take(toPack(first), now)).toThrow('version 1 is older than 2')
      expect(held.inForce).toBeUndefined()
    })
  })

  it('is refused where it forks: another one of the same version, signed by all', async () => {
    await withRunner((held) => {
      held.take(toPack(first), now)
      held.take(toPack(second), now)
      const fork = signed(allOps, [ann, bob], { version: 2, previous: first.digest })
      expect(() => held.take(toPack(fork), now)).toThrow('version 2 does not come after 2')
      const after = signed(allOps, [ann, bob], { version: 3, previous: fork.digest })
      expect(() => held.take(toPack(after), now)).toThrow('does not follow the version 2 held')
      expect(held.inForce?.bundle.digest).toBe(second.digest)
    })
  })
})

describe('a plugin’s new version', () => {
  const { commands } = readCompany(folder({ 'commands.json': listing({ tier: 'member' }) }))
  const manifest = { ...commands[0]?.manifest, tier: 'member', template: 'rebuild <server:word> [<more:word>]' }
  const declared = new Map([['delivery', [manifest as NonNullable<(typeof commands)[0]>['manifest']]]])

  it('cannot lower the tier that the company gave', () => {
    expect(commands[0]?.tier).toBe('dangerous')
    expect(listCommands(commands, declared)[0]?.tier).toBe('dangerous')
  })

  it('cannot widen its template: the bundle in force lists the old one until administrators sign', () => {
    writeBundle(data, first)
    listCommands(commands, declared)
    expect(newestBundle(data, trust).company.commands[0]?.manifest.template).toBe('rebuild <server:word>')
  })

  it('is no way to list a command below what its plugin says, even signed by all', () => {
    const files = folder({ 'commands.json': listing({}, { tier: 'member' }) })
    expect(() => acceptBundle(signed(files, [ann, bob]), readCompany, trust)).toThrow('its plugin says dangerous')
  })
})
