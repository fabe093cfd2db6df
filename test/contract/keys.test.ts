import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { findSigners } from '#client/find-signer.ts'
import { readKeyFile } from '#client/key-file.ts'
import { makeKeyFile } from '#client/make-key.ts'
import { type Signer, signEnvelope } from '#client/signer.ts'
import { agentSigners } from '#client/ssh-agent.ts'
import { FoobotError } from '#core/errors.ts'
import { parseKey } from '#core/signature/key.ts'
import { loginKind } from '#core/signature/login.ts'
import { openEnvelope } from '#core/signature/open.ts'
import { sshString, u32 } from '#core/signature/ssh-wire.ts'
import { securityKey } from './security-key.fixture.ts'
import { fakeAgent, frame, startAgent } from './ssh-agent.fixture.ts'
import { keyFolder, keygenAccepts, keygenMake } from './ssh-keygen.fixture.ts'

const folder = keyFolder()
afterAll(folder.remove)

const body = loginKind.encode({
  v: 2,
  deployment: 'acme',
  server: 'http://localhost:8080',
  door: 'native',
  person: 'jhand',
  nonce: '00'.repeat(16),
  iat: 1,
})

/** Signs as a login, and has both ours and the real ssh-keygen look at it. */
const signs = async (signer: Signer): Promise<boolean> => {
  const envelope = await signEnvelope(signer, loginKind, body)
  const { proofs } = openEnvelope(loginKind, envelope, () => [signer.key])
  const blob = Buffer.from(envelope.signatures[0]?.sig ?? '', 'base64')
  const accepted = keygenAccepts(folder.path, signer.key, 'foobot-login@v2', loginKind.pae(body), blob)
  return proofs.length === 1 && accepted
}

const failure = async (act: () => unknown): Promise<string> => {
  try {
    await act()
  } catch (error) {
    if (error instanceof FoobotError) return `${error.code}: ${error.message} | ${error.say}`
    throw error
  }
  return 'no failure'
}

const makers = [
  ['ed25519', ['-t', 'ed25519']],
  ['p256', ['-t', 'ecdsa', '-b', '256']],
] as const

