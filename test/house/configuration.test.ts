import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { readDeskConfig } from '../../src/config/desk.ts'
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

it('shows a desk’s file that is read', () => {
  const desk = join(folder, 'desk.yaml')
  writeFileSync(desk, block('/etc/foobot/desk.yaml'))
  expect(readDeskConfig(desk)).toEqual({
    origin: 'https://desk.acme.example',
    server: 'https://foobot.acme.example',
    host: '127.0.0.1',
    port: 8081,
    proxy: ['127.0.0.1'],
  })
})
