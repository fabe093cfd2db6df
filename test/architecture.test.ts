import { describe, expect, it } from 'vitest'
import { importsComputed, importsOf, isTest, reach, readSources, type Source } from './house/sources.ts'
import { coreRooms, forTests, type Row, table } from './house/table.ts'

const sources = readSources(['src', 'plugins', 'sandbox', 'web', 'examples'])
const byPath = new Map(sources.map((source) => [source.path, source]))

const fits = (pattern: string, path: string): boolean =>
  pattern === '*' || pattern === path || (/[/:]$/.test(pattern) && path.startsWith(pattern))

const longest = (patterns: readonly string[], path: string): string | undefined =>
  patterns.filter((pattern) => fits(pattern, path)).sort((a, b) => b.length - a.length)[0]

const rowOf = (path: string): Row | undefined => {
  const room = longest(
    table.map((row) => row.room),
    path,
  )
  return table.find((row) => row.room === room)
}

/** Each import that the table does not allow, as one line with its reason. */
const offences = (source: Source): string[] => {
  const row = rowOf(source.path)
  if (!row) return [`${source.path} lies in no room of the table: give it a row, or a better place`]
  const may = [row.room, ...row.may, ...(isTest(source.path) ? forTests : [])]
  const never = row.never ?? {}
  return importsOf(source).flatMap(({ to, late }) => {
    if (isTest(to) && !isTest(source.path)) return [`${source.path} → ${to}: what ships does not stand on a test`]
    const best = longest([...Object.keys(never), ...may, ...(late ? (row.late ?? []) : [])], to)
    return best && !(best in never) ? [] : [`${source.path} → ${to}: ${(best && never[best]) ?? row.why}`]
  })
}

const importsIn = (files: readonly Source[]) => {
  const known = new Map(files.map((source) => [source.path, importsOf(source).map(({ to }) => to)]))
  return (path: string): readonly string[] => known.get(path) ?? []
}

const folderOf = (path: string): string => path.slice(0, path.lastIndexOf('/'))
const within = (a: string, b: string): boolean => a === b || a.startsWith(`${b}/`) || b.startsWith(`${a}/`)

/** Pairs of folders that import each other, with the two imports; a folder and what lies in it are one. */
const mutual = (files: readonly Source[]): string[] => {
  const first = new Map<string, string>()
  for (const source of files) {
    for (const { to, late } of importsOf(source)) {
      const [from, target] = [folderOf(source.path), folderOf(to)]
      if (late || !/\.tsx?$/.test(to) || within(from, target)) continue
      const key = `${from} ${target}`
      if (!first.has(key)) first.set(key, `${source.path} → ${to}`)
    }
  }
  return [...first].flatMap(([key, there]) => {
    const [from = '', target = ''] = key.split(' ')
    const back = first.get(`${target} ${from}`)
    return back && from < target ? [`${there}, and ${back}`] : []
  })
}

const isBarrel = ({ path, text }: Source): boolean => {
  if (['src/index.ts', 'src/testing.ts'].includes(path)) return false
  return path.endsWith('/index.ts') || /^export \*/m.test(text)
}

/** Chains from a file to what lies under forbidden folders. */
const chainsTo = (start: string, forbidden: readonly string[], files = sources): string[] =>
  [...reach(start, importsIn(files))].filter(([to]) => longest(forbidden, to)).map(([, chain]) => chain.join(' → '))

