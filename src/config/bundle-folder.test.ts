import { mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { makeAdministrator } from '#core/bundle/administrator.fixture.ts'
import { type BundleOffer, bundleKind, draftBundle, type Trust } from '#core/bundle/bundle.ts'
import { ed25519Key } from '#core/signature/ed25519.ts'
import { sealEnvelope } from '#core/statement/envelope.ts'
import { bundleVersions, fromPack, newestBundle, readBundle, toPack, writeBundle } from './bundle-folder.ts'
import { readCompanyFolder } from './company-folder.ts'

const now = 1_800_000_000
const jane = makeAdministrator()

const filesOf = (name: string): ReadonlyMap<string, Uint8Array> =>
  new Map(
    Object.entries({
      'company.yaml': `deployment: acme
name: ${name}
zone: UTC
dateOrder: month-first
root:
  threshold: 1
  administrators: [{ person: jane, key: ${jane.key} }]
log: { key: "${ed25519Key(Buffer.alloc(32, 1))}" }
runners: {}
`,
      'people/jane.yaml': 'name: Jane\n',
      'groups.yaml': 'Devs: [jane]\n',
      'rooms.yaml': 'devs: { groups: [Devs] }\n',
      'commands.json': '[]\n',
      'plugins.json': '[]\n',
      'policy/devs.cedar': '',
    }).map(([path, text]) => [path, Buffer.from(text)]),
  )

const offer = (version = 1, previous?: string, name = 'Acme'): BundleOffer & { readonly digest: string } => {
  const files = filesOf(name)
  const head = { deployment: 'acme', version, iat: now, exp: now + 1000, ...(previous !== undefined && { previous }) }
  const body = draftBundle(files, head)
  return { envelope: sealEnvelope(bundleKind, body, [jane.sign(body)]), files, digest: bundleKind.digest(body) }
}

const trust: Trust = {
  deployment: 'acme',
  root: { threshold: 1, administrators: [{ person: 'jane', key: jane.key }] },
  lowest: 1,
  now,
}

let data = ''
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'foobot-bundle-'))
})
afterEach(() => rmSync(data, { recursive: true }))

describe('a data folder', () => {
  it('gives back the bundle that was written', () => {
    const written = offer()
    expect(writeBundle(data, written)).toBe(join(data, 'bundle', '1'))
    const { envelope, files } = readBundle(data, 1)
    expect(envelope).toEqual(written.envelope)
    expect(new Map([...files].map(([path, bytes]) => [path, Buffer.from(bytes)]))).toEqual(written.files)
    expect(newestBundle(data, trust)).toMatchObject({ version: 1, digest: written.digest, company: { name: 'Acme' } })
  })

  it('holds a chain, and gives the newest by way of it', () => {
    const first = offer()
    const second = offer(2, first.digest, 'Acme 2')
    const tenth = offer(10, second.digest, 'Acme 10')
    for (const each of [tenth, first, second]) writeBundle(data, each)
    expect(bundleVersions(data)).toEqual([1, 2, 10])
    expect(newestBundle(data, trust).company.name).toBe('Acme 10')
    expect(newestBundle(data, { ...trust, lowest: 2 }).version).toBe(10)
    const held = newestBundle(data, trust)
    expect(newestBundle(data, { ...trust, held })).toBe(held)
    rmSync(join(data, 'bundle', '2'), { recursive: true })
    expect(() => newestBundle(data, trust)).toThrow('version 10 does not follow the version 1')
  })

  it('takes the same bundle twice, and no other of its version', () => {
    writeBundle(data, offer())
    writeBundle(data, offer())
    expect(() => writeBundle(data, offer(1, undefined, 'Other'))).toThrow(
      'another bundle of version 1 lies there already',
    )
  })

  it('is left as it was where writing fails', () => {
    const { envelope, files } = offer()
    const escaping = { envelope, files: new Map([...files, ['../../evil.yaml', Buffer.from('')]]) }
    expect(() => writeBundle(data, escaping)).toThrow('../../evil.yaml: it is no file of a company folder')
    expect(readdirSync(join(data, 'bundle'))).toEqual([])
  })

  it('with a file changed by hand holds no bundle', () => {
    const folder = writeBundle(data, offer())
    writeFileSync(join(folder, 'groups.yaml'), 'Devs: []\n')
    expect(() => newestBundle(data, trust)).toThrow('groups.yaml is not as it was signed')
  })

  it('with a damaged envelope says which file', () => {
    const folder = writeBundle(data, offer())
    writeFileSync(join(folder, 'bundle.json'), '{')
    expect(() => newestBundle(data, trust)).toThrow(join(folder, 'bundle.json'))
  })

  it('without a bundle says what to do', () => {
    expect(() => newestBundle(data, trust)).toThrow('there is none')
  })
})

describe('a bundle that travels', () => {
  it('arrives as it left', () => {
    const sent = offer()
    const pack = JSON.parse(JSON.stringify(toPack(sent)))
    const arrived = fromPack(pack)
    expect(arrived.envelope).toEqual(sent.envelope)
    expect(arrived.files).toEqual(sent.files)
  })
})

describe('a company’s folder on disk', () => {
  const write = (path: string, text = ''): void => {
    mkdirSync(join(data, path, '..'), { recursive: true })
    writeFileSync(join(data, path), text)
  }

  it('is read without what an editor leaves, and without its README and envelope', () => {
    for (const path of ['company.yaml', 'people/jane.yaml', 'policy/a.cedar', '.swp', 'README.md', 'bundle.json'])
      write(path)
    expect([...readCompanyFolder(data).keys()]).toEqual(['company.yaml', 'people/jane.yaml', 'policy/a.cedar'])
  })

  it('refuses what it does not know, by name', () => {
    write('policy/a.ceder')
    write('people/Jane.yaml')
    write('teams/a.yaml')
    expect(() => readCompanyFolder(data)).toThrow(
      [
        `${join(data, 'people/Jane.yaml')}: is no file of a company folder: rename it or take it away`,
        `${join(data, 'policy/a.ceder')}: is no file of a company folder: rename it or take it away`,
        `${join(data, 'teams')}: is no plain file: put the file itself there`,
      ].join('\n'),
    )
  })

  it('refuses links, to files and to folders', () => {
    write('elsewhere/groups.yaml')
    symlinkSync(join(data, 'elsewhere/groups.yaml'), join(data, 'groups.yaml'))
    symlinkSync(join(data, 'elsewhere'), join(data, 'people'))
    expect(() => readCompanyFolder(data)).toThrow(`${join(data, 'groups.yaml')}: is no plain file`)
    expect(() => readCompanyFolder(data)).toThrow(`${join(data, 'people')}: is no plain file`)
  })

  it('refuses what is larger than any company, before it is read', () => {
    write('groups.yaml', '#'.repeat(3 * 2 ** 20))
    write('rooms.yaml', '#'.repeat(2 ** 20 + 1))
    expect(() => readCompanyFolder(data)).toThrow(`${data}: has 4194305 bytes, at most 4194304`)
  })

  it('says where it is missing', () => {
    expect(() => readCompanyFolder(join(data, 'none'))).toThrow(`${join(data, 'none')}: cannot be read: ENOENT`)
  })
})
