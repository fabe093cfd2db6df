import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { compileTemplate } from '#core/command/compile.ts'
import { parseText } from '#core/command/parse.ts'
import { loadPlugins } from '#runner/load.ts'
import { programOf } from '#runner/program.ts'
import { redactorOf } from '#runner/redact.ts'

const folder = mkdtempSync(join(tmpdir(), 'options-'))
const canary = join(folder, 'ran')
const { signal } = new AbortController()
const program = programOf({ timeLimit: 20, signal, redactor: redactorOf([]) })
const git = (...args: readonly string[]): string =>
  execFileSync('git', ['-c', 'user.name=A', '-c', 'user.email=a@b', ...args], {
    cwd: join(folder, 'copy'),
    encoding: 'utf8',
  })

beforeAll(() => {
  mkdirSync(join(folder, 'copy'))
  git('init', '--quiet', '--initial-branch=master')
  writeFileSync(join(folder, 'copy', 'a.txt'), '0\n')
  git('add', '--all')
  git('commit', '--quiet', '--message', 'Begin')
})
afterAll(() => rmSync(folder, { recursive: true }))

const payloads = [
  '--amend',
  '--author=Eve <eve@evil.example>',
  '--file=/etc/passwd',
  `-c core.sshCommand=touch ${canary}`,
  `--exec=touch ${canary}`,
  '--no-verify --allow-empty',
  '-- a.txt',
]

describe('an argument that looks like an option', () => {
  it.each(payloads)('is the message of a commit and no option: %s', async (payload) => {
    const config = { workingCopies: { devs: join(folder, 'copy') }, mailDomain: 'acme.example' }
    const { commands } = await loadPlugins([{ path: new URL('../../plugins/git', import.meta.url).pathname, config }])
    const commit = commands.get('commit')
    if (!commit?.declared.inspect) throw new Error('no commit')
    writeFileSync(join(folder, 'copy', 'a.txt'), payload)
    const before = git('rev-list', '--count', 'HEAD')
    const args = parseText(compileTemplate(commit.manifest), `commit -am ${JSON.stringify(payload)}`)
    const requester = { id: 'jhand', name: 'Jason Hand' }
    const call = { args, system: commit.system, room: 'devs', requester, program, signal }
    const resource = await commit.declared.inspect(call)
    const silent = (): void => undefined
    await commit.declared.run({
      ...call,
      resource,
      person: () => undefined,
      code: '7F3A-92C1',
      say: silent,
      progress: silent,
    })
    expect(Number(git('rev-list', '--count', 'HEAD'))).toBe(Number(before) + 1)
    expect(git('log', '-1', '--format=%an|%s').trim()).toBe(`Jason Hand|${payload}`)
    expect(existsSync(canary)).toBe(false)
  })

  it('is no word', () => {
    const template = compileTemplate({ template: 'build <build:word>', tier: 'member' })
    for (const payload of ['--config=/tmp/x', '-oProxyCommand=x', '—help', '"-x"']) {
      expect(() => parseText(template, `build ${payload}`)).toThrow()
    }
  })
})