describe('the table of imports', () => {
  it('is kept by every file', () => {
    expect(sources.flatMap(offences)).toEqual([])
  })

  it('gives each room of core those above it and no more', () => {
    for (const [index, name] of coreRooms.entries()) {
      const below = coreRooms.slice(index + 1).map((other) => `import type { X } from '#core/${other}/x.ts'`)
      const found = offences({ path: `src/core/${name}/x.ts`, text: below.join('\n') })
      expect(found).toHaveLength(below.length)
    }
  })

  it.each([
    ['a type-only import', 'src/engine/x.ts', "import type { S } from '#storage/sqlite/open.ts'", 'another database'],
    [
      'an import over several lines',
      'src/http/x.ts',
      "import {\n  a,\n} from '#engine/dispatch.ts'",
      'cannot dispatch',
    ],
    ['a bare import', 'src/core/log/x.ts', "import 'node:fs'", 'without a machine'],
    ['import()', 'src/runner/x.ts', "const x = await import('#engine/state.ts')", 'believes nobody'],
    ['a type by import()', 'src/wire/x.ts', "type X = import('#config/load.ts').X", 'a schema'],
    ['a re-export', 'src/client/x.ts', "export { a } from '#config/load.ts'", 'doubts'],
    ['a relative path', 'src/platforms/native/x.ts', "import { a } from '../../core/policy/a.ts'", 'cannot decide'],
    ['Cedar elsewhere', 'src/core/policy/x.ts', "import c from '@cedar-policy/cedar-wasm/nodejs'", 'one place'],
    ['a process that is not called', 'src/cli/x.ts', "import { up } from '#processes/up.ts'", 'a subcommand'],
    ['a plugin that reaches in', 'plugins/git/x.ts', "import { a } from '../../src/core/tier.ts'", 'authors see'],
    ['a fixture that ships', 'src/core/log/x.ts', "import { a } from './a.fixture.ts'", 'on a test'],
    ['a port in a test of an author', 'src/testing.ts', "import { a } from '#http/app.ts'", 'opens no port'],
    ['a stand-in that shares code', 'sandbox/x/x.ts', "import { a } from '../../plugins/git/a.ts'", 'mistakes'],
    ['a library of nobody’s', 'src/storage/sqlite/x.ts', "import pg from 'pg'", 'keeps what it is given'],
    ['a file in no room', 'src/utils/x.ts', '', 'no room'],
  ])('catches %s', (_, path, text, reason) => {
    expect(offences({ path, text }).join('\n')).toContain(reason)
  })

  it('lets the files of core/policy that speak to Cedar import it, and cli call processes', () => {
    const cedar = "import c from '@cedar-policy/cedar-wasm/nodejs'"
    expect(offences({ path: 'src/core/policy/cedar.ts', text: cedar })).toEqual([])
    expect(offences({ path: 'src/cli/start.ts', text: "await import('#processes/server.ts')" })).toEqual([])
  })

  it('takes no comment and no string for an import', () => {
    const text = "/** import('#engine/x.ts') */\n// import '#engine/y.ts'\nconst a = 'src/**'\nimport '#engine/z.ts'"
    expect(importsOf({ path: 'src/core/text/x.ts', text })).toEqual([{ to: 'src/engine/z.ts', late: false }])
  })
})

describe('folders', () => {
  it('do not import each other', () => {
    expect(mutual(sources.filter(({ path }) => !isTest(path)))).toEqual([])
  })

  it('are told both imports where they do', () => {
    const a = { path: 'src/core/log/a.ts', text: "import type { B } from '#core/text/b.ts'" }
    const b = { path: 'src/core/text/b.ts', text: "import { a } from '#core/log/a.ts'" }
    expect(mutual([a, b])).toEqual([
      'src/core/log/a.ts → src/core/text/b.ts, and src/core/text/b.ts → src/core/log/a.ts',
    ])
  })

  it('have no barrel files', () => {
    expect(sources.filter(isBarrel).map(({ path }) => path)).toEqual([])
    expect(isBarrel({ path: 'src/core/log/all.ts', text: "export * from './tree.ts'" })).toBe(true)
    expect(isBarrel({ path: 'src/core/log/index.ts', text: '' })).toBe(true)
  })
})

