import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { RunCall } from '#core/command/plugin.ts'
import { type LoadedPlugin, loadPlugin, lookAt } from '#runner/load.ts'

/** Code that is no part of a plugin's code runs in its runner: from elsewhere, or later, or exchanged. */

// DEFENCE src/runner/module-hooks.ts
// - if (path === undefined || code === undefined) {
// + if (path === undefined) {

// DEFENCE src/runner/module-hooks.ts
// - if (!isAsPinned(path, bytes as string | Uint8Array, codes))
// - return refuse(path, 'has changed since its plugin was looked at')

// DEFENCE src/runner/module-hooks.ts
// - return isOwn(url) ? next(url, context) : refuse(shown(url), 'is no code of the runner, nor of its plugins')
// + return next(url, context)

// DEFENCE src/runner/module-hooks.ts
// - if (closed.has(builtinOf(found.url))) return refuse(by, `imports ${specifier}, ${closedWhy}`)

// DEFENCE src/runner/module-hooks.ts
// - if (closed.has(builtinOf(found.url))) return refuse(by, `imports ${specifier}, ${closedWhy}`)
// + if (codes.length > 0 && closed.has(builtinOf(found.url))) return refuse(by, `imports ${specifier}, ${closedWhy}`)

// DEFENCE src/runner/module-hooks.ts
// - Object.assign(Module, { register: () => refuse('a hook in a thread', closedWhy) })

// DEFENCE src/runner/module-hooks.ts
// - closed.has(builtinOf(id)) ? refuse(builtinOf(id), closedWhy) : getBuiltinModule(id),
// + getBuiltinModule(id),

// DEFENCE src/runner/module-hooks.ts
// - dlopen: () => refuse('native code', 'is loaded by nobody in a runner'),

// DEFENCE src/runner/module-hooks.ts
// - for (const path of files.keys()) delete require.cache[path]

// DEFENCE src/runner/pinned-files.ts
// - if (byCode.size === 0 || isAsPinned(path, bytes, codesOf(path))) return bytes
// + if (byCode.size >= 0) return bytes

// DEFENCE src/runner/code.ts
// - if (!entry.isFile()) throw refused(`${join(folder, path)} is no plain file: a plugin is made of files alone`)

let home: string
let plugin: string
const write = (path: string, text: string): void => {
  mkdirSync(dirname(join(home, path)), { recursive: true })
  writeFileSync(join(home, path), text)
}
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'foobot-outside-'))
  plugin = join(home, 'plugin')
})
afterEach(() => rmSync(home, { recursive: true }))

/** Writes that it was run, in whatever way modules are written. */
const evil = (): string => `process.getBuiltinModule('fs').writeFileSync(${JSON.stringify(join(home, 'ran'))}, '')\n`
const ran = (): boolean => existsSync(join(home, 'ran'))

/** A plugin that says what `value` is, worked out when it is loaded, and what `late` is, worked out when it is said. */
const commands = (value: string, late = '0', imports = ''): string => `
import { plugin } from 'foobot'
${imports}
const value = await (${value})
export default plugin('tried', {
  summary: 'Tries',
  commands: (command) => [
    command('try', { summary: 'Try', tier: 'member', run: async () => JSON.stringify([value, await (${late})]) }),
  ],
})
`

const load = (): Promise<LoadedPlugin> => loadPlugin({ path: plugin }, lookAt({ path: plugin }))

/** What the plugin's command answers. */
const said = (loaded: LoadedPlugin): Promise<unknown> =>
  Promise.resolve(loaded.commands[0]?.declared.run({ args: {} } as unknown as RunCall))

const install = (name: string, files: Readonly<Record<string, string>>, more: object = {}): void => {
  write(`node_modules/${name}/package.json`, JSON.stringify({ name, version: '1.0.0', ...more }))
  for (const [path, text] of Object.entries(files)) write(`node_modules/${name}/${path}`, text)
}
const lists = (...names: readonly string[]): void =>
  write(
    'plugin/package.json',
    JSON.stringify({ type: 'module', dependencies: Object.fromEntries(names.map((name) => [name, '1'])) }),
  )

