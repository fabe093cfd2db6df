import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { root } from './sources.ts'

const page = readFileSync(`${root}docs/writing-commands.md`, 'utf8')
const example = /^## A whole plugin\n\n```ts\n([\s\S]*?)^```$/m.exec(page)?.[1] ?? ''

/** Loads a plugin as a runner does, in a process of its own, and prints what it declares. */
const loader = (folder: string): string => `
  import { loadPlugins } from ${JSON.stringify(`${root}src/runner/load.ts`)}
  const config = { baseUrl: 'https://billing.acme.example', apiKey: { env: 'BILLING_KEY' } }
  const { commands, secrets } = await loadPlugins([{ path: ${JSON.stringify(folder)}, config }])
  console.log(JSON.stringify({ manifests: [...commands.values()].map(({ manifest }) => manifest), secrets }))`

it('loads the plugin of docs/writing-commands.md', () => {
  const folder = mkdtempSync(join(tmpdir(), 'foobot-example-'))
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}')
  writeFileSync(join(folder, 'commands.ts'), `${example}\nclass Billing {}\n`)
  const { stdout, stderr } = spawnSync('node', ['--input-type=module', '--eval', loader(folder)], {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, BILLING_KEY: 'a-key-of-the-example' },
  })
  rmSync(folder, { recursive: true })
  expect(stderr).toBe('')
  expect(JSON.parse(stdout)).toMatchObject({
    manifests: [
      { plugin: 'billing', template: 'upgrade <customer:text> to <plan:Free|Pro|Enterprise>', tier: 'sensitive' },
    ],
    secrets: ['a-key-of-the-example'],
  })
})
