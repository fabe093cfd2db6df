import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { readRunnerConfig } from '../../src/config/runner.ts'
import { readServerConfig } from '../../src/config/server.ts'
import { root } from './sources.ts'

const page = readFileSync(`${root}docs/operating.md`, 'utf8')
const block = (file: string): string =>
  new RegExp(`^\`${file}\`\n\n\`\`\`yaml\n([\\s\\S]*?)^\`\`\`$`, 'm').exec(page)?.[1] ?? ''

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'foobot-docs-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

it('shows configuration files that are read, and meet at one socket', () => {
  const [server, runner] = [join(folder, 'server.yaml'), join(folder, 'runner.yaml')]
  writeFileSync(server, block('/var/lib/foobot/server/server.yaml'))
  writeFileSync(runner, block('/etc/foobot/runners/delivery/runner.yaml'))
  expect(readRunnerConfig(runner).server).toBe(`ws+unix:${readServerConfig(server).socket}`)
})

it('puts the socket where the unit makes its folder', () => {
  const unit = readFileSync(`${root}deploy/foobot-server.service`, 'utf8')
  const made = /^RuntimeDirectory=(.+)$/m.exec(unit)?.[1]
  expect(page).toContain(`socket: /run/${made}/`)
})
