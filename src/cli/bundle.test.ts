import { createHash } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { findSigners } from '#client/find-signer.ts'
import { makeKeyFile } from '#client/make-key.ts'
import { newestBundle } from '#config/bundle-folder.ts'
import { makeMachineKey, readMachineKey } from '#config/machine-key.ts'
import { readServerConfig } from '#config/server.ts'
import { type CodeHere, codeDigest } from '#core/bundle/code.ts'
import type { ManifestEntry } from '#core/command/manifest.ts'
import { makeNote } from '#core/log/make-note.ts'
import { activate } from './bundle/activate.ts'
import { apply } from './bundle/apply.ts'
import { propose } from './bundle/propose.ts'
import { showBundle, shownLines } from './bundle/show.ts'
import { signProposal } from './bundle/sign.ts'

const now = 1_800_000_000

/** A plugin of one file, as it lies in a checkout. */
const codeOf = (text: string): CodeHere => {
  const sha256 = createHash('sha256').update(text).digest('hex')
  const contents = { files: { 'commands.ts': sha256, 'README.md': 'a'.repeat(64) }, needs: {}, packages: {} }
  return { digest: codeDigest(contents), contents, entry: '/opt/plugins/git/commands.ts' }
}

const push: ManifestEntry = {
  plugin: 'git',
  command: 'push',
  template: 'push',
  summary: 'Push',
  tier: 'member',
  inspects: true,
  exclusive: true,
  cancellable: false,
  timeLimit: 60,
}

let home = ''
let place = { config: '', data: '' }
const keyOf = (person: string): string => join(home, `${person}.key`)

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'foobot-cli-bundle-'))
  place = { config: join(home, 'company'), data: join(home, 'data') }
  for (const folder of ['company/people', 'company/policy', 'data/server']) {
    mkdirSync(join(home, folder), { recursive: true })
  }
  const administrators = ['ann', 'bob'].map(
    (person) => `    - { person: ${person}, key: ${makeKeyFile(keyOf(person), person)} }\n`,
  )
  const root = `root:\n  threshold: 2\n  administrators:\n${administrators.join('')}`
  const files = {
    'company.yaml': `# Ours\ndeployment: acme\nname: Acme\nzone: UTC\ndateOrder: month-first\n${root}log:\n  key: ${makeMachineKey(join(home, 'data/server/log.key'))}\nrunners:\n  delivery:\n    key: ${makeMachineKey(join(home, 'runner.key'))}\n    zone: git\n`,
    'people/ann.yaml': 'name: Ann\n',
    'people/bob.yaml': 'name: Bob\n',
    'groups.yaml': 'Devs: [ann]\n',
    'rooms.yaml': 'devs: { groups: [Devs] }\n',
    'commands.json': '[]\n',
    'plugins.json': '[]\n',
  }
  for (const [path, text] of Object.entries(files)) writeFileSync(join(place.config, path), text)
  writeFileSync(join(place.data, 'server/server.yaml'), `deployment: acme\n${root}`)
})
afterEach(() => rmSync(home, { recursive: true }))

const proposes = async (
  manifests: readonly ManifestEntry[] = [push],
  at = now,
  code = codeOf('1'),
): Promise<string> => {
  const lines = await propose({
    ...place,
    runners: ['runner.yaml'],
    days: 30,
    now: at,
    declaredBy: async () => new Map([['delivery', [{ name: 'git', code, manifests }]]]),
  })
  return lines.join('\n')
}

const signs = async (person: string, answer = 'yes', here: readonly CodeHere[] = []): Promise<string> => {
  const printed: string[] = []
  await signProposal({
    ...place,
    signers: () => findSigners({ person, keyFile: keyOf(person), data: place.data }),
    codesHere: async () => here,
    print: (...lines) => printed.push(...lines),
    ask: async (question) => {
      printed.push(question)
      return answer
    },
  })
  return printed.join('\n')
}

