import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
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