describe('a key file', () => {
  it.each(makers)('made by ssh-keygen signs: %s', async (name, options) => {
    const line = keygenMake(folder.file(`made-${name}`), ...options)
    const { key, signer } = readKeyFile(folder.file(`made-${name}`))
    expect(key).toBe(line)
    expect(signer && (await signs(signer))).toBe(true)
  })

  it('made here is one that ssh-keygen reads and signs with', async () => {
    for (const comment of ['', 'jhand@acme', 'a', 'ab', 'abc', 'abcd', 'abcde', 'abcdef', 'Jörg']) {
      const file = folder.file(`ours-${comment}`)
      const key = makeKeyFile(file, comment)
      const said = execFileSync('ssh-keygen', ['-y', '-P', '', '-f', file], { encoding: 'utf8' })
      expect(said).toBe(`${key} ${comment}`.trimEnd().concat('\n'))
      expect(execFileSync('ssh-keygen', ['-l', '-f', `${file}.pub`], { encoding: 'utf8' })).toContain('(ED25519)')
      expect(statSync(file).mode & 0o777).toBe(0o600)
      const { signer } = readKeyFile(file)
      expect(signer?.key).toBe(key)
      expect(signer && (await signs(signer))).toBe(true)
    }
  })

  it('is never written over', async () => {
    const file = folder.file('kept')
    makeKeyFile(file, 'first')
    const before = readFileSync(file, 'utf8')
    expect(await failure(() => makeKeyFile(file, 'second'))).toMatch(/^key-file: .*EEXIST/)
    expect(readFileSync(file, 'utf8')).toBe(before)
  })

  it('that is encrypted shows its public half alone', () => {
    const file = folder.file('locked')
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', 'secret words', '-f', file])
    const { key, signer } = readKeyFile(file)
    expect(readFileSync(`${file}.pub`, 'utf8').startsWith(key)).toBe(true)
    expect(signer).toBeUndefined()
  })

  it.each([
    ['RSA', ['-t', 'rsa', '-b', '2048']],
    ['P-384', ['-t', 'ecdsa', '-b', '384']],
  ])('with %s is refused with the line that makes a new key', async (name, options) => {
    keygenMake(folder.file(name), ...options)
    expect(await failure(() => readKeyFile(folder.file(name)))).toMatch(/^key-malformed.*ssh-keygen -t ed25519$/)
  })

  it('in another format, damaged or missing is refused in one line', async () => {
    execFileSync('ssh-keygen', ['-q', '-t', 'ecdsa', '-m', 'PEM', '-N', '', '-f', folder.file('pem')])
    expect(await failure(() => readKeyFile(folder.file('pem')))).toContain('run: ssh-keygen -p -f')
    const text = readFileSync(folder.file('made-ed25519'), 'utf8')
    for (const damaged of [text.replace(/\n.{8}/, '\n'), text.replace(/.{20}\n-----END/, '\n-----END')]) {
      writeFileSync(folder.file('damaged'), damaged)
      expect(await failure(() => readKeyFile(folder.file('damaged')))).toMatch(/^key-file: .*it is damaged/)
    }
    expect(await failure(() => readKeyFile(folder.file('missing')))).toMatch(/^key-file: .*ENOENT/)
  })

  it('whose check numbers differ is damaged', async () => {
    const bytes = Buffer.from(readFileSync(folder.file('made-ed25519'), 'utf8').replace(/-----.*-----/g, ''), 'base64')
    const checks = 'openssh-key-v1\0'.length + 8 + 8 + 4 + 4 + 4 + 51 + 4
    bytes.writeUInt8(bytes.readUInt8(checks) ^ 1, checks)
    const text = `-----BEGIN OPENSSH PRIVATE KEY-----\n${bytes.toString('base64')}\n-----END OPENSSH PRIVATE KEY-----\n`
    writeFileSync(folder.file('checks'), text)
    expect(await failure(() => readKeyFile(folder.file('checks')))).toContain('its check numbers differ')
  })

  it('whose halves do not belong together signs nothing', async () => {
    const [one, two] = ['half-1', 'half-2'].map((name) => {
      makeKeyFile(folder.file(name), 'same')
      return Buffer.from(readFileSync(folder.file(name), 'utf8').replace(/-----.*-----/g, ''), 'base64')
    }) as [Buffer, Buffer]
    const publicEnd = 'openssh-key-v1\0'.length + 8 + 8 + 4 + 4 + 4 + 51
    const mixed = Buffer.concat([one.subarray(0, publicEnd), two.subarray(publicEnd)]).toString('base64')
    writeFileSync(
      folder.file('mixed'),
      `-----BEGIN OPENSSH PRIVATE KEY-----\n${mixed}\n-----END OPENSSH PRIVATE KEY-----\n`,
    )
    const { signer } = readKeyFile(folder.file('mixed'))
    expect(await failure(() => signer?.sign(loginKind, body))).toMatch(/^signature-refused/)
  })
})

describe('a real ssh-agent', () => {
  let agent: Awaited<ReturnType<typeof startAgent>>
  beforeAll(async () => {
    agent = await startAgent(folder.file('agent.sock'))
    for (const [name, options] of [...makers, ['rsa', ['-t', 'rsa', '-b', '2048']]] as const) {
      keygenMake(folder.file(`agent-${name}`), ...options)
      agent.add(folder.file(`agent-${name}`))
    }
  })
  afterAll(() => agent.stop())

  it('signs with its Ed25519 and P-256 keys, and its RSA key is left out', async () => {
    const signers = await agentSigners(agent.socket)
    expect(signers.map(({ key }) => key.split(' ')[0])).toEqual(['ssh-ed25519', 'ecdsa-sha2-nistp256'])
    expect(signers.map(({ place }) => place)).toEqual(['agent: made by a test', 'agent: made by a test'])
    for (const signer of signers) expect(await signs(signer)).toBe(true)
  })

  it('signs for a .pub file, and says what to do for one that it does not hold', async () => {
    const search = { person: 'jhand', agent: agent.socket, data: folder.file('none') }
    const [signer] = await findSigners({ ...search, keyFile: folder.file('agent-p256.pub') })
    expect(signer.place).toBe('agent: made by a test')
    const locked = folder.file('locked-2')
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', 'secret words', '-f', locked])
    const said = await failure(() => findSigners({ ...search, keyFile: locked }))
    expect(said).toContain(`try again: ssh-add ${locked}`)
  })

  it('refuses for a key that it no longer holds', async () => {
    const file = folder.file('gone')
    keygenMake(file, '-t', 'ed25519')
    agent.add(file)
    const signer = (await agentSigners(agent.socket)).find(({ key }) =>
      readFileSync(`${file}.pub`, 'utf8').startsWith(key),
    )
    agent.add('-d', file)
    expect(await failure(() => signer?.sign(loginKind, body))).toMatch(/^agent-failed: .*it refused \(answer 5\)/)
  })
})