const serverFile = (): string => readFileSync(join(place.data, 'server/server.yaml'), 'utf8')

const inForce = (at = now) =>
  newestBundle(place.data, { ...readServerConfig(join(place.data, 'server/server.yaml')), now: at })

const change = (path: string, from: string, to: string): void => {
  const file = join(place.config, path)
  writeFileSync(file, readFileSync(file, 'utf8').replace(from, to))
}

describe('a company’s first bundle', () => {
  it('is proposed with what plugins declare, signed by enough, and put in force', async () => {
    const proposed = await proposes()
    expect(proposed).toContain('tiers\n  + push: member\n')
    expect(proposed).toContain('Proposed version 1, to live 30 days.')

    const first = await signs('ann')
    expect(first).toContain('Version 1 of acme, the first, until 2027-02-14T08:00:00.000Z')
    expect(first).toContain('  + threshold: 2\n')
    expect(first).toContain(`Sign version 1 as ann, with ${keyOf('ann')}? (yes/no)`)
    expect(first).toContain('Version 1 is signed by 1 of 2 administrators.')
    expect(() => activate(place, now)).toThrow('1 of the 2 administrators')

    expect(await signs('bob')).toContain('Version 1 is signed by 2 of 2 administrators.')
    expect(activate(place, now).join('\n')).toContain(`Version 1 is in ${join(place.data, 'bundle', '1')}`)
    expect(inForce().company.commands.map(({ manifest }) => manifest.command)).toEqual(['push'])
  })

  it('is not signed without a yes, nor twice by one, nor by others', async () => {
    await proposes()
    await expect(signs('ann', 'y')).rejects.toThrow('Nothing was signed.')
    await signs('ann')
    expect(await signs('ann')).toContain('ann has signed version 1 already.')
    makeKeyFile(keyOf('eve'), 'eve')
    await expect(signs('eve')).rejects.toThrow('no key of an administrator')
    expect(() => activate(place, now)).toThrow('1 of the 2 administrators')
  })

  it('is about the files that were proposed, and no others', async () => {
    await proposes()
    await signs('ann')
    change('groups.yaml', '[ann]', '[ann, bob]')
    await expect(signs('bob')).rejects.toMatchObject({
      say: `The folder was changed since it was proposed (the file groups.yaml is not as it was signed). Propose it again: foobot bundle propose --config ${place.config}`,
    })
    expect(() => activate(place, now)).toThrow('groups.yaml is not as it was signed')
  })

  it('tells a mistake in the folder before anybody signs', async () => {
    change('groups.yaml', '[ann]', '[ann, eve]')
    await expect(proposes()).rejects.toThrow('groups.yaml:1: Devs: there is no people/eve.yaml')
  })
})

