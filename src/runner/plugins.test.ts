import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Bundle, Company } from '#core/bundle/company.ts'
import type { ListedCommand } from '#core/command/manifest.ts'
import type { Tier } from '#core/tier.ts'
import { bundle as acme } from '#core/warrant/warrant.fixture.ts'
import { lookAt } from './load.ts'
import { Plugins } from './plugins.ts'

let folder: string
let held: { inForce: { readonly bundle: Bundle } | undefined }
let errors: string[]

const log = {
  info: () => undefined,
  warn: () => undefined,
  error: (_: unknown, message: string) => void errors.push(message),
}

const write = (to = 'you', more = ''): void =>
  writeFileSync(
    join(folder, 'commands.ts'),
    `import { plugin, z } from 'foobot'
process.getBuiltinModule('fs').writeFileSync(${JSON.stringify(join(folder, '..', 'ran'))}, '')
${more}
export default plugin('greeter', {
  summary: 'Greets',
  config: { to: z.literal(${JSON.stringify(to)}) },
  commands: (command) => [command('greet', { summary: 'Greet', tier: 'member', run: () => 'Hello' })],
  webhooks: (webhook) => [webhook('door', { verify: () => () => ({ genuine: false, why: 'nobody rings' }), on: () => 'Ding' })],
})
`,
  )
const ran = (): boolean => existsSync(join(folder, '..', 'ran'))
const codeHere = (): string => lookAt({ path: folder }).digest

/** One command for the runner here, in this tier. */
const takes = (tier: Tier, plugins: Company['plugins'] = new Map(), runner = 'delivery'): void => {
  const [first] = acme.company.commands
  const commands: readonly ListedCommand[] = first ? [{ ...first, runner, tier }] : []
  held.inForce = { bundle: { ...acme, company: { ...acme.company, commands, plugins } } }
}

const open = (): Promise<Plugins> =>
  Plugins.open({ plugins: [{ path: folder, config: { to: 'you' } }], runner: 'delivery', held, log })

const names = ({ commands, webhooks }: Plugins): readonly string[] => [...commands.keys(), ...webhooks.keys()]

beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'plugins-')), '.')
  folder = mkdtempSync(join(folder, 'plugin-'))
  held = { inForce: undefined }
  errors = []
  write()
})
afterEach(() => rmSync(join(folder, '..'), { recursive: true }))

describe('a plugin', () => {
  it('waits for a bundle, and is loaded when there is one', async () => {
    const plugins = await open()
    expect(names(plugins)).toEqual([])
    expect(ran()).toBe(false)
    takes('member')
    await plugins.follow()
    expect(names(plugins)).toEqual(['greet', 'door'])
  })

  it.each<[string, Tier, (code: string) => Company['plugins'], readonly string[]]>([
    ['is listed', 'sensitive', (code) => new Map([['greeter', [code]]]), ['greet', 'door']],
    [
      'is listed as the older of two',
      'dangerous',
      (code) => new Map([['greeter', ['a'.repeat(64), code]]]),
      ['greet', 'door'],
    ],
    ['is not listed', 'sensitive', () => new Map([['greeter', ['a'.repeat(64)]]]), []],
    ['is not listed, where nothing can hurt', 'member', () => new Map(), ['greet', 'door']],
  ])('whose code %s: %s', async (_, tier, plugins, expected) => {
    takes(tier, plugins(codeHere()))
    expect(names(await open())).toEqual(expected)
    expect(ran()).toBe(expected.length > 0)
    expect(errors.length).toBe(expected.length > 0 ? 0 : 1)
  })

  it('needs no listing for what another runner can do', async () => {
    takes('critical', new Map(), 'operations')
    expect(names(await open())).toEqual(['greet', 'door'])
  })

  it('whose code is listed for another is none', async () => {
    takes('sensitive', new Map([['other', [codeHere()]]]))
    await expect(open()).rejects.toThrow('it is the plugin greeter, and the bundle lists its code for other')
  })

  it('that cannot be loaded ends the start, at once or with the first bundle; later it stays out', async () => {
    write('somebody else')
    const plugins = await open()
    takes('member')
    await plugins.follow()
    expect((await plugins.failed).say).toContain('its configuration is not right')
    await expect(open()).rejects.toThrow('its configuration is not right')

    takes('sensitive', new Map([['greeter', ['a'.repeat(64)]]]))
    const later = await open()
    takes('sensitive', new Map([['greeter', [codeHere()]]]))
    await later.follow()
    expect(names(later)).toEqual([])
    expect(errors.at(-1)).toBe('a plugin cannot be loaded')
  })

  it('is looked at again with each bundle: an update in between is what runs', async () => {
    takes('sensitive', new Map([['greeter', ['a'.repeat(64)]]]))
    const plugins = await open()
    write('you', '// another line')
    takes('sensitive', new Map([['greeter', [codeHere()]]]))
    await plugins.follow()
    expect(names(plugins)).toEqual(['greet', 'door'])
  })

  it('that ran before a command could hurt does nothing more, and the runner asks to be started again', async () => {
    takes('member')
    const plugins = await open()
    expect(names(plugins)).toEqual(['greet', 'door'])
    takes('sensitive')
    expect(names(plugins)).toEqual([])
    await plugins.follow()
    expect((await plugins.failed).say).toContain('until this runner is started again')
  })
})