describe('what can be loaded', () => {
  it('stands in the text: only the loader of plugins works a path out', () => {
    const loader = ['src/runner/module-hooks.ts', 'src/runner/native-import.cts']
    const shipped = sources.filter(({ path }) => !isTest(path) && !loader.includes(path))
    const worksOut = (source: Source): boolean =>
      importsComputed(source) || /\b(createRequire|require)\(/.test(source.text)
    expect(shipped.filter(worksOut).map(({ path }) => path)).toEqual([])
    expect(importsComputed({ path: 'x.ts', text: 'await import(path)' })).toBe(true)
  })

  it('never lets plugins or a runner into the server', () => {
    expect(chainsTo('src/processes/server.ts', ['plugins/', 'src/runner/', 'sandbox/', 'examples/'])).toEqual([])
  })

  it('never lets the server into a runner', () => {
    const server = ['src/engine/', 'src/storage/', 'src/platforms/', 'src/links/', 'src/http/']
    expect(chainsTo('src/processes/runner.ts', server)).toEqual([])
  })

  it('never lets what could be stolen or decided into the desk', () => {
    const rooms = ['engine', 'storage', 'platforms', 'links', 'runner', 'client'].map((room) => `src/${room}/`)
    expect(chainsTo('src/processes/desk.ts', [...rooms, 'plugins/', 'sandbox/', 'examples/'])).toEqual([])
  })

  it('prints the chain', () => {
    const files = [
      { path: 'src/a.ts', text: "import './b.ts'" },
      { path: 'src/b.ts', text: "import '#engine/c.ts'" },
    ]
    expect(chainsTo('src/a.ts', ['src/engine/'], files)).toEqual(['src/a.ts → src/b.ts → src/engine/c.ts'])
  })
})

describe('core', () => {
  const impure = [
    [/\bDate\.now\(|\bnew Date\(\)|\bperformance\./, 'the time comes in'],
    [/\bMath\.random\b|\brandom(Bytes|UUID|Int|FillSync|Fill)\b|\bgetRandomValues\b/, 'randomness and ids come in'],
    [/\bprocess\.|\bsetTimeout\(|\bsetInterval\(|\bfetch\(|\bconsole\./, 'a rule touches no machine'],
  ] as const
  const impurities = ({ path, text }: Source): string[] =>
    impure.filter(([pattern]) => pattern.test(text)).map(([, why]) => `${path}: ${why}`)

  it('has no clock, no randomness and no machine of its own', () => {
    const core = sources.filter(({ path }) => path.startsWith('src/core/') && !isTest(path))
    expect(core.length).toBeGreaterThan(10)
    expect(core.flatMap(impurities)).toEqual([])
    expect(impurities({ path: 'x', text: 'const now = Date.now()' })).toEqual(['x: the time comes in'])
  })
})

describe('what a runner checks', () => {
  const allowed = ['node:crypto', 'zod', '@cedar-policy/cedar-wasm']
  const importsOfCore = importsIn(sources)
  const closureOf = (...starts: readonly string[]) =>
    new Map(starts.flatMap((start) => [...reach(start, importsOfCore)]))
  const order = 'src/core/warrant/verify.ts'
  const takes = ['src/core/bundle/bundle.ts', 'src/core/bundle/take-key-change.ts']
  const sizeOf = (closure: ReadonlyMap<string, unknown>) => {
    const files = [...closure.keys()].filter((path) => path.endsWith('.ts'))
    const lines = files.reduce((sum, path) => sum + (byPath.get(path)?.text.split('\n').length ?? 1) - 1, 0)
    return { files: files.length, lines }
  }

  it('reaches core, node:crypto, zod and Cedar, and nothing else', () => {
    const outside = [...closureOf(order, ...takes)].filter(
      ([to]) => !to.startsWith('src/core/') && !allowed.includes(to),
    )
    expect(outside.map(([, chain]) => chain.join(' → '))).toEqual([])
  })

  it('can be read: its size is printed', () => {
    const { files, lines } = sizeOf(closureOf(order))
    console.log(`verify.ts and all that it imports: ${files} files, ${lines} lines`)
    expect(lines).toBeLessThan(5_000)
  })

  // A bundle and a key change are proven once, when they are taken; an order is checked against what was taken.
  it('can be read with what is taken before: that is printed too', () => {
    const { files, lines } = sizeOf(closureOf(order, ...takes))
    console.log(`with what takes bundles and key changes: ${files} files, ${lines} lines`)
    expect(lines).toBeLessThan(5_400)
  })
})