describe('a next bundle', () => {
  beforeEach(async () => {
    await proposes()
    await signs('ann')
    await signs('bob')
    activate(place, now)
  })

  it('shows what changes, and only that', async () => {
    change('groups.yaml', '[ann]', '[ann, bob]')
    const proposed = await proposes([{ ...push, summary: 'Push all' }])
    const difference = 'groups\n  + Devs: bob\ncommands\n  ~ push summary: Push -> Push all\n'
    expect(proposed.startsWith(difference)).toBe(true)
    const signed = await signs('ann')
    expect(signed).toContain('Version 2 of acme, after version 1, until')
    expect(signed).toContain(difference)
    await signs('bob')
    activate(place, now)
    expect(inForce().version).toBe(2)
    expect(shownLines(showBundle(place.data)).join('\n')).toContain(
      `signed  by ann, bob (2 must)\n\n${difference.trimEnd()}`,
    )
    expect(showBundle(place.data, 1).changes.length).toBeGreaterThan(10)
    expect(() => showBundle(place.data, 3)).toThrow('There is no version 3')
  })

  it('is not signed by who has no copy of the one before', async () => {
    await proposes()
    rmSync(join(place.data, 'bundle'), { recursive: true })
    await expect(signs('ann')).rejects.toMatchObject({
      say: expect.stringContaining('There is no copy of the bundle before version 2'),
    })
  })

  it('is not signed by who has another copy than the one it follows, or one that was edited', async () => {
    await proposes()
    await signs('ann')
    await signs('bob')
    activate(place, now)
    await proposes()
    writeFileSync(join(place.data, 'bundle/2/groups.yaml'), 'Devs: []\n')
    await expect(signs('ann')).rejects.toThrow('groups.yaml is not as it was signed')
    rmSync(join(place.data, 'bundle/2'), { recursive: true })
    await expect(signs('ann')).rejects.toThrow('no bundle')
  })

  it('keeps a tier that the company raised', async () => {
    change('commands.json', '"tier": "member"', '"tier": "dangerous"')
    expect(await proposes()).toContain('tiers\n  ~ push: member -> dangerous\n')
  })

  it('lists the new code beside the one before, and each signer sees which files changed, or that they do not', async () => {
    const [old, next] = [codeOf('1'), codeOf('2')]
    const proposed = await proposes([push], now, next)
    expect(proposed).toContain(`plugins\n  ~ git: code ${old.digest} -> code ${next.digest} or ${old.digest}\n`)
    expect(proposed).toMatch(/git: as in your checkout: .*differ from the code before:\n {6}~ commands\.ts\n/)
    expect(await signs('ann')).toContain(
      `  git: not seen by you. No plugin that a runner's configuration here names is this code: ${next.digest}`,
    )
    expect(await signs('bob', 'yes', [old, next])).toContain(
      'These differ from the code before:\n      ~ commands.ts\n',
    )
    activate(place, now)
    expect(inForce().company.plugins).toEqual(new Map([['git', [next.digest, old.digest]]]))

    // The update is everywhere: what is taken out stays out.
    change('plugins.json', `,\n      "${old.digest}"`, '')
    expect(await proposes([push], now, next)).toContain(
      `  ~ git: code ${next.digest} or ${old.digest} -> code ${next.digest}\n`,
    )
  })

  it('is signed by who has not seen the code before, and is told so', async () => {
    const next = codeOf('2')
    await proposes([push], now, next)
    rmSync(join(place.data, 'code'), { recursive: true })
    expect(await signs('ann', 'yes', [next])).toContain('You have not seen the code before, so no file can be compared')
  })

  it('lists no plugin in three versions, and lists again what somebody took out by mistake', async () => {
    const three = ['2', '3', '4'].map((text) => ({ name: 'git', code: codeOf(text), manifests: [] }))
    const declaredBy = async () =>
      new Map([['delivery', [{ name: 'git', code: codeOf('1'), manifests: [push] }, ...three]]])
    await expect(propose({ ...place, runners: [], days: 30, now, declaredBy })).rejects.toThrow('git: 4 codes')
    change('commands.json', '"tier": "member"', '"tier": "dangerous"')
    writeFileSync(join(place.config, 'plugins.json'), '[]')
    expect(await proposes()).toContain('Proposed version 2')
  })

  it('takes in where the log is, and leaves what people wrote', async () => {
    mkdirSync(join(place.data, 'log'))
    const note = makeNote('acme/log', 7, Buffer.alloc(32, 7), readMachineKey(join(place.data, 'server/log.key')))
    writeFileSync(join(place.data, 'log/checkpoint'), note)
    expect(await proposes()).toContain('log\n  + checkpoint: acme/log\n')
    const written = readFileSync(join(place.config, 'company.yaml'), 'utf8')
    expect(written).toMatch(/^# Ours\ndeployment: acme\n/)
    expect(written).toMatch(/\{ person: ann, key: ssh-ed25519 \S+ \}\n/)
  })

  it('needs the old root and its own', async () => {
    const eve = makeKeyFile(keyOf('eve'), 'eve')
    writeFileSync(join(place.config, 'people/eve.yaml'), 'name: Eve\n')
    const company = readFileSync(join(place.config, 'company.yaml'), 'utf8')
    const root = `root:\n  threshold: 1\n  administrators:\n    - { person: eve, key: ${eve} }\nlog:`
    writeFileSync(join(place.config, 'company.yaml'), company.replace(/root:[\s\S]*?log:/, root))
    await proposes()
    const signed = await signs('eve')
    expect(signed).toContain('  ! threshold: 2 -> 1\n')
    expect(signed).toContain('signed by 1 of 1 administrators of its own root, and by 0 of 2 of the root before')
    expect(() => activate(place, now)).toThrow('0 of the 2 administrators that bundle 1 asks for')
    await signs('ann')
    await signs('bob')
    expect(activate(place, now).join('\n')).toContain('Version 2 is in')
  })

  it('may come after one that has expired', async () => {
    const later = now + 31 * 86_400
    await proposes([push], later)
    await signs('ann')
    await signs('bob')
    expect(() => activate(place, later + 31 * 86_400)).toThrow('bundle 2 expired')
    expect(activate(place, later).join('\n')).toContain('Version 2 is in')
  })
})

describe('foobot apply', () => {
  const applies = async (
    person: string,
    more: Partial<Parameters<typeof apply>[0]> & { readonly answer?: string; readonly code?: CodeHere } = {},
  ): Promise<{ readonly inForce: boolean; readonly text: string }> => {
    const printed: string[] = []
    const { answer = 'yes', code = codeOf('1'), ...changes } = more
    const inForce = await apply({
      ...place,
      runners: ['runner.yaml'],
      days: 400,
      now,
      declaredBy: async () => new Map([['delivery', [{ name: 'git', code, manifests: [push] }]]]),
      codesHere: async () => [code],
      signers: () => findSigners({ person, keyFile: keyOf(person), data: place.data }),
      print: (...lines) => void printed.push(...lines.map(String)),
      ask: async (question) => {
        printed.push(question)
        return answer
      },
      ...changes,
    })
    return { inForce, text: printed.join('\n') }
  }
  const inForceNow = async (at = now): Promise<void> => {
    await applies('ann', { now: at })
    await applies('bob', { now: at })
  }
  /** Every file of the company's folder and the data folder, byte for byte. */
  const everything = (): ReadonlyMap<string, string> =>
    new Map(
      [place.config, place.data].flatMap((folder) =>
        readdirSync(folder, { recursive: true, withFileTypes: true })
          .filter((entry) => entry.isFile())
          .map((entry) => join(entry.parentPath, entry.name))
          .map((file) => [file, readFileSync(file, 'base64')] as const),
      ),
    )

  it('shows a first bundle, signs it, and names who is missing; the next one signs the same, and it is in force', async () => {
    const first = await applies('ann')
    expect(first.inForce).toBe(false)
    expect(first.text).toContain('Version 1 of acme, its first:\n\nroot\n  + threshold: 2\n')
    expect(first.text).toContain('tiers\n  + push: member\n')
    expect(first.text).toContain(`Sign version 1 as ann, with ${keyOf('ann')}? (yes/no)`)
    expect(first.text).toContain('Version 1 is not in force yet: bob must sign it too.')
    expect(first.text).toContain(`  foobot apply --config ${place.config} --data ${place.data}`)
    expect(() => inForce()).toThrow('there is none')

    const again = await applies('ann', { now: now + 60 })
    expect(again.text).toContain(
      'ann has signed it already. To begin anew, with plugins as they are here: foobot bundle propose, then foobot apply.\nVersion 1 is not in force yet: bob must sign it too.',
    )

    const second = await applies('bob', { now: now + 3600 })
    expect(second.text).toContain('Signed so far by ann.')
    expect(second.text).toContain(`Version 1 is in ${join(place.data, 'bundle', '1')}, in force until`)
    expect(second.inForce).toBe(true)
    expect(inForce()).toMatchObject({ version: 1, iat: now, exp: now + 400 * 86_400 })
  })

  it('renews what is in force where nothing has changed, though the log has gone on', async () => {
    await inForceNow()
    mkdirSync(join(place.data, 'log'))
    const note = makeNote('acme/log', 7, Buffer.alloc(32, 7), readMachineKey(join(place.data, 'server/log.key')))
    writeFileSync(join(place.data, 'log/checkpoint'), note)
    const later = now + 80 * 86_400
    const { text } = await applies('ann', { now: later })
    expect(text.split('\n').slice(0, 3)).toEqual([
      'Version 2 of acme renews version 1, and changes nothing else.',
      '',
      `It lives until ${new Date((later + 400 * 86_400) * 1000).toISOString().slice(0, 10)}.`,
    ])
    await applies('bob', { now: later })
    expect(inForce(later)).toMatchObject({ version: 2, iat: later, exp: later + 400 * 86_400 })
    expect(inForce(later).company.log.checkpoint).toBe(note)
  })

  it('says until when commands from sensitive up run under it', async () => {
    await inForceNow()
    change('commands.json', '"tier": "member"', '"tier": "dangerous"')
    const { text } = await applies('ann')
    expect(text).toContain('tiers\n  ~ push: member -> dangerous\n')
    expect(text).toContain('It lives until 2028-02-19, and carries commands from sensitive up until 2027-04-15.')
  })

  it.each<readonly [string, () => void, Parameters<typeof applies>[1], string]>([
    ['a mistake in the folder', () => change('groups.yaml', '[ann]', '[ann, eve]'), {}, 'there is no people/eve.yaml'],
    [
      'a policy that names nothing',
      () => {
        mkdirSync(join(place.config, 'policy'), { recursive: true })
        writeFileSync(join(place.config, 'policy/a.cedar'), 'permit (principal in Group::"Dev", action, resource);\n')
      },
      {},
      'did you mean Group::"Devs"?',
    ],
    ['YAML that is none', () => change('company.yaml', 'name: Acme', 'name: ['), {}, 'company.yaml:'],
    [
      'plugins that do not load',
      () => change('groups.yaml', '[ann]', '[]'),
      { declaredBy: () => Promise.reject(new Error('broken')) },
      'broken',
    ],
    ['an answer that is not yes', () => undefined, { answer: 'y' }, 'Nothing was signed, and nothing has changed.'],
    [
      'a key that is no administrator’s',
      () => makeKeyFile(keyOf('eve'), 'eve'),
      { signers: () => findSigners({ person: 'eve', keyFile: keyOf('eve'), data: place.data }) },
      'no key of an administrator',
    ],
    [
      'the data folder of another deployment',
      () => change('company.yaml', 'deployment: acme', 'deployment: other'),
      {},
      'is the data folder of acme, and',
    ],
    [
      'what its server would refuse',
      () =>
        writeFileSync(
          join(place.data, 'server/server.yaml'),
          `${serverFile()}lowest: 2
`,
        ),
      {},
      'version 1 is older than 2, the lowest accepted here',
    ],
  ])('touches no file where something is wrong: %s', async (_, breaks, more, why) => {
    await applies('bob', { code: codeOf('0') })
    breaks()
    const before = everything()
    // Another plugin's code: what would be written differs from what lies there.
    await expect(applies('ann', { code: codeOf('2'), ...more })).rejects.toThrow(why)
    expect(everything()).toEqual(before)
  })

  it('refuses a data folder in which there is nothing of Foobot', async () => {
    await applies('ann')
    const before = everything()
    const data = join(home, 'mistyped')
    await expect(applies('bob', { data })).rejects.toThrow('it holds neither a server’s configuration nor a bundle')
    expect(everything()).toEqual(before)
    expect(existsSync(data)).toBe(false)
  })

  it('begins anew where the folder was changed after somebody signed, and says whose signature is gone', async () => {
    await applies('ann')
    change('groups.yaml', '[ann]', '[ann, bob]')
    const { text } = await applies('bob')
    expect(text).toMatch(/^ann signed another version 1: the folder has changed since, /)
    expect(text).toContain('Version 1 is not in force yet: ann must sign it too.')
    expect((await applies('ann')).inForce).toBe(true)
  })

  it('begins anew where the time of what was signed is over, or nobody can read it', async () => {
    await applies('ann', { days: 1 })
    const { text } = await applies('bob', { now: now + 86_400 })
    expect(text).toMatch(/^ann signed another version 1: /)
    writeFileSync(join(place.config, 'bundle.json'), '{')
    expect((await applies('ann')).text).toMatch(/^Version 1 of acme, its first:/)
  })

  it('begins anew where what was signed is not fresh any more: it would carry no command from sensitive up', async () => {
    await applies('ann')
    const later = now + 90 * 86_400
    const { text, inForce: done } = await applies('bob', { now: later })
    expect(text).toMatch(/^ann signed another version 1: /)
    expect(done).toBe(false)
    expect((await applies('ann', { now: later })).inForce).toBe(true)
    expect(inForce(later)).toMatchObject({ version: 1, iat: later })
  })

  it('signs what was signed before, loads nothing of its plugins, and says whose code is not in this checkout', async () => {
    await applies('ann')
    const declaredBy = () => Promise.reject(new Error('a plugin was loaded'))
    const { text, inForce: done } = await applies('bob', { code: codeOf('2'), declaredBy })
    expect(text).toContain('  git: not seen by you.')
    expect(done).toBe(true)
    expect(inForce().company.plugins).toEqual(new Map([['git', [codeOf('1').digest]]]))
  })

  it('puts in force what enough have signed, by whoever is there', async () => {
    await proposes()
    await signs('ann')
    await signs('bob')
    const nobody = { signers: () => Promise.reject(new Error('no key is needed')) }
    expect((await applies('nobody', nobody)).inForce).toBe(true)
    expect(inForce().version).toBe(1)
  })

  it('is signed on a machine without a server, by way of one’s own copies, and put in force on the server’s', async () => {
    await inForceNow()
    change('groups.yaml', '[ann]', '[ann, bob]')
    await applies('ann')
    const copies = join(home, 'copies')
    cpSync(join(place.data, 'bundle'), join(copies, 'bundle'), { recursive: true })
    const there = await applies('bob', { data: copies })
    expect(there.text).toContain('groups\n  + Devs: bob\n')
    expect(there.text).toContain(
      `It is put in force in the server’s data folder, and ${copies} is none:\n  foobot apply --config ${place.config} --data DIR`,
    )
    expect(there.inForce).toBe(false)
    expect(inForce().version).toBe(1)
    const nobody = { signers: () => Promise.reject(new Error('no key is needed')) }
    expect((await applies('nobody', nobody)).inForce).toBe(true)
    expect(inForce().version).toBe(2)
  })

  it('needs the old root and its own, and names who of each is missing', async () => {
    await inForceNow()
    const eve = makeKeyFile(keyOf('eve'), 'eve')
    writeFileSync(join(place.config, 'people/eve.yaml'), 'name: Eve\n')
    const company = readFileSync(join(place.config, 'company.yaml'), 'utf8')
    const root = `root:\n  threshold: 1\n  administrators:\n    - { person: eve, key: ${eve} }\nlog:`
    writeFileSync(join(place.config, 'company.yaml'), company.replace(/root:[\s\S]*?log:/, root))
    expect((await applies('eve')).text).toContain('not in force yet: ann and bob must sign it too.')
    expect((await applies('ann')).text).toContain('not in force yet: bob must sign it too.')
    expect((await applies('bob')).inForce).toBe(true)
    expect(inForce().company.root.threshold).toBe(1)
  })
})
