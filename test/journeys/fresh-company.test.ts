import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { makeKeyFile } from '#client/make-key.ts'
import { freePort } from '#processes/free-port.ts'
import { project, run } from './company.ts'

const folder = mkdtempSync(join(tmpdir(), 'foobot-fresh-'))
const [company, data, root, ann] = ['company', 'data', 'administrator', 'ann'].map((name) => join(folder, name)) as [
  string,
  string,
  string,
  string,
]
const children: ChildProcess[] = []
afterAll(async () => {
  await Promise.all(
    children.map(async (child) => {
      const gone = new Promise((resolve) => child.once('exit', resolve))
      child.kill('SIGTERM')
      await gone
    }),
  )
  rmSync(folder, { recursive: true, force: true })
})

const foobot = (...args: readonly string[]) => run(process.execPath, ['bin/foobot', ...args])

/** Answers what is asked, as somebody at a terminal would. */
const answers = (args: readonly string[], lines: readonly string[]): Promise<{ code: number; text: string }> =>
  new Promise((resolve) => {
    const child = spawn(process.execPath, ['bin/foobot', ...args], { cwd: project, stdio: ['pipe', 'pipe', 'pipe'] })
    let text = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (more: string) => {
        text += more
      })
    }
    child.once('close', (code) => resolve({ code: code ?? -1, text }))
    child.stdin.end(`${lines.join('\n')}\n`)
  })

describe('a fresh company', () => {
  it('is written by init, and put in force by the command that init names', async () => {
    makeKeyFile(root, 'administrator')
    const key = makeKeyFile(ann, 'ann')
    const made = await answers(
      ['init', company, '--data', data],
      ['Acme Works', '', 'Devs', 'Ann Lee', 'ann', `${root}.pub`],
    )
    expect(made.text).toContain(`foobot apply --config ${company} --data ${data} --key FILE`)
    expect(made.code).toBe(0)
    const person = join(company, 'people', 'ann.yaml')
    writeFileSync(person, readFileSync(person, 'utf8').replace('keys: []', `keys: ["${key}"]`))

    const refused = await answers(['apply', '--config', company, '--data', data, '--key', root], ['no'])
    expect(refused.text).toContain('Version 1 of acme-works, its first:')
    expect(refused.text).toContain('foobot: Nothing was signed, and nothing has changed.')
    expect(refused.code).toBe(2)
    const applied = await answers(['apply', '--config', company, '--data', data, '--key', root], ['yes'])
    expect(applied.text).toContain(`Version 1 is in ${join(data, 'bundle', '1')}, in force until`)
    expect(applied.code).toBe(0)
  })

  it('runs under it', async () => {
    const port = await freePort()
    const start = (...args: readonly string[]) =>
      children.push(spawn(process.execPath, ['bin/foobot', ...args], { cwd: project, stdio: 'ignore' }))
    start('start', '--data', data, '--port', String(port))
    start('runner', '--config', join(data, 'runners', 'delivery', 'runner.yaml'))
    const url = `http://127.0.0.1:${port}`
    const ready = async () => (await fetch(`${url}/readyz`).catch(() => undefined))?.status
    await expect.poll(ready, { timeout: 30_000 }).toBe(200)
    const help = await foobot('say', '--as', 'ann', '--key', ann, '--room', 'everyone', '--server', url, 'Foobot help')
    expect(help.stdout).toContain('You may say these')
    expect(help.code).toBe(0)
  })

  it('is kept out of the data folder of another one', async () => {
    const other = { company: join(folder, 'other'), data: join(folder, 'other-data') }
    await answers(['init', other.company, '--data', other.data], ['Other', '', 'Devs', 'Ann Lee', 'ann', `${root}.pub`])
    const before = readFileSync(join(company, 'bundle.json'), 'utf8')
    const refused = await foobot('apply', '--yes', '--config', company, '--data', other.data, '--key', root)
    expect(refused.stderr).toBe(
      `foobot: ${other.data} is the data folder of other, and ${company} is the company acme-works: give the one that belongs to the other with --data or --config.\n`,
    )
    expect(refused.stdout).toBe('')
    expect(refused.code).toBe(2)
    expect(readFileSync(join(company, 'bundle.json'), 'utf8')).toBe(before)
  })
})
