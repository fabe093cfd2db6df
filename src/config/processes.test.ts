import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { makeAdministrator } from '#core/bundle/administrator.fixture.ts'
import { readRunnerConfig } from './runner.ts'
import { readServerConfig } from './server.ts'

const { key } = makeAdministrator()
const root = `root: { threshold: 1, administrators: [{ person: jane, key: ${key} }] }\n`

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'foobot-config-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const written = (text: string): string => {
  const file = join(folder, 'file.yaml')
  writeFileSync(file, text)
  return file
}

/** What is said, without the folder of the file. */
const said = (read: () => unknown): string => {
  try {
    read()
  } catch (error) {
    return error instanceof Error ? error.message.replaceAll(`${folder}/`, '') : String(error)
  }
  return ''
}

describe('a server’s configuration', () => {
  const server = (text: string) => said(() => readServerConfig(written(text)))

  it('needs a deployment and a root, and has the rest by itself', () => {
    expect(readServerConfig(written(`deployment: acme\n${root}`))).toEqual({
      deployment: 'acme',
      root: { threshold: 1, administrators: [{ person: 'jane', key }] },
      lowest: 1,
      logKey: join(folder, 'log.key'),
      socket: join(folder, 'runners.sock'),
      host: '127.0.0.1',
      port: 8080,
      proxy: [],
      metrics: { socket: join(folder, 'metrics.sock') },
      push: {
        key: join(folder, 'push-key.json'),
        services: expect.arrayContaining(['fcm.googleapis.com', '*.push.apple.com']),
        loopback: false,
      },
    })
  })

  it('takes one-time codes and other push services where it says so', () => {
    const more = 'totp: { key: totp.key }\npush: { services: [push.acme.example], loopback: true }\n'
    expect(readServerConfig(written(`deployment: acme\n${root}${more}`))).toMatchObject({
      totp: { key: join(folder, 'totp.key'), secrets: join(folder, 'totp-secrets.json') },
      push: { services: ['push.acme.example'], loopback: true },
    })
    const wrong = 'push: { services: [https://push.acme.example] }\n'
    expect(() => readServerConfig(written(`deployment: acme\n${root}${wrong}`))).toThrow('a host')
  })

  it('has listeners of its own for the operator and for runners of other machines', () => {
    const more = [
      'proxy: [127.0.0.1, "::1"]',
      'metrics: { port: 9464 }',
      'runners: { port: 8443, publicUrl: https://runners.acme.example, proxy: [10.0.0.7] }',
    ]
    expect(readServerConfig(written(`deployment: acme\n${root}${more.join('\n')}\n`))).toMatchObject({
      proxy: ['127.0.0.1', '::1'],
      metrics: { port: 9464 },
      runners: { host: '127.0.0.1', port: 8443, publicUrl: 'https://runners.acme.example', proxy: ['10.0.0.7'] },
    })
  })

  it.each([
    ['proxy: [proxy.acme.example]\n', 'proxy.0: write an address, as 127.0.0.1'],
    ['metrics: { port: 0 }\n', 'write a port, from 1 to 65535'],
    ['metrics: everywhere\n', 'write either a socket'],
    ['runners: { host: 0.0.0.0, port: 8443 }\n', 'host 0.0.0.0 is heard by other machines'],
    ['runners: { port: 8443, publicUrl: "http://runners.acme.example" }\n', 'write https and exactly'],
  ])('refuses %s', (more, say) => {
    expect(server(`deployment: acme\n${root}${more}`)).toContain(say)
  })

  it('sees paths from its own folder', () => {
    const config = readServerConfig(written(`deployment: acme\n${root}logKey: ../keys/log\nsocket: /run/foobot.sock\n`))
    expect(config).toMatchObject({ logKey: join(folder, '../keys/log'), socket: '/run/foobot.sock' })
  })

  it.each([
    [
      'nothing',
      '',
      'file.yaml: deployment: write the deployment’s id in small letters, as acme\nfile.yaml: root: write administrators, threshold, each on a line of its own',
    ],
    ['no root', 'deployment: acme\n', 'file.yaml: root: write administrators, threshold, each on a line of its own'],
    [
      'a root of nobody',
      'deployment: acme\nroot: { threshold: 1, administrators: [] }\n',
      expect.stringContaining('file.yaml:2: root.administrators: write at least one administrator'),
    ],
    [
      'a threshold of none',
      `deployment: acme\n${root.replace('1', '0')}`,
      'file.yaml:2: root.threshold: write how many of them must sign, at least 1',
    ],
    [
      'a word that is misspelt',
      `deployment: acme\n${root}lokKey: a\n`,
      expect.stringMatching(/^file\.yaml:3: "lokKey" means nothing here: write any of deployment, root, /),
    ],
    [
      'a port that is none',
      `deployment: acme\n${root}port: 65536\n`,
      'file.yaml:3: port: write a port, from 0 (any free one) to 65535',
    ],
    [
      'a public address over plain http',
      `deployment: acme\n${root}publicUrl: http://foobot.acme.example\n`,
      'file.yaml:3: publicUrl: write https and exactly scheme, host and port, as https://foobot.acme.example',
    ],
    [
      'a public address with a path',
      `deployment: acme\n${root}publicUrl: https://acme.example/foobot\n`,
      'file.yaml:3: publicUrl: write https and exactly scheme, host and port, as https://foobot.acme.example',
    ],
    [
      'plain http for other machines',
      `deployment: acme\n${root}host: 0.0.0.0\n`,
      'file.yaml: host 0.0.0.0 is heard by other machines: put a proxy before it, and write its publicUrl',
    ],
    [
      'a socket that the system would cut',
      `deployment: acme\n${root}socket: /${'a'.repeat(107)}\n`,
      `file.yaml: socket /${'a'.repeat(107)} is longer than 107 bytes: write a shorter one`,
    ],
  ])('with %s is refused', (_, text, complaint) => {
    expect(server(text)).toEqual(complaint)
  })

  it('may be heard by other machines behind a proxy', () => {
    const text = `deployment: acme\n${root}host: 0.0.0.0\npublicUrl: https://foobot.acme.example\n`
    expect(readServerConfig(written(text)).host).toBe('0.0.0.0')
  })

  it('that is missing or no file says so', () => {
    expect(said(() => readServerConfig(join(folder, 'none.yaml')))).toBe(
      'none.yaml: is missing: say where it lies, or write one as docs/operating.md shows',
    )
    mkdirSync(join(folder, 'dir.yaml'))
    expect(said(() => readServerConfig(join(folder, 'dir.yaml')))).toMatch(/^dir\.yaml: cannot be read: EISDIR/)
  })
})

