import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { freePort } from '#processes/free-port.ts'
import { administratorOf } from '../../src/processes/example.ts'
import { signBundle } from '../../src/processes/sign-bundle.ts'
import { makeNamespace, type Namespace } from '../namespace.fixture.ts'
import { project, run, type Said } from './company.ts'
import { makeMarkedCompany } from './marked-company.ts'

/** Where nothing may be written but what a unit allows: played with mounts that only the process under test sees. */
const folder = mkdtempSync(join(tmpdir(), 'foobot-read-only-'))
const data = join(folder, 'data')
const backups = join(folder, 'backups')
let namespace: Namespace | undefined
beforeAll(async () => {
  await makeMarkedCompany(data)
  await signBundle(data, Date.now(), administratorOf(data))
  mkdirSync(backups)
})
afterEach(() => namespace?.end())
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const readOnly = (path: string): string => `mount --bind ${path} ${path}; mount -o remount,bind,ro ${path}`
const runner = join(data, 'runners', 'delivery', 'runner.yaml')

describe('a folder that is read-only', () => {
  /** As an operator sees it: one line, and the exit code. */
  const foobot = async (...words: readonly string[]): Promise<Said> => {
    namespace = await makeNamespace(readOnly(folder))
    const [file, args] = namespace.within(process.execPath, ['bin/foobot', ...words])
    return run(file, args)
  }

  it.each<readonly [string, readonly string[], string]>([
    ['the server’s', ['start', '--data', data, '--port', '0'], join(data, 'server', 'foobot.db')],
    ['a runner’s', ['runner', '--config', runner], join(data, 'runners', 'delivery', 'claims.lock')],
    ['that of a proposal', ['bundle', 'propose', '--data', data], join(data, 'company', 'bundle.json')],
    [
      'a runner’s inbox',
      ['runner', 'accept', join(data, 'bundle', '1'), '--config', runner],
      join(data, 'runners', 'delivery', 'inbox'),
    ],
  ])('%s is named, with what to do', async (_, words, file) => {
    const { code, stdout, stderr } = await foobot(...words)
    expect(code).toBe(1)
    expect(stdout).toBe('')
    expect(stderr).toMatch(/^foobot: [^\n]*cannot be opened or written: [^\n]*\n$/)
    expect(stderr).toContain(file)
  })
})

describe('a server under the rules of its unit', () => {
  it('is backed up to where it may not write itself', async () => {
    // As ProtectSystem=strict with a StateDirectory: everything else is read-only.
    namespace = await makeNamespace(`mount --bind ${data} ${data}\n${readOnly(backups)}`)
    const port = await freePort()
    const [file, args] = namespace.within(process.execPath, [
      'bin/foobot',
      'start',
      '--data',
      data,
      '--port',
      String(port),
    ])
    const server = spawn(file, [...args], { cwd: project, stdio: 'ignore' })
    const ended = new Promise((resolve) => server.once('exit', resolve))
    try {
      await expect.poll(() => existsSync(join(data, 'server', 'control.sock')), { timeout: 30_000 }).toBe(true)
      const [touch, words] = namespace.within('touch', [join(backups, 'by-the-server')])
      expect((await run(touch, words)).stderr).toContain('Read-only file system')

      const to = join(backups, 'foobot.db')
      const said = await run(process.execPath, ['bin/foobot', 'backup', to, '--data', data])
      expect(said).toMatchObject({ code: 0, stderr: '' })
      expect(readdirSync(backups)).toEqual(['foobot.db'])
      expect(statSync(to).mode & 0o777).toBe(0o600)
      const copy = new DatabaseSync(to, { readOnly: true })
      expect(copy.prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' })
      copy.close()

      const [backup, there] = namespace.within(process.execPath, ['bin/foobot', 'backup', to, '--data', data])
      const refused = await run(backup, there)
      expect(refused.code).toBe(1)
      expect(refused.stderr).toContain(
        `${to} cannot be opened or written: it lies on a file system that is read-only here.`,
      )
      expect(readdirSync(join(data, 'server')).filter((name) => name.startsWith('copy'))).toEqual([])
    } finally {
      server.kill('SIGTERM')
      await ended
    }
  })
})