describe('an agent that misbehaves', () => {
  const stops: (() => unknown)[] = []
  afterEach(() => stops.splice(0).map((stop) => stop()))
  let count = 0
  const fake = async (answer: Parameters<typeof fakeAgent>[1]) => {
    const agent = await fakeAgent(folder.file(`fake-${count++}.sock`), answer)
    stops.push(agent.stop)
    return agent.socket
  }

  it.each([
    ['closes', [], 'closed without an answer'],
    ['refuses', [frame(5)], 'it refused (answer 5)'],
    ['says that it will send 4 GiB', [Buffer.alloc(5, 0xff)], 'an answer of impossible size'],
    ['sends an empty answer', [Buffer.alloc(5)], 'an answer of impossible size'],
  ])('%s', async (_name, answer, reason) => {
    const socket = await fake(() => answer)
    expect(await failure(() => agentSigners(socket))).toContain(reason)
  })

  it('sends its answer byte by byte', async () => {
    const { key, blob } = securityKey('ed25519')
    const socket = await fake(() =>
      [...frame(12, u32(1), sshString(blob), sshString('slow'))].map((byte) => Buffer.of(byte)),
    )
    expect((await agentSigners(socket)).map((signer) => signer.key)).toEqual([key])
  })

  it('is not there', async () => {
    expect(await failure(() => agentSigners(folder.file('nobody.sock')))).toMatch(/^agent-failed: .*ENOENT/)
  })

  it('has a security key: touched signs, untouched is told at once', async () => {
    const hardware = securityKey('p256')
    let flags = 0x01
    const socket = await fake((type) =>
      type === 11
        ? [frame(12, u32(1), sshString(hardware.blob), sshString('usb'))]
        : [frame(14, sshString(hardware.sign('foobot-login@v2', loginKind.pae(body), flags)))],
    )
    const [signer] = await agentSigners(socket)
    expect(signer && (await signs(signer))).toBe(true)
    flags = 0x00
    expect(await failure(() => signer?.sign(loginKind, body))).toContain('nobody touched the authenticator')
  })
})

describe('findSigners', () => {
  const data = folder.file('data')
  beforeAll(() => {
    mkdirSync(join(data, 'keys'), { recursive: true })
    makeKeyFile(join(data, 'keys', 'jhand'), 'jhand@acme')
  })
  const example = join(data, 'keys', 'jhand')

  it('takes the file that is named, and nothing else', async () => {
    makeKeyFile(folder.file('own'), 'own')
    const found = await findSigners({ person: 'jhand', data, keyFile: folder.file('own') })
    expect(found.map(({ place }) => place)).toEqual([folder.file('own')])
  })

  it('else the agent, then the example key of the person', async () => {
    const agent = await startAgent(folder.file('order.sock'))
    copyFileSync(folder.file('own'), folder.file('own-copy'))
    agent.add(folder.file('own'))
    const found = await findSigners({ person: 'jhand', data, agent: agent.socket })
    await agent.stop()
    expect(found.map(({ place }) => place)).toEqual(['agent: own', example])
    expect(found.map(({ key }) => key.startsWith('ssh-ed25519 '))).toEqual([true, true])
  })

  it('does without an agent that is gone, where there is another key', async () => {
    const found = await findSigners({ person: 'jhand', data, agent: folder.file('gone.sock') })
    expect(found.map(({ place }) => place)).toEqual([example])
    expect(await failure(() => findSigners({ person: 'eve', data, agent: folder.file('gone.sock') }))).toMatch(
      /^agent-failed/,
    )
  })

  it('says what to do where there is none', async () => {
    expect(await failure(() => findSigners({ person: 'eve', data }))).toMatch(/^no-key: .*Give one with --key FILE/)
  })

  it('the example key is the one its .pub file says', () => {
    expect(parseKey(readFileSync(`${example}.pub`, 'utf8').split(' ', 2).join(' '))).toBe(readKeyFile(example).key)
  })
})
