import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as after } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Program } from '#core/command/plugin.ts'
import { programOf, resolveProgram } from './program.ts'
import { redactorOf } from './redact.ts'

const secret = 'hunter2hunter2'
const never = new AbortController().signal
const program = (timeLimit = 10, signal = never): Program =>
  programOf({ timeLimit, signal, redactor: redactorOf([secret]) })
const node = process.execPath

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'program-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

describe('a program', () => {
  it('gives its exit code and both outputs', async () => {
    const result = await program()(node, ['-e', 'console.log("out"); console.error("err"); process.exitCode = 3'])
    expect(result).toEqual({ code: 3, stdout: 'out\n', stderr: 'err\n' })
  })

  it('reads what it is given, in the folder it is given', async () => {
    const result = await program()(node, ['-e', 'process.stdin.pipe(process.stdout); console.log(process.cwd())'], {
      stdin: 'ü',
      cwd: folder,
    })
    expect(result.stdout).toBe(`${folder}\nü`)
  })

  it('that does not read to the end is no error', async () => {
    const result = await program()('true', [], { stdin: 'x'.repeat(1_000_000) })
    expect(result.code).toBe(0)
  })

  it('is heard as it speaks, rid of secrets cut in two', async () => {
    const heard: string[] = []
    const script = `const w = (t) => new Promise((r) => process.stdout.write(t, () => setTimeout(r, 30)));
      await w('a hunter2'); await w('hunter2 b'); await w('c')`
    const result = await program()(node, ['--input-type=module', '-e', script], {
      onStdout: (text) => heard.push(text),
    })
    expect(heard.join('')).toBe('a [secret] bc')
    expect(heard.length).toBeGreaterThan(1)
    expect(heard.every((text) => !text.includes('hunter2'))).toBe(true)
    expect(result.stdout).toBe('a [secret] bc')
  })

  it('that says too much is cut, and that is said', async () => {
    let heard = 0
    const result = await program()(node, ['-e', 'process.stdout.write("x".repeat(300000))'], {
      onStdout: (text) => {
        heard += text.length
      },
    })
    expect(result.stdout.length).toBeLessThan(263_000)
    expect(result.stdout).toMatch(/x\n\[cut: 37856 more characters\]$/)
    expect(heard).toBe(256 * 1024)
  })

  it('that runs too long is ended with all that it started', async () => {
    const file = join(folder, 'alive')
    const script = `require('child_process').spawn(process.execPath, ['-e', 'setInterval(() => require("fs").writeFileSync(${JSON.stringify(file)}, String(Date.now())), 20)'], { stdio: 'inherit' }); process.on('SIGTERM', () => {}); setInterval(() => {}, 1000)`
    const started = Date.now()
    await expect(program(1)(node, ['-e', script])).rejects.toMatchObject({
      say: 'It took longer than 1 s and was stopped.',
    })
    expect(Date.now() - started).toBeLessThan(6000)
    const last = readFileSync(file, 'utf8')
    await after(200)
    expect(readFileSync(file, 'utf8')).toBe(last)
  })

  it('ends when its run is stopped', async () => {
    const stop = new AbortController()
    const running = program(10, stop.signal)(node, ['-e', 'setInterval(() => {}, 1000)'])
    setTimeout(() => stop.abort(new Error('stopped')), 100)
    await expect(running).rejects.toThrow('stopped')
    await expect(program(10, stop.signal)('true', [])).rejects.toThrow('stopped')
  })

  it('whose listener throws ends with that error', async () => {
    const listen = (): never => {
      throw new Error('mine')
    }
    const script = 'setInterval(() => console.log(1), 10)'
    await expect(program()(node, ['-e', script], { onStdout: listen })).rejects.toThrow('mine')
  })

  it('that is not there is named', async () => {
    await expect(program()('no-such-program', [])).rejects.toMatchObject({
      code: 'program-failed',
      say: 'There is no program "no-such-program" on this machine.',
    })
  })

  it('that is killed gives the shell’s code for it', async () => {
    expect((await program()(node, ['-e', 'process.kill(process.pid, "SIGKILL")'])).code).toBe(137)
  })
})

describe('the name of a program', () => {
  it('is looked up in fixed folders, never in PATH', async () => {
    const evil = join(folder, 'git')
    writeFileSync(evil, `#!/bin/sh\ntouch ${join(folder, 'ran')}\n`)
    chmodSync(evil, 0o755)
    const before = process.env.PATH
    process.env.PATH = `${folder}:${before}`
    try {
      expect(resolveProgram('git')).toMatch(/^\/usr\/(local\/)?bin\/git$/)
      await program()('git', ['--version'])
      expect(existsSync(join(folder, 'ran'))).toBe(false)
    } finally {
      process.env.PATH = before
    }
  })

  it.each(['./git', '../git', 'bin/git', 'git\0'])('is not %j', (name) => {
    expect(() => resolveProgram(name)).toThrow(/no name of a program/)
  })
})
