import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { programOf } from '#runner/program.ts'
import { redactorOf } from '#runner/redact.ts'

const folder = mkdtempSync(join(tmpdir(), 'shell-'))
const canary = join(folder, 'ran')
const program = programOf({ timeLimit: 10, signal: new AbortController().signal, redactor: redactorOf([]) })
const echo = 'process.stdout.write(JSON.stringify(process.argv.slice(1)))'

const payloads = [
  `$(touch ${canary})`,
  `\`touch ${canary}\``,
  `; touch ${canary}`,
  `&& touch ${canary}`,
  `| touch ${canary}`,
  `\n touch ${canary} \n`,
  `> ${canary}`,
  `'; touch ${canary}; '`,
  `"; touch ${canary}; "`,
  `\${IFS}touch\${IFS}${canary}`,
  '*',
  '~',
  '$HOME',
  '!!',
  '\\',
  '',
  ' two words ',
  'ü \u202e',
]

it('reaches the program as it was typed, whatever a shell would make of it', async () => {
  const { stdout } = await program(process.execPath, ['-e', echo, '--', ...payloads])
  expect(JSON.parse(stdout)).toEqual(payloads)
  expect(existsSync(canary)).toBe(false)
  rmSync(folder, { recursive: true })
})

it('cannot hide a second argument behind a NUL', async () => {
  await expect(program(process.execPath, ['-e', echo, '--', 'a\0b'])).rejects.toThrow()
})
