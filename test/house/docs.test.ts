import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { describe, expect, it } from 'vitest'
import { isTest, readSources, root } from './sources.ts'

type Page = { readonly path: string; readonly text: string }

const markdown = (folder: string): string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.md'))
    .map((path) => join(folder, path))

const pages: Page[] = [
  ...['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'CHANGELOG.md'],
  ...['docs', 'plugins', 'examples', 'web'].flatMap(markdown),
  ...readdirSync(join(root, 'deploy')).map((name) => `deploy/${name}`),
].map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }))

const fence = /^```(\w*)\n([\s\S]*?)^```$/gm
const prose = (page: Page): string => page.text.replace(fence, '')

/** What stands between backticks, without placeholders. */
const spans = (page: Page): string[] => [...prose(page).matchAll(/`([^`\n]+)`/g)].map((match) => match[1] ?? '')

/** What a reader would copy into a shell: blocks marked `sh`, spans that begin like a command, what a unit starts. */
const commands = (page: Page): string[] => [
  ...[...page.text.matchAll(fence)]
    .filter((match) => match[1] === 'sh')
    .flatMap((match) => (match[2] ?? '').replaceAll('\\\n', '').split('\n')),
  ...spans(page).filter((span) => /^(npm|npx|foobot) /.test(span)),
  ...page.text.split('\n').filter((line) => line.startsWith('ExecStart=')),
]

const folders = 'src|test|docs|plugins|examples|sandbox|web|deploy|bench|bin'
const rooms = readdirSync(join(root, 'src'))
  .filter((name) => !name.includes('.'))
  .join('|')

/** Paths of the house that a page names: from the root, or from `src/` when they end in `.ts`. */
const namedPaths = (page: Page): string[] =>
  spans(page).flatMap((span) => {
    if (/[<>{} ]/.test(span)) return []
    const path = span.split('*')[0] ?? ''
    if (new RegExp(`^(${folders})/`).test(path) || /^[A-Z]+(\.md)?$/.test(path))
      return /^[A-Z]+$/.test(path) ? [] : [path]
    return new RegExp(`^(${rooms})/.*\\.ts$`).test(path) ? [`src/${path}`] : []
  })

const namedLinks = (page: Page): string[] =>
  [...prose(page).matchAll(/\]\(([^)#]+)(#[^)]*)?\)/g)]
    .map((match) => match[1] ?? '')
    .filter((target) => !/^[a-z]+:/.test(target))
    .map((target) => normalize(join(dirname(page.path), target)))

const missing = (of: (page: Page) => string[]): string[] =>
  pages.flatMap((page) =>
    of(page)
      .filter((path) => !existsSync(join(root, path)) && !isComing(path))
      .map((path) => `${page.path}: ${path}`),
  )

const scripts: Record<string, string> = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).scripts
const cli = readSources(['src/cli'])
  .filter(({ path }) => !isTest(path))
  .map(({ text }) => text)
  .join('\n')
/** Subcommands that the program loads, and the names that these give commander: `.command('verify')`. */
const program = readSources(['src/cli']).find(({ path }) => path === 'src/cli/program.ts')?.text ?? ''
const loaded = new Set([...program.matchAll(/^ {4}(\w+): async/gm)].map((match) => match[1]))
const subcommands = new Set([...cli.matchAll(/\bcommand\(\s*'([a-z-]+)/g)].map((match) => match[1]))
const options = new Set([...cli.matchAll(/['"`, ](--[a-z-]+)/g)].map((match) => match[1]))

/** What of one line no script, subcommand or option answers to. */
const unknown = (line: string): string[] => {
  const called = [...line.matchAll(/\bnpm (run )?([a-z][\w:-]*)/g)].map((match) => match[2] ?? '')
  const [, name, second] = /(?:^|npx --no |bin\/)foobot ([a-z]+)(?: ([a-z]+))?/.exec(line) ?? []
  return [
    ...called.filter((script) => !(script in scripts) && script !== 'ci').map((script) => `npm run ${script}`),
    ...(name && !loaded.has(name) ? [`foobot ${name}`] : []),
    ...(name && second && groups.has(name) && !subcommands.has(second) ? [`foobot ${name} ${second}`] : []),
    ...(name ? (line.match(/(?<= )--[a-z-]+/g) ?? []).filter((word) => word !== '--no' && !options.has(word)) : []),
  ]
}
/** Subcommands that have subcommands. */
const groups = new Set(['bundle', 'log', 'policy', 'runner', 'key'])

/** What the pages name and is on its way. What has arrived must leave this list: then it is held to like all else. */
const coming: readonly string[] = []
const isComing = (name: string): boolean => coming.includes(name)

describe('docs', () => {
  it('name files that are there', () => {
    expect(missing(namedPaths)).toEqual([])
  })

  it('link to files that are there', () => {
    expect(missing(namedLinks)).toEqual([])
  })

  it('give commands that can be run', () => {
    expect(
      pages.flatMap((page) =>
        commands(page).flatMap((line) =>
          unknown(line)
            .filter((what) => !isComing(what))
            .map((what) => `${page.path}: ${what}`),
        ),
      ),
    ).toEqual([])
  })

  it('wait for nothing that has arrived: take it from the list of what is coming', () => {
    const arrived = coming.filter(
      (name) => existsSync(join(root, name)) || (name.startsWith('foobot') && !unknown(name).length),
    )
    expect(arrived).toEqual([])
  })

  it('lead a newcomer through less than a thousand lines', () => {
    const path = /\*\*The newcomer’s path\*\*[\s\S]*?\n\n/.exec(pages[0]?.text.replaceAll("'", '’') ?? '')?.[0] ?? ''
    const named = { path: 'README.md', text: path }
    const files = [...namedPaths(named), ...namedLinks(named)].filter((file) => existsSync(join(root, file)))
    const lines = files.map((file) => readFileSync(join(root, file), 'utf8').split('\n').length - 1)
    expect(files.length).toBeGreaterThan(5)
    expect(lines.reduce((sum, count) => sum + count, 0)).toBeLessThan(1000)
  })

  it('are looked at closely', () => {
    const page = {
      path: 'docs/x.md',
      text: 'See `core/gone.ts` and `src/gone/`.\n```sh\nnpm run gone\nnpx --no foobot gone --gone\n```\n',
    }
    expect(namedPaths(page)).toEqual(['src/core/gone.ts', 'src/gone/'])
    expect(commands(page).flatMap(unknown)).toEqual(['npm run gone', 'foobot gone', '--gone'])
  })
})