describe('a runner’s configuration', () => {
  const base = `deployment: acme\nname: delivery\nserver: ../server/runners.sock\n${root}plugins: []\n`
  const runner = (text: string) => said(() => readRunnerConfig(written(text)))

  it('is read with paths seen from its own folder', () => {
    const plugins = 'plugins:\n  - path: git\n    config: { workingCopies: { devs: /work } }\n  - path: /opt/billing\n'
    expect(readRunnerConfig(written(base.replace('plugins: []\n', plugins)))).toEqual({
      deployment: 'acme',
      name: 'delivery',
      key: join(folder, 'runner.key'),
      server: `ws+unix:${join(folder, '../server/runners.sock')}`,
      root: { threshold: 1, administrators: [{ person: 'jane', key }] },
      lowest: 1,
      folder,
      plugins: [{ path: join(folder, 'git'), config: { workingCopies: { devs: '/work' } } }, { path: '/opt/billing' }],
    })
  })

  it.each([
    'wss://runners.acme.example',
    'wss://runners.acme.example:8443',
    'ws://localhost:8080',
    'ws://127.0.0.1:8080',
  ])('dials %s', (server) => {
    expect(readRunnerConfig(written(base.replace('../server/runners.sock', server))).server).toBe(server)
  })

  it.each([
    ['nothing', '', expect.stringContaining('file.yaml: server: write the path of the server’s socket, or its origin')],
    [
      'a server over a plain line',
      base.replace('../server/runners.sock', 'ws://foobot.acme.example'),
      'file.yaml:3: server: write wss and exactly scheme, host and port, as wss://runners.acme.example',
    ],
    [
      'a server with a path',
      base.replace('../server/runners.sock', 'wss://runners.acme.example/x'),
      'file.yaml:3: server: write wss and exactly scheme, host and port, as wss://runners.acme.example',
    ],
    [
      'a socket whose path would end early',
      base.replace('../server/runners.sock', '/run/a:b.sock'),
      'file.yaml: the socket /run/a:b.sock has one of : ? # % in it: write another',
    ],
    [
      'a socket that the system would cut',
      base.replace('../server/runners.sock', `/${'a'.repeat(107)}`),
      `file.yaml: the socket /${'a'.repeat(107)} is longer than 107 bytes: write a shorter one`,
    ],
    ['a lowest version of none', `${base}lowest: 0\n`, 'file.yaml:6: lowest: write the version of a bundle, as 1'],
    [
      'a key of a bad form',
      base.replace(key, 'ssh-rsa AAAA'),
      'file.yaml:4: root.administrators.0.key: That key cannot be used (keys of type ssh-rsa are not accepted). Make a new one: ssh-keygen -t ed25519',
    ],
    ['a plugin without a path', base.replace('[]', '[{ config: {} }]'), 'file.yaml:5: plugins.0.path: write a path'],
  ])('with %s is refused', (_, text, complaint) => {
    expect(runner(text)).toEqual(complaint)
  })
})