it('what belongs to it is loaded: files, JSON, packages in both forms, and what these need', async () => {
  install(
    'cjs',
    {
      'lib/index.js':
        "module.exports = { two: require('./two'), three: require('deep').three, os: typeof require('os').arch }",
      'lib/two.json': '2',
    },
    { main: 'lib/index.js', dependencies: { deep: '1' } },
  )
  install('deep', { 'index.js': 'exports.three = 3; exports.late = () => import("esm")' })
  install(
    'esm',
    {
      'index.mjs':
        "import deep from 'deep'; export const three = deep.three; export const inner = () => import('#inner')",
      'inner.mjs': 'export default 4',
    },
    { exports: './index.mjs', imports: { '#inner': './inner.mjs' } },
  )
  lists('cjs', 'esm', 'foobot')
  write(
    'plugin/own.cjs',
    "const { z } = require('foobot'); module.exports = [typeof z.string, require('./data.json').one]",
  )
  write('plugin/data.json', '{"one": 1}')
  write('plugin/late.ts', 'export const five: number = 5')
  write(
    'plugin/commands.ts',
    commands(
      '[own, cjs, three, data.one, typeof readPinned]',
      "[(await inner()).default, (await import('./late.ts')).five, new TextDecoder().decode(readPinned(new URL('data.json', import.meta.url)))]",
      "import { readPinned } from 'foobot'\nimport own from './own.cjs'\nimport cjs from 'cjs'\nimport { three, inner } from 'esm'\nimport data from './data.json' with { type: 'json' }",
    ),
  )
  expect(JSON.parse(String(await said(await load())))).toEqual([
    [['function', 1], { two: 2, three: 3, os: 'function' }, 3, 1, 'function'],
    [4, 5, '{"one": 1}'],
  ])
})

