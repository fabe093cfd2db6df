import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { sshString } from '#core/signature/ssh-wire.ts'
import { readCompany } from './company.ts'

const raw = (): Buffer => {
  const { publicKey } = generateKeyPairSync('ed25519')
  return publicKey.export({ format: 'der', type: 'spki' }).subarray(-32)
}
const ssh = (): string =>
  `ssh-ed25519 ${Buffer.concat([sshString('ssh-ed25519'), sshString(raw())]).toString('base64')}`
const machine = (): string => `ed25519 ${raw().toString('base64')}`

const [adminKey, janeKey, logKey, runnerKey] = [ssh(), ssh(), machine(), machine()]

const company = `deployment: acme
name: Acme
zone: America/Denver
dateOrder: month-first
root:
  threshold: 1
  administrators:
    - person: jane
      key: ${adminKey}
log:
  key: ${logKey}
platforms:
  slack: { identity: lasting }
  irc: { identity: reused }
runners:
  delivery:
    key: ${runnerKey}
    zone: git
owners:
  backend: Devs
`

const push = {
  runner: 'delivery',
  tier: 'member',
  manifest: {
    plugin: 'git',
    command: 'push',
    template: 'push',
    summary: 'Push',
    tier: 'member',
    inspects: true,
    exclusive: true,
    cancellable: false,
    timeLimit: 60,
  },
}

const good: Readonly<Record<string, string>> = {
  'company.yaml': company,
  'people/jane.yaml': `name: Jane Doe\nkeys:\n  - ${janeKey}\naccounts:\n  - { platform: slack, tenant: T1, id: U1 }\n`,
  'people/joe.yaml': 'name: Joe\n',
  'groups.yaml': 'Devs: [jane, joe]\n',
  'rooms.yaml': 'devs: { groups: [Devs] }\neveryone: { groups: everybody }\n',
  'commands.json': JSON.stringify([push], null, 1),
  'plugins.json': JSON.stringify([{ plugin: 'git', code: ['a'.repeat(64), 'b'.repeat(64)] }], null, 1),
  'policy/devs.cedar': 'permit (principal in Group::"Devs", action == Action::"push", resource);\n',
}

const folder = (changes: Readonly<Record<string, string | undefined>> = {}): Map<string, Uint8Array> =>
  new Map(
    Object.entries({ ...good, ...changes }).flatMap(([path, text]) =>
      text === undefined ? [] : [[path, Buffer.from(text)] as const],
    ),
  )

const complaints = (changes: Readonly<Record<string, string | undefined>>): readonly string[] => {
  try {
    readCompany(folder(changes))
  } catch (error) {
    return error instanceof Error ? error.message.split('\n') : []
  }
  return []
}

const companyWith = (from: string, to: string): string => {
  expect(company).toContain(from)
  return company.replace(from, to)
}

describe('a company’s folder', () => {
  it('is read whole', () => {
    const read = readCompany(folder())
    expect(read.deployment).toBe('acme')
    expect(read.root).toEqual({ threshold: 1, administrators: [{ person: 'jane', key: adminKey }] })
    expect(read.people.get('jane')).toEqual({
      id: 'jane',
      name: 'Jane Doe',
      keys: [janeKey],
      accounts: [{ platform: 'slack', tenant: 'T1', id: 'U1' }],
      hardware: new Set(),
    })
    expect(read.groups.get('Devs')).toEqual(new Set(['jane', 'joe']))
    expect(read.rooms.get('devs')?.groups).toEqual(['Devs'])
    expect(read.rooms.get('everyone')?.groups).toEqual([])
    expect(read.owners.get('backend')).toBe('Devs')
    expect(read.commands).toEqual([push])
    expect([...read.policies.keys()]).toEqual(['policy/devs.cedar#1'])
  })

  it('gives single policies in the order of their file', () => {
    const permit = (n: number) => `permit (principal == Person::"p${n}", action, resource);`
    const text = Array.from({ length: 12 }, (_, n) => permit(n + 1)).join('\n')
    const { policies } = readCompany(folder({ 'policy/devs.cedar': text }))
    expect(policies.get('policy/devs.cedar#2')).toContain('"p2"')
    expect(policies.get('policy/devs.cedar#11')).toContain('"p11"')
  })

  it('tells all that is wrong at once', () => {
    expect(
      complaints({
        'company.yaml': companyWith('name: Acme\nzone: America/Denver', 'zone: Denver'),
        'rooms.yaml': undefined,
      }),
    ).toEqual([
      'company.yaml: name: write the company’s name, in one line',
      'company.yaml:2: zone: is no time zone that I know: write one as Europe/Berlin',
      'rooms.yaml: is missing',
    ])
  })
})

