import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { ManifestEntry } from '#core/command/manifest.ts'
import { codeOf, filesOf } from './code.ts'
import { definitionOf } from './definition.ts'

const project = new URL('../..', import.meta.url).pathname
const loader = new URL('load.ts', import.meta.url).href

let folder: string
beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'load-')), 'hello')
  mkdirSync(folder)
  write('commands.ts', commandsOf('hello'))
})
afterEach(() => rmSync(join(folder, '..'), { recursive: true }))

const write = (name: string, text: string): void => writeFileSync(join(folder, name), text)

const commandsOf = (name: string, extra = ''): string => `import { plugin, z } from 'foobot'
import { greeting } from './client.ts'
${extra}
export default plugin('${name}', {
  summary: 'Says hello',
  config: { to: z.string() },
  connect: ({ to }) => { if (to === 'nobody') throw new Error('nobody is there'); return to },
  commands: (command) => [
    command('${name} <times:int>', { summary: 'Hello', tier: 'member', run: ({ system }) => greeting + system }),
  ],
})
`

type Result = { readonly say?: string; readonly commands: readonly (readonly [string, string])[] }

/** In a process of its own, as a runner: modules are loaded once, and by Node itself. One result for each configuration. */
const load = (...configurations: readonly (readonly unknown[])[]): readonly Result[] => {
  const script = `const { loadPlugins } = await import(${JSON.stringify(loader)})
    const results = []
    for (const plugins of ${JSON.stringify(configurations)}) try {
      const { commands } = await loadPlugins(plugins)
      results.push({ commands: [...commands].map(([name, { definition }]) => [name, definition]) })
    } catch (error) { results.push({ say: error.say ?? String(error), commands: [] }) }
    console.log(JSON.stringify(results))`
  const out = execFileSync(process.execPath, ['--input-type=module', '-e', script], { cwd: project, encoding: 'utf8' })
  return JSON.parse(out)
}

const entry = (config: unknown = { to: 'you' }, path = folder) => ({ path, config })

const manifest: ManifestEntry = {
  plugin: 'hello',
  command: 'hello',
  template: 'hello',
  summary: 'Hello',
  tier: 'member',
  inspects: false,
  exclusive: false,
  cancellable: false,
  timeLimit: 60,
}

describe('a plugin', () => {
  beforeEach(() => write('client.ts', "export const greeting: string = 'hello '\n"))

  it('anywhere on the machine is loaded, and finds foobot', () => {
    expect(load([entry()])).toEqual([{ commands: [['hello', expect.stringMatching(/^[0-9a-f]{64}$/)]] }])
  })

  it('is pinned as the first, and as the first of several at once', () => {
    const other = join(folder, '..', 'other')
    mkdirSync(other)
    writeFileSync(join(other, 'commands.ts'), "import { plugin } from 'foobot'\nimport '../outside.ts'")
    writeFileSync(join(folder, '..', 'outside.ts'), '')
    const script = `const { declaredIn } = await import(${JSON.stringify(loader)})
      const all = ${JSON.stringify([folder, other, other])}.map((path) => declaredIn({ path }))
      console.log(JSON.stringify((await Promise.allSettled(all)).map(({ value, reason }) => value?.name ?? reason.say)))`
    const out = execFileSync(process.execPath, ['--input-type=module', '-e', script], {
      cwd: project,
      encoding: 'utf8',
    })
    const outside = expect.stringContaining('imports ../outside.ts, which is no file of its folder')
    expect(JSON.parse(out)).toEqual(['hello', outside, outside])
  })

  it('is refused with what is wrong', () => {
    const results = load(
      [entry({}, join(folder, 'no'))],
      [entry({ to: 1 })],
      [entry({ to: 'nobody' })],
      [entry(), entry()],
    )
    expect(results.map(({ say }) => say)).toEqual([
      expect.stringMatching(/there is no commands\.ts or commands\.js/),
      expect.stringMatching(/its configuration is not right/),
      expect.stringMatching(/could not connect: nobody is there/),
      expect.stringMatching(/another plugin has a command "hello"/),
    ])
  })

  it('that is none, or that breaks, is refused', () => {
    const other = join(folder, '..', 'other')
    mkdirSync(other)
    writeFileSync(join(other, 'commands.ts'), 'throw new Error("broken")')
    write('commands.ts', 'export default { name: 1 }')
    const results = load([entry()], [entry({}, other)])
    expect(results[0]?.say).toMatch(/its default export is no plugin/)
    expect(results[1]?.say).toMatch(/broken/)
  })
})

describe('a definition', () => {
  const definition = (): string => definitionOf(manifest, codeOf(folder).digest)

  it('covers what is declared, every file, and every file of the packages that are listed', () => {
    const seen = new Set([definition(), definitionOf({ ...manifest, timeLimit: 61 }, codeOf(folder).digest)])
    const install = (path: string, more: object = {}): void => {
      mkdirSync(join(folder, path), { recursive: true })
      write(`${path}/package.json`, JSON.stringify({ version: '1.0.0', ...more }))
    }
    const changes = [
      () => write('client.ts', '1'),
      () => write('data.json', '{}'),
      () => write('commands.ts', commandsOf('hello', '// another line')),
      () => rmSync(join(folder, 'data.json')),
      () => {
        install('node_modules/a', { dependencies: { b: '1' }, optionalDependencies: { c: '1' } })
        install('node_modules/b')
        write('package.json', JSON.stringify({ dependencies: { a: '1', foobot: '1' } }))
      },
      () => write('node_modules/a/x.js', '1'),
      () => write('node_modules/a/x.js', '2'),
      () => write('node_modules/b/x.wasm', '1'),
      () => install('node_modules/a/node_modules/b', { version: '2.0.0' }),
      () => install('node_modules/c'),
      () => install('node_modules/c', { version: '1.0.1' }),
    ]
    for (const change of changes) {
      change()
      seen.add(definition())
    }
    expect(seen.size).toBe(changes.length + 2)
    const last = definition()
    install('node_modules/x')
    expect(definition()).toBe(last)
  })

  it('refuses a link, which may lead anywhere', () => {
    symlinkSync('/etc/hostname', join(folder, 'link'))
    expect(() => filesOf(folder)).toThrow(/link is no plain file/)
  })
})
