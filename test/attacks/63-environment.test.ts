import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { filesOf } from '#runner/code.ts'
import { programOf } from '#runner/program.ts'
import { redactorOf } from '#runner/redact.ts'

const folder = mkdtempSync(join(tmpdir(), 'environment-'))
afterAll(() => rmSync(folder, { recursive: true }))
const program = programOf({ timeLimit: 10, signal: new AbortController().signal, redactor: redactorOf([]) })

describe('the environment of a program', () => {
  it('is an allow-list: nothing of the runner’s that chooses code or holds a secret is in it', async () => {
    const canary = join(folder, 'ran')
    const evil = join(folder, 'evil.cjs')
    writeFileSync(evil, `require('fs').writeFileSync(${JSON.stringify(canary)}, '')`)
    const set = {
      NODE_OPTIONS: `--require ${evil}`,
      LD_PRELOAD: '/nowhere.so',
      BASH_ENV: evil,
      API_TOKEN: 'x',
      GIT_DIR: '/x',
    }
    Object.assign(process.env, set)
    try {
      const { stdout } = await program(process.execPath, ['-e', 'process.stdout.write(JSON.stringify(process.env))'])
      const seen = JSON.parse(stdout)
      expect(
        Object.keys(seen).filter((name) => !['HOME', 'USER', 'LOGNAME', 'TZ', 'PATH', 'LANG'].includes(name)),
      ).toEqual([])
      expect(seen.PATH.split(':').every((part: string) => /^(\/usr(\/local)?)?\/s?bin$/.test(part))).toBe(true)
      expect(existsSync(canary)).toBe(false)
    } finally {
      for (const name of Object.keys(set)) delete process.env[name]
    }
  })

  it.each(['NODE_OPTIONS', 'LD_PRELOAD', 'LD_LIBRARY_PATH', 'PATH', 'BASH_ENV', 'ENV', 'PYTHONPATH', 'PERL5OPT'])(
    'cannot be given %s',
    async (name) => {
      await expect(program('true', [], { env: { [name]: '/x' } })).rejects.toThrow(`${name} may not be set`)
    },
  )
})

describe('a plugin’s folder', () => {
  it('holds no link: what is hashed is what runs', () => {
    const plugin = join(folder, 'plugin')
    mkdirSync(plugin)
    writeFileSync(join(folder, 'elsewhere.ts'), '')
    writeFileSync(join(plugin, 'commands.ts'), "import './client.ts'")
    symlinkSync(join(folder, 'elsewhere.ts'), join(plugin, 'client.ts'))
    expect(() => filesOf(plugin)).toThrow(/client\.ts is no plain file/)
  })
})

describe('a program', () => {
  it('is not taken from a folder that PATH names, nor by a relative path', async () => {
    const evil = join(folder, 'git')
    writeFileSync(evil, `#!/bin/sh\ntouch ${join(folder, 'evil')}\n`, { mode: 0o755 })
    const before = process.env.PATH
    process.env.PATH = `${folder}:${before}`
    await program('git', ['--version'], { cwd: folder })
    await expect(program('./git', [], { cwd: folder })).rejects.toThrow(/no name of a program/)
    await expect(program('../../tmp/git', [], { cwd: folder })).rejects.toThrow(/no name of a program/)
    process.env.PATH = before
    expect(existsSync(join(folder, 'evil'))).toBe(false)
  })
})