describe('a file that is wrong is complained about by name and line', () => {
  it.each([
    [
      'a key that nobody reads',
      { 'people/joe.yaml': 'name: Joe\ngroup: Devs\n' },
      'people/joe.yaml:2: "group" means nothing here: write any of name, accounts, keys, hardware, picture',
    ],
    [
      'a number for a text',
      { 'people/joe.yaml': 'name: 7\n' },
      'people/joe.yaml:1: name: write the person’s name, in one line',
    ],
    ['an empty file', { 'people/joe.yaml': '' }, 'people/joe.yaml: name: write the person’s name, in one line'],
    [
      'a name with hidden characters',
      { 'people/joe.yaml': 'name: "Joe\\u202Eeoj"\n' },
      'people/joe.yaml:1: name: write the person’s name, in one line',
    ],
    [
      'a key of a bad form',
      { 'people/joe.yaml': 'name: Joe\nkeys:\n  - ssh-rsa AAAA\n' },
      'people/joe.yaml:3: keys.0: That key cannot be used (keys of type ssh-rsa are not accepted). Make a new one: ssh-keygen -t ed25519',
    ],
    [
      'a machine’s key for a person',
      { 'people/joe.yaml': `name: Joe\nkeys:\n  - ${machine()}\n` },
      'people/joe.yaml:3: keys.0: is a key of another use: write an SSH public key without its comment, or webauthn …',
    ],
    [
      'an account of the own platform',
      { 'people/joe.yaml': 'name: Joe\naccounts:\n  - { platform: native, tenant: acme, id: jane }\n' },
      'people/joe.yaml:3: accounts.0.platform: native is Foobot’s own: leave it out',
    ],
    [
      'a key twice',
      { 'people/joe.yaml': 'name: Joe\nname: Jane\n' },
      'people/joe.yaml:2: this key stands twice: keep one',
    ],
    [
      'an alias',
      { 'people/joe.yaml': 'name: &n Joe\nkeys: [*n]\n' },
      'people/joe.yaml:1: leave out &n\npeople/joe.yaml:2: *n is an alias: write out what it stands for',
    ],
    [
      'a tag',
      { 'people/joe.yaml': 'name: !!binary Sm9l\n' },
      'people/joe.yaml:1: leave out the tag tag:yaml.org,2002:binary',
    ],
    [
      'two documents',
      { 'people/joe.yaml': 'name: Joe\n---\nname: Jane\n' },
      'people/joe.yaml:2: is no YAML here: Source contains multiple documents; please use YAML.parseAllDocuments()',
    ],
    ['a directive', { 'people/joe.yaml': '%YAML 1.1\n---\nname: Joe\n' }, 'people/joe.yaml: leave out the %YAML line'],
    [
      'a merge key',
      { 'people/joe.yaml': '<<: { name: Joe }\n' },
      'people/joe.yaml: name: write the person’s name, in one line\npeople/joe.yaml:1: "<<" means nothing here: write any of name, accounts, keys, hardware, picture',
    ],
    [
      'a room that forgets its groups',
      { 'rooms.yaml': 'devs: { groups: [] }\n' },
      'rooms.yaml:1: devs.groups: write a list of groups, as [Devs], or the word everybody',
    ],
    [
      'a group by another form',
      { 'groups.yaml': 'Devs: [jane]\n"Big Devs": [jane]\n' },
      'groups.yaml:2: Big Devs: as a name here, write a group’s name in letters and digits, as Devs',
    ],
    [
      'a key named __proto__',
      { 'groups.yaml': 'Devs: [jane]\n__proto__: [jane]\n' },
      'groups.yaml:2: __proto__ is no name: write another',
    ],
    [
      'an unreadable policy',
      { 'policy/devs.cedar': 'permit (principal, action, resource);\npermit (all);\n' },
      expect.stringMatching(/^policy\/devs\.cedar: line 2: /),
    ],
    [
      'a policy that owes what is no form',
      { 'policy/devs.cedar': '@owes("cake")\nforbid (principal, action, resource);\n' },
      expect.stringMatching(/^policy\/devs\.cedar#1: @owes\("cake"\) is none of the forms/),
    ],
    [
      'a foreign file',
      { 'policy/devs.ceder': 'forbid (principal, action, resource);' },
      'policy/devs.ceder: is no file of a company folder: rename it or take it away',
    ],
    ['JSON that is none', { 'commands.json': '[{]' }, 'commands.json: a key expected at character 2'],
    [
      'JSON with a key twice',
      { 'commands.json': '[{"runner": "a", "runner": "b"}]' },
      'commands.json: duplicate key "runner" at character 25',
    ],
    [
      'an origin over plain http',
      { 'company.yaml': `${company}desks:\n  http://desk.acme.example: {}\n` },
      'company.yaml:22: desks.http://desk.acme.example: as a name here, write https, and exactly scheme, host and port',
    ],
    [
      'a life made longer',
      { 'company.yaml': `${company}limits:\n  tiers:\n    sensitive: { life: 301 }\n` },
      'company.yaml:23: limits.tiers.sensitive.life: a company may shorten a life, never lengthen it: write at most 300',
    ],
    [
      'a bundle that is fresh for longer',
      { 'company.yaml': `${company}limits: { freshness: 91 }\n` },
      'company.yaml:21: limits.freshness: a company may shorten the time for which a bundle is fresh, never lengthen it: write 1 to 90 days',
    ],
    [
      'a threshold above the administrators',
      { 'company.yaml': companyWith('threshold: 1', 'threshold: 2') },
      'company.yaml:6: root.threshold: 2 must sign and there are 1 administrators: nobody could ever change anything',
    ],
  ])('%s', (_, changes, complaint) => {
    expect(complaints(changes as Record<string, string>).join('\n')).toEqual(complaint)
  })

  it('however deep or large it is', () => {
    expect(complaints({ 'groups.yaml': '['.repeat(20_000) }).join()).toMatch(/^groups\.yaml:1: is no YAML here/)
    expect(complaints({ 'groups.yaml': '#'.repeat(2 ** 20 + 1) })).toEqual([
      'groups.yaml: has 1048577 bytes, at most 1048576',
    ])
    expect(complaints({ 'policy/devs.cedar': ' '.repeat(2 ** 22) }).join()).toMatch(
      /^the folder: has \d+ bytes, at most 4194304/,
    )
  })
})

describe('files that do not fit together are complained about', () => {
  const listed = (changes: object, manifest: object = {}) =>
    JSON.stringify(
      [push, { ...push, ...changes, manifest: { ...push.manifest, command: 'pull', template: 'pull', ...manifest } }],
      null,
      1,
    )

  it.each([
    [
      'a member who is nobody',
      { 'groups.yaml': 'Devs:\n  - jane\n  - jim\n' },
      'groups.yaml:1: Devs: there is no people/jim.yaml: write it, or take jim out',
    ],
    [
      'a picture that is not there',
      { 'people/joe.yaml': 'name: Joe\npicture: { file: pictures/joe.png }\n' },
      'people/joe.yaml: picture: there is no pictures/joe.png: put it there, or take the picture out',
    ],
    [
      'a picture that is something else',
      { 'people/joe.yaml': 'name: Joe\npicture: { file: pictures/joe.jpg }\n', 'pictures/joe.jpg': '<svg/>' },
      'people/joe.yaml: picture: pictures/joe.jpg is not what its name says: save it as PNG or JPEG',
    ],
    [
      'a picture that is too large',
      {
        'people/joe.yaml': 'name: Joe\npicture: { file: pictures/joe.png }\n',
        'pictures/joe.png': 'x'.repeat(64 * 1024 + 1),
      },
      'people/joe.yaml: picture: pictures/joe.png has 65537 bytes, at most 65536',
    ],
    [
      'a picture of nobody',
      { 'pictures/joe.png': 'x' },
      'pictures/joe.png: is nobody’s picture: name it in a people file or take it away',
    ],
    [
      'a picture elsewhere',
      { 'people/joe.yaml': 'name: Joe\npicture: { file: ../joe.png }\n' },
      'people/joe.yaml:2: picture.file: write a file in the folder pictures, as pictures/jhand.png',
    ],
    [
      'groups that differ in case only',
      { 'groups.yaml': 'Devs: [jane]\nDEVS: [joe]\n' },
      'groups.yaml:2: DEVS and Devs differ in case only: rename one',
    ],
    [
      'a room of no group',
      { 'rooms.yaml': 'devs:\n  groups: [Dev]\n' },
      'rooms.yaml:2: devs: groups.yaml has no group Dev: write it there, or another one here',
    ],
    [
      'two rooms in one place',
      {
        'rooms.yaml':
          'a: { groups: everybody, places: [{ platform: irc, tenant: n, id: "#a" }] }\nb: { groups: [Devs], places: [{ platform: irc, tenant: n, id: "#A" }] }\n',
      },
      'rooms.yaml:2: b: this place is the room a already',
    ],
    [
      'an owner that is no group',
      { 'company.yaml': companyWith('backend: Devs', 'backend: Dev') },
      'company.yaml:20: owners.backend: groups.yaml has no group Dev: write it there, or another one here',
    ],
    [
      'an administrator who is nobody',
      { 'company.yaml': companyWith('person: jane', 'person: jim') },
      'company.yaml:8: there is no people/jim.yaml: write it, or another person',
    ],
    [
      'a command of no runner',
      { 'commands.json': listed({ runner: 'deliverx' }) },
      expect.stringMatching(
        /^commands\.json:\d+: "pull": company\.yaml has no runner deliverx: write it, or another one here$/,
      ),
    ],
    [
      'a command twice',
      { 'commands.json': listed({}, push.manifest) },
      expect.stringMatching(/^commands\.json:\d+: "push" is listed twice: keep one$/),
    ],
    [
      'a tier below the plugin’s',
      { 'commands.json': listed({}, { tier: 'sensitive' }) },
      expect.stringMatching(
        /^commands\.json:\d+: "pull": its plugin says sensitive, and a company may say higher, never member$/,
      ),
    ],
    [
      'a command that can hurt, of a plugin without a code',
      { 'commands.json': listed({ tier: 'sensitive' }, { plugin: 'other' }) },
      expect.stringMatching(
        /^commands\.json:\d+: "pull": plugins\.json lists no code of the plugin other: run "foobot apply"$/,
      ),
    ],
    [
      'a plugin with a third code, or none',
      { 'plugins.json': JSON.stringify([{ plugin: 'git', code: ['a', 'b', 'c'].map((one) => one.repeat(64)) }]) },
      'plugins.json:1: 0.code: write one SHA-256 in hex, or two while an update is under way',
    ],
    [
      'a code that is none',
      { 'plugins.json': JSON.stringify([{ plugin: 'git', code: ['A'.repeat(64)] }]) },
      'plugins.json:1: 0.code.0: write one SHA-256 in hex, or two while an update is under way',
    ],
    [
      'a code of two plugins',
      { 'plugins.json': JSON.stringify(['git', 'tools'].map((plugin) => ({ plugin, code: ['a'.repeat(64)] }))) },
      expect.stringContaining(`${'a'.repeat(64)} is listed twice: keep one`),
    ],
    [
      'a template that cannot be read',
      { 'commands.json': listed({}, { template: 'pull <' }) },
      expect.stringMatching(/^commands\.json:\d+: "pull": /),
    ],
    [
      'a template by which one word could go to two arguments',
      { 'commands.json': listed({}, { template: 'pull -<left:word> -<right:word>' }) },
      expect.stringContaining('"-<left>" and "-<right>" take a common word'),
    ],
    [
      'a template by which one argument has two values',
      { 'commands.json': listed({}, { template: 'pull <what> <what>' }) },
      expect.stringContaining('the name "what" stands twice'),
    ],
    [
      'a template by which something stands behind the rest of the line',
      { 'commands.json': listed({}, { template: 'pull <what...> <where>' }) },
      expect.stringContaining('takes the rest of the line: it must be last'),
    ],
    [
      'a name that is not its template’s',
      { 'commands.json': listed({}, { command: 'pulls' }) },
      'commands.json: "pulls" is not the name in its template "pull".',
    ],
    [
      'a name that is reserved',
      { 'commands.json': listed({}, { command: 'help', template: 'help' }) },
      expect.stringContaining('"help" begins one of Foobot\'s own commands'),
    ],
    [
      'a line that could mean two commands',
      { 'commands.json': listed({}, { command: 'push', template: 'push [<where:word>]' }) },
      expect.stringContaining('"push" is listed twice'),
    ],
    [
      'a template that takes another’s lines',
      {
        'commands.json': JSON.stringify([
          push,
          { ...push, manifest: { ...push.manifest, command: 'pull', template: 'pull <what:text...>' } },
          { ...push, manifest: { ...push.manifest, command: 'pull now', template: 'pull now' } },
        ]),
      },
      expect.stringContaining('One line could mean two commands: "pull <what:text...>" and "pull now"'),
    ],
    [
      'a word of no command',
      { 'company.yaml': `${company}attested: { words: [pull] }\n` },
      'company.yaml:21: attested.words: there is no command "pull"',
    ],
    [
      'one key in two roles',
      { 'people/joe.yaml': `name: Joe\nkeys: ["${adminKey}"]\n` },
      'people/joe.yaml:2: this key stands in company.yaml, root.administrators.0.key already: a key has one role, make another',
    ],
    [
      'one key for two people',
      { 'people/joe.yaml': `name: Joe\nkeys: ["${janeKey}"]\n` },
      'people/joe.yaml:2: this key stands in people/jane.yaml, keys.0 already: a key has one role, make another',
    ],
    [
      'one key for log and runner',
      { 'company.yaml': companyWith(runnerKey, logKey) },
      'company.yaml:17: this key stands in company.yaml, log.key already: a key has one role, make another',
    ],
    [
      'a hardware key that is no key',
      { 'people/joe.yaml': `name: Joe\nhardware: ["${ssh()}"]\n` },
      'people/joe.yaml:2: this key does not stand under keys: write it there too',
    ],
    [
      'one account for two people',
      { 'people/joe.yaml': 'name: Joe\naccounts: [{ platform: slack, tenant: T1, id: u1 }]\n' },
      'people/joe.yaml:2: this account is jane’s already: an account is one person’s',
    ],
  ])('%s', (_, changes, complaint) => {
    expect(complaints(changes as Record<string, string>).join('\n')).toEqual(complaint)
  })
})

it('takes the days for which a bundle is fresh, fewer than 90', () => {
  const text = `${company}limits: { freshness: 30 }\n`
  expect(readCompany(folder({ 'company.yaml': text })).limits).toEqual({ tiers: new Map(), freshness: 30 * 86_400 })
})

describe('what is reserved', () => {
  const desk = (value: string): string => `desks:\n  https://desk.acme.example: { server: ${value} }\n`
  const room = (fields: string): string => `devs: { groups: [Devs], ${fields} }\neveryone: { groups: everybody }\n`
  const place = (shows: string): string => room(`places: [{ platform: slack, tenant: T1, id: C1, shows: ${shows} }]`)
  it.each([
    ['after of a log', { 'company.yaml': companyWith('log:', 'log:\n  after: VALUE') }, 'log that was restored'],
    ['minima', { 'company.yaml': `${company}minima: VALUE\n` }, 'minima'],
    ['a desk’s server', { 'company.yaml': company + desk('VALUE') }, 'sign-in at a desk'],
    ['what a place shows', { 'rooms.yaml': place('VALUE') }, 'choice of what a place shows'],
    ['here of a room', { 'rooms.yaml': room('here: VALUE') }, 'group for whoever is there'],
    ['a person’s subjects', { 'people/joe.yaml': 'name: Joe\nsubjects: VALUE\n' }, 'sign-in by OpenID Connect'],
  ])('%s: refused by name, in whatever form', (_, changes, what) => {
    for (const value of ['5', 'soon', 'Devs', '{}', '[]', '{ a: "1" }', 'https://foobot.acme.example', 'null', '']) {
      const files = Object.entries(changes).map(([file, text]) => [file, text.replace('VALUE', value)])
      const found = complaints(Object.fromEntries(files))
      expect(found, value).toHaveLength(1)
      expect(found[0], value).toMatch(new RegExp(`: this version of Foobot has no ${what} yet: leave it out$`))
    }
  })

  it('the folder of agents', () => {
    expect(complaints({ 'agents/nightly.yaml': 'name: Nightly\n' }).join()).toContain(
      'this version of Foobot has no agents yet',
    )
  })

  it.each([
    ['no identity', 'platforms: { slack: {}, irc: { identity: reused } }', 'write lasting ('],
    ['another identity', 'platforms: { slack: { identity: none }, irc: { identity: reused } }', 'write lasting ('],
    ['none at all', 'platforms: {}', 'lists no platform slack: write "platforms: {slack: {identity: lasting}}"'],
    [
      'the own one',
      'platforms: { slack: { identity: lasting }, native: { identity: lasting } }',
      'native is Foobot’s own',
    ],
  ])('platforms: %s', (_, platforms, complaint) => {
    const text = company.replace(/^platforms:\n {2}slack.*\n {2}irc.*$/m, platforms)
    expect(text).toContain(platforms)
    expect(complaints({ 'company.yaml': text }).join('\n')).toContain(complaint)
  })
})
