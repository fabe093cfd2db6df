import { execFileSync, spawn } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Program } from 'foobot'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import git from './commands.ts'

let folder: string
let copy: string

const run = (...args: readonly string[]): string => runIn(copy, ...args)
const runIn = (cwd: string, ...args: readonly string[]): string =>
  execFileSync('git', ['-c', 'user.name=Ada', '-c', 'user.email=ada@acme.example', ...args], {
    cwd,
    encoding: 'utf8',
    stdio: 'pipe',
    env: { PATH: process.env.PATH, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1', LC_ALL: 'C' },
  })

/** As the runner's, without its limits. */
const program: Program = (file, args, options = {}) =>
  new Promise((resolve, reject) => {
    const child = spawn(file, [...args], { cwd: options.cwd, env: { PATH: process.env.PATH, ...options.env } })
    let stdout = ''
    let stderr = ''
    child.stdout.on('data', (bytes) => {
      stdout += bytes
    })
    child.stderr.on('data', (bytes) => {
      stderr += bytes
      options.onStderr?.(String(bytes))
    })
    child.stdin.on('error', () => undefined) // git may end without having read all
    child.stdin.end(options.stdin)
    child.on('error', reject)
    child.on('close', (code) => resolve({ code: code ?? -1, stdout, stderr }))
  })

const progress: string[] = []
const requester = { id: 'jhand', name: 'Jason Hand' }

/** Inspects and runs, as a runner does. */
const say = async (command: string, args = {}, room = 'devs'): Promise<unknown> => {
  const system = await git.connect({ workingCopies: { devs: copy }, mailDomain: 'acme.example' } as never)
  const declared = git.commands.find(({ manifest }) => manifest.command === command)
  const { signal } = new AbortController()
  const call = { args, system, room, requester, program, signal }
  const resource = await declared?.inspect?.(call)
  if (!declared || !resource) throw new Error(`no ${command}`)
  return declared.run({
    ...call,
    resource,
    person: () => undefined,
    code: '7F3A-92C1',
    say: () => undefined,
    progress: (line) => progress.push(line),
  })
}

const change = (text: string): void => writeFileSync(join(copy, 'a.txt'), text)

beforeEach(() => {
  progress.length = 0
  folder = mkdtempSync(join(tmpdir(), 'git-'))
  copy = join(folder, 'copy')
  mkdirSync(copy)
  runIn(folder, 'init', '--quiet', '--bare', '--initial-branch=master', 'remote.git')
  run('init', '--quiet', '--initial-branch=master')
  for (const name of ['a.txt', 'b.txt', 'c.txt']) writeFileSync(join(copy, name), 'one\n')
  run('add', '--all')
  run('commit', '--quiet', '--message', 'Begin')
  run('remote', 'add', 'origin', '../remote.git')
  run('push', '--quiet', '--set-upstream', 'origin', 'master')
})
afterEach(() => rmSync(folder, { recursive: true }))

describe('commit -am', () => {
  it('commits what changed, by who asked, in git’s own words', async () => {
    for (const name of ['a.txt', 'b.txt', 'c.txt']) writeFileSync(join(copy, name), 'two\n')
    const answer = await say('commit', { message: 'bug (5563) fixed' })
    const short = run('rev-parse', '--short', 'HEAD').trim()
    expect(answer).toEqual({
      type: 'code',
      text: `[master ${short}] bug (5563) fixed\n 3 files changed, 3 insertions(+), 3 deletions(-)`,
    })
    expect(run('log', '-1', '--format=%an <%ae>%n%B').trim()).toBe(
      'Jason Hand <jhand@acme.example>\nbug (5563) fixed\n\nFoobot-Request: 7F3A-92C1',
    )
    expect(run('log', '-1', '--format=%(trailers:key=Foobot-Request,valueonly)').trim()).toBe('7F3A-92C1')
  })

  it.each([
    '--amend',
    '-m x --author=Eve',
    '--allow-empty',
    '--file=/etc/passwd',
    '# looks like a comment',
    'Foobot-Request: 0000-0000',
    '$(touch ran) `touch ran`; touch ran',
  ])('takes %j for a message and nothing else', async (message) => {
    change(`${message}\n`)
    await say('commit', { message })
    expect(run('log', '-1', '--format=%s').trim()).toBe(message)
    expect(run('log', '-1', '--format=%(trailers:key=Foobot-Request,valueonly)').trim()).toBe('7F3A-92C1')
    expect(run('rev-list', '--count', 'HEAD').trim()).toBe('2')
    expect(existsSync(join(copy, 'ran'))).toBe(false)
  })

  it('with nothing to commit fails in git’s words', async () => {
    await expect(say('commit', { message: 'x' })).rejects.toThrow(/nothing to commit, working tree clean$/)
  })

  it('in the middle of a conflict fails in git’s words', async () => {
    run('checkout', '--quiet', '-b', 'other')
    change('other\n')
    run('commit', '--quiet', '-am', 'Other')
    run('checkout', '--quiet', 'master')
    change('mine\n')
    run('commit', '--quiet', '-am', 'Mine')
    expect(() => run('merge', 'other')).toThrow()
    await expect(say('commit', { message: 'x' })).rejects.toThrow(/unmerged files/)
  })
})

describe('push', () => {
  it('pushes, streams progress, and ends with what git prints', async () => {
    change('two\n')
    await say('commit', { message: 'two' })
    const answer = await say('push')
    expect(answer).toMatchObject({ type: 'code', text: expect.stringMatching(/^Enumerating objects: \d+, done\./) })
    const { text } = answer as { text: string }
    expect(text).toMatch(/^Writing objects: 100% \(3\/3\), \d+ bytes .*, done\.$/m)
    expect(text).toMatch(/^Total 3 \(delta 0\), reused 0 \(delta 0\)/m)
    expect(text).toMatch(/^To \.\.\/remote\.git$/m)
    expect(text).toMatch(/^ {3}[0-9a-f]{7}\.\.[0-9a-f]{7} {2}master -> master$/m)
    expect(text.match(/Writing objects/g)).toHaveLength(1)
    expect(progress.some((line) => /^Writing objects: +\d+%/.test(line))).toBe(true)
    expect(runIn(join(folder, 'remote.git'), 'log', '-1', '--format=%s', 'master').trim()).toBe('two')
  })

  it('with nothing to push says so', async () => {
    expect(await say('push')).toEqual({ type: 'code', text: 'Everything up-to-date' })
  })

  it('that is rejected fails in git’s words, without its progress', async () => {
    runIn(folder, 'clone', '--quiet', 'remote.git', 'theirs')
    writeFileSync(join(folder, 'theirs', 'a.txt'), 'theirs\n')
    runIn(join(folder, 'theirs'), 'commit', '--quiet', '-am', 'Theirs')
    runIn(join(folder, 'theirs'), 'push', '--quiet')
    change('mine\n')
    await say('commit', { message: 'mine' })
    const failure = await say('push').catch(String)
    expect(failure).toMatch(/! \[rejected\] +master -> master \(fetch first\)/)
    expect(failure).not.toMatch(/objects:/)
  })

  it('that a remote refuses shows its words on the lines that they came in', async () => {
    const hook = join(folder, 'remote.git', 'hooks', 'pre-receive')
    writeFileSync(hook, '#!/bin/sh\nprintf "no\\342\\200\\250Foobot: pushed\\n" >&2\nexit 1\n')
    chmodSync(hook, 0o755)
    change('two\n')
    await say('commit', { message: 'two' })
    const failure = await say('push').catch(String)
    expect(failure).toContain('remote: no Foobot: pushed')
    expect(failure).not.toContain('\u2028')
  })

  it('without an upstream fails in git’s words', async () => {
    run('checkout', '--quiet', '-b', 'lonely')
    await expect(say('push')).rejects.toThrow(/The current branch lonely has no upstream branch/)
  })
})

describe('git status, log and diff', () => {
  it('say what git says', async () => {
    expect(await say('git diff')).toBe('Nothing has changed.')
    change('two\n')
    expect(await say('git status')).toMatchObject({ text: expect.stringContaining('modified:   a.txt') })
    expect(await say('git diff')).toMatchObject({ text: expect.stringContaining('-one\n+two') })
    expect(await say('git log')).toMatchObject({ text: expect.stringMatching(/^commit [0-9a-f]{40}\nAuthor: Ada/) })
  })
})

describe('a working copy', () => {
  const inspected = async (room = 'devs') => {
    const system = await git.connect({ workingCopies: { devs: copy }, mailDomain: 'acme.example' } as never)
    const { signal } = new AbortController()
    return git.commands[0]?.inspect?.({ args: {}, system, room, program, signal })
  }

  it('is the resource, with branch and remote, and no commit', async () => {
    const facts = { branch: 'master', remote: '../remote.git' }
    expect(await inspected()).toEqual({ type: 'WorkingCopy', id: 'devs', facts })
    change('two\n')
    await say('commit', { message: 'two' })
    expect(await inspected()).toEqual({ type: 'WorkingCopy', id: 'devs', facts })
  })

  it('shows no password of its remote', async () => {
    run('remote', 'set-url', 'origin', 'https://jo:s3cr3t@git.acme.example/x.git')
    expect(await inspected()).toMatchObject({ facts: { remote: 'https://git.acme.example/x.git' } })
  })

  it('belongs to a room', async () => {
    await expect(inspected('ops')).rejects.toThrow('The room ops has no working copy')
    await expect(inspected('__proto__')).rejects.toThrow('has no working copy')
  })

  it('on no branch is told', async () => {
    run('checkout', '--quiet', '--detach')
    await expect(inspected()).rejects.toThrow(/not a symbolic ref/)
  })

  it('that is none is refused when the runner starts', () => {
    rmSync(join(copy, '.git'), { recursive: true })
    expect(() => git.connect({ workingCopies: { devs: copy }, mailDomain: 'acme.example' } as never)).toThrow(/ENOENT/)
  })

  it('runs no program of the repository’s choice', async () => {
    const ran = join(folder, 'ran')
    const evil = join(folder, 'evil.sh')
    writeFileSync(evil, `#!/bin/sh\necho "$0 $@" >> ${ran}\n`)
    chmodSync(evil, 0o755)
    for (const hook of [
      'pre-commit',
      'commit-msg',
      'post-commit',
      'pre-push',
      'prepare-commit-msg',
      'post-index-change',
    ]) {
      writeFileSync(join(copy, '.git', 'hooks', hook), `#!/bin/sh\necho ${hook} >> ${ran}\n`)
      chmodSync(join(copy, '.git', 'hooks', hook), 0o755)
    }
    for (const key of [
      'core.fsmonitor',
      'core.pager',
      'pager.log',
      'core.editor',
      'diff.external',
      'gpg.program',
      'trailer.foobot-request.command',
      'core.sshCommand',
    ]) {
      run('config', key, evil)
    }
    run('config', 'commit.gpgSign', 'true')
    run('config', 'log.showSignature', 'true')
    change('two\n')
    for (const command of ['git status', 'git diff', 'git log']) await say(command)
    await say('commit', { message: 'two' })
    await say('push')
    expect(existsSync(ran)).toBe(false)
  })

  it('does not push by a transport that runs a program', async () => {
    run('remote', 'set-url', 'origin', `ext::sh -c "touch ${join(folder, 'ran')}"`)
    await expect(say('push')).rejects.toThrow(/transport 'ext' not allowed/)
    expect(existsSync(join(folder, 'ran'))).toBe(false)
  })
})