describe('a plugin that imports', () => {
  const outside = 'no file of its folder or of a package that it lists'
  const closed = 'which loads code that nobody has listed'
  it.each([
    ['a file beside its folder', "import('../shared.mjs')", outside],
    ['a file beside its folder, required', "import('./requires.cjs')", outside],
    ['a file by its absolute path', 'import(HOME + "/shared.mjs")', outside],
    ['a file by its URL', 'import("file://" + HOME + "/shared.mjs")', outside],
    [
      'a file by its URL, dressed as its own',
      'import("file://" + HOME + "/shared.mjs?pinned=" + new URL(import.meta.url).searchParams.get("pinned"))',
      outside,
    ],
    ['a program in a URL', 'import("data:text/javascript," + encodeURIComponent(EVIL))', outside],
    ['a package that it does not list', "import('unlisted')", outside],
    ['a package of the runner', `import(${JSON.stringify(import.meta.resolve('ws'))})`, outside],
    [
      'a file of the runner',
      `import(${JSON.stringify(new URL('../../src/testing.ts', import.meta.url).href)})`,
      outside,
    ],
    ['what only tests may', "import('foobot/testing')", 'Cannot find package'],
    ['JSON beside its folder, required', "import('./requires-json.cjs')", outside],
    [
      'node:module',
      "import('node:module').then(({ createRequire }) => createRequire(HOME + '/')('./shared.cjs'))",
      closed,
    ],
    ['module, required', "import('./requires-module.cjs')", closed],
    ['module, past the hooks', "process.getBuiltinModule('module').createRequire(HOME + '/')('./shared.cjs')", closed],
    [
      'module, past the hooks, by a name',
      "import('node:process').then(({ getBuiltinModule }) => getBuiltinModule('node:module').createRequire(HOME + '/')('./shared.cjs'))",
      closed,
    ],
    ['module, by the class of a required one', "import('./requires-class.cjs')", 'is no code of the runner'],
    ['a file, by a parent that is made up', "import('./requires-loader.cjs')", 'is no code of the runner'],
    ['a file, by the way that files are compiled', "import('./requires-extension.cjs')", 'is no code of the runner'],
    [
      'a file, by a script that says to lie elsewhere',
      "import('node:vm').then(({ Script, constants }) => new Script('import(\"./shared.mjs\")', { filename: HOME + '/x.js', importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER }).runInThisContext())",
      'is no code of the runner',
    ],
    [
      'workers',
      "import('worker_threads').then(({ Worker }) => new Promise((end) => new Worker(EVIL, { eval: true }).on('exit', end)))",
      closed,
    ],
    [
      'workers, past the hooks',
      "new Promise((end) => new (process.getBuiltinModule('worker_threads').Worker)(HOME + '/shared.mjs').on('exit', end))",
      closed,
    ],
    ['workers, by a parent that is made up', "import('./requires-worker.cjs')", closed],
    ['workers, without a parent', "import('./requires-worker-alone.cjs')", closed],
    ['workers, by a parent that is the runner’s own', "import('./requires-worker-own.cjs')", closed],
    ['workers, by a name of its own for them', "import('#threads')", closed],
    ['hooks of its own, which have a thread', "import('./requires-register.cjs')", closed],
    ['native code of its own folder', "import('./requires-native.cjs')", 'native code is loaded by nobody'],
    [
      'native code, past the hooks',
      "process.dlopen({ exports: {} }, HOME + '/plugin/own.node')",
      'native code is loaded by nobody',
    ],
    ['a way to it', "import.meta.resolve('../shared.mjs')", outside],
  ])('%s: refused, and that did not run', async (_, value, why) => {
    write('shared.mjs', evil())
    write('shared.cjs', evil())
    write('shared.json', '1')
    write('node_modules/unlisted/index.js', evil())
    write('plugin/own.node', 'native')
    write('plugin/requires.cjs', "require('../shared.cjs')")
    write('plugin/requires-json.cjs', "require('../shared.json')")
    write(
      'plugin/requires-module.cjs',
      `require('module').createRequire(${JSON.stringify(`${home}/`)})('./shared.cjs')`,
    )
    write(
      'plugin/requires-class.cjs',
      `module.constructor.createRequire(${JSON.stringify(`${home}/`)})('./shared.cjs')`,
    )
    write('plugin/requires-loader.cjs', `module.constructor._load(${JSON.stringify(`${home}/shared.cjs`)})`)
    write(
      'plugin/requires-extension.cjs',
      `require.extensions['.js'](new module.constructor('x'), ${JSON.stringify(`${home}/shared.cjs`)})`,
    )
    const run = `(${JSON.stringify(evil())}, { eval: true })`
    const awaited = 'module.exports = new Promise((end) => worker.on("exit", end))'
    const made = `module.constructor.createRequire(${JSON.stringify(`${home}/`)})`
    const own = `module.constructor.createRequire(${JSON.stringify(import.meta.url)})`
    write('plugin/requires-worker.cjs', `const worker = new (${made}('worker_threads').Worker)${run}; ${awaited}`)
    write(
      'plugin/requires-worker-alone.cjs',
      `const worker = new (module.constructor._load('node:worker_threads').Worker)${run}; ${awaited}`,
    )
    write('plugin/requires-worker-own.cjs', `const worker = new (${own}('worker_threads').Worker)${run}; ${awaited}`)
    write('plugin/package.json', '{"type": "module", "imports": {"#threads": "worker_threads"}}')
    write('plugin/requires-register.cjs', `module.constructor.register(${JSON.stringify(`file://${home}/shared.mjs`)})`)
    write('plugin/requires-native.cjs', "require('./own.node')")
    const constants = `const HOME = ${JSON.stringify(home)}; const EVIL = ${JSON.stringify(evil())}`
    write('plugin/commands.ts', commands(value, '0', constants))
    await expect(load()).rejects.toThrow(why)
    expect(ran()).toBe(false)
    // Nor is it there by the time that somebody says something.
    write('plugin/commands.ts', commands('0', value, `${constants}\n// late`))
    await expect(said(await load())).rejects.toThrow(why)
    expect(ran()).toBe(false)
  })
})

describe('what changes after a plugin was looked at', () => {
  it.each([
    ['its entry', 'plugin/commands.ts'],
    ['another file of it', 'plugin/own.ts'],
    ['a file that it requires', 'plugin/own.cjs'],
    ['a package, imported', 'node_modules/esm/index.mjs'],
    ['a package, required', 'node_modules/cjs/index.js'],
    ['what a package requires', 'node_modules/cjs/inner.js'],
    ['what a package requires as JSON', 'node_modules/cjs/data.json'],
  ])('%s: does not run', async (_, path) => {
    install('esm', { 'index.mjs': 'export default 1' }, { exports: './index.mjs' })
    install('cjs', { 'index.js': "require('./inner.js'); require('./data.json')", 'inner.js': '', 'data.json': '1' })
    lists('esm', 'cjs')
    write('plugin/own.ts', 'export default 1')
    write('plugin/own.cjs', '')
    write('plugin/commands.ts', commands('0', '0', "import './own.ts'\nimport './own.cjs'\nimport 'esm'\nimport 'cjs'"))
    const before = lookAt({ path: plugin })
    await loadPlugin({ path: plugin }, before)
    write(path, path.endsWith('.json') ? '2' : `${evil()}\n${path.endsWith('commands.ts') ? commands('0') : ''}`)
    // A process that has not loaded it yet: the same files in another place of its memory.
    const other = { ...before, digest: before.digest.replaceAll('0', '1') }
    await expect(loadPlugin({ path: plugin }, other)).rejects.toThrow('has changed since its plugin was looked at')
    expect(ran()).toBe(false)
    expect(lookAt({ path: plugin }).digest).not.toBe(before.digest)
  })

  it.each([
    ['a file that was not there', () => write('plugin/new.mjs', evil()), './new.mjs', 'no file of its folder'],
    ['a file that was another', () => write('plugin/late.mjs', evil()), './late.mjs', 'has changed'],
    [
      'a package that was not there',
      () => write('plugin/node_modules/esm/index.js', evil()),
      'esm',
      'no file of its folder',
    ],
    [
      'a file that leads elsewhere',
      () => {
        write('elsewhere.mjs', evil())
        rmSync(join(plugin, 'late.mjs'))
        symlinkSync(join(home, 'elsewhere.mjs'), join(plugin, 'late.mjs'))
      },
      './late.mjs',
      'no file of its folder',
    ],
    [
      'a package that leads elsewhere',
      () => {
        write('other/index.js', evil())
        write('other/package.json', '{}')
        rmSync(join(home, 'node_modules/esm'), { recursive: true })
        symlinkSync(join(home, 'other'), join(home, 'node_modules/esm'))
      },
      'esm',
      'no file of its folder',
    ],
  ])('%s, imported late: does not run', async (_, change, specifier, why) => {
    install('esm', { 'index.js': 'exports.a = 1' })
    lists('esm')
    write('plugin/late.mjs', 'export default 1')
    write('plugin/commands.ts', commands('0', `import(${JSON.stringify(specifier)})`))
    const loaded = await load()
    change()
    await expect(said(loaded)).rejects.toThrow(why)
    expect(ran()).toBe(false)
  })

  it('a file that it reads as its own is the one that was looked at, or none', async () => {
    write('plugin/font.ttf', 'a')
    write(
      'plugin/commands.ts',
      commands('0', "readPinned(new URL('font.ttf', import.meta.url)).length", "import { readPinned } from 'foobot'"),
    )
    const loaded = await load()
    expect(await said(loaded)).toBe('[0,1]')
    write('plugin/font.ttf', 'b')
    await expect(said(loaded)).rejects.toThrow('no file of a plugin as it was looked at')
  })
})

it('a folder or a package with a link in it is nothing to look at', () => {
  write('plugin/commands.ts', commands('0'))
  install('esm', { 'index.js': '' })
  lists('esm')
  symlinkSync('/etc/hostname', join(home, 'node_modules/esm/link'))
  expect(() => lookAt({ path: plugin })).toThrow('link is no plain file')
  rmSync(join(home, 'node_modules/esm/link'))
  symlinkSync(home, join(plugin, 'link'))
  expect(() => lookAt({ path: plugin })).toThrow('link is no plain file')
})
